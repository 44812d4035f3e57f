package dev.muster.agent

import dev.muster.agent.ToolScript.Companion.call
import dev.muster.agent.ToolScript.Companion.calls
import dev.muster.agent.ToolScript.Companion.free
import dev.muster.agent.ToolScript.Companion.says
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.chat.ToolChoice
import dev.muster.chat.Usage
import dev.muster.error.IncompleteResponseException
import dev.muster.error.ToolLoopLimitException
import dev.muster.onVirtualTime
import dev.muster.runCatchingAll
import kotlinx.coroutines.flow.toList
import kotlinx.serialization.Serializable
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** A model that pauses goes on where its own message ends. */
class PausedTurnTest {
    private val search = ContentPart.Opaque("server_tool_use", """{"id":"s"}""", "anthropic", textBefore = 12)
    private val usage = Usage(10, 5)
    private val first = paused("Let me look.", search)
    private val prompt = Message.user("Cold in Oslo?")

    private fun paused(text: String, vararg parts: ContentPart.Opaque): suspend () -> ChatResponse.Builder = {
        ChatResponse.builder().text(text).opaqueParts(parts.asList()).usage(usage)
            .finish(FinishReason.PAUSED, "pause_turn")
    }

    private suspend fun message(answer: suspend () -> ChatResponse.Builder) = answer().build().toMessage()

    /** The ways to get an agent's answer. */
    private val ways: Map<String, suspend (ChatAgent) -> AgentResponse> = mapOf(
        "whole" to { it.chat("Cold in Oslo?") },
        "streamed" to { (it.stream("Cold in Oslo?").toList().last() as AgentEvent.Finished).response },
    )

    @Test
    fun `the paused message goes back unchanged, counted as a round, until the model answers`() = onVirtualTime {
        ways.forEach { (way, ask) ->
            val script = ToolScript(first, paused("", search), says("5 degrees.", usage))
            val answer = ask(ChatAgent.builder(script.model).build())
            assertEquals("5 degrees.", answer.text, way)
            assertEquals(FinishReason.STOP, answer.finishReason, way)
            assertEquals(3, answer.rounds, way)
            assertEquals(Usage(30, 15), answer.usage, way)
            val parts = listOf(message(first), message(paused("", search)))
            assertEquals(listOf(prompt) + parts, script.requests.last().messages, way)
            assertEquals(parts + Message.assistant("5 degrees."), answer.messages, way)
        }
    }

    @Test
    fun `a stream tells the text of all parts`() = onVirtualTime {
        val script = ToolScript(first, says("5 degrees."))
        val told = ChatAgent.builder(script.model).build().stream("Cold in Oslo?").text().toList()
        assertEquals("Let me look.5 degrees.", told.joinToString(""))
    }

    @Test
    fun `calls of ours beside a pause are run, and the forced choice lasts until the model has called`() =
        onVirtualTime {
            ways.forEach { (way, ask) ->
                val both: suspend () -> ChatResponse.Builder = {
                    calls(call("c1", "coat"))().opaqueParts(listOf(search)).finish(FinishReason.PAUSED, "pause_turn")
                }
                val script = ToolScript(first, both, says("Wear it."))
                val agent = ChatAgent.builder(script.model).tool(free("coat") { "warm" })
                    .toolChoice(ToolChoice.REQUIRED).build()
                val answer = ask(agent)
                assertEquals(listOf("warm"), answer.toolRuns.map { it.result }, way)
                assertEquals(
                    listOf(prompt, message(first), message(both), Message.tool("c1", "warm")),
                    script.requests.last().messages,
                    way,
                )
                val required = ToolChoice.REQUIRED
                assertEquals(listOf(required, required, null), script.requests.map { it.toolChoice }, way)
            }
        }

    @Test
    fun `calls that nobody runs end a paused turn`() = onVirtualTime {
        val both: suspend () -> ChatResponse.Builder =
            { calls(call("c1", "coat"))().finish(FinishReason.PAUSED, "pause_turn") }
        val manual = ToolScript(both)
        val agent = ChatAgent.builder(manual.model).tool(free("coat") { "warm" })
            .toolExecution(ToolExecution.MANUAL).build()
        assertEquals(FinishReason.PAUSED, agent.chat("go").finishReason)
        assertThrows<IncompleteResponseException> { agent.ask("go") }
        assertEquals(2, manual.requests.size)
    }

    @Test
    fun `endless pauses end with the limit, and what was said is there to go on from`() = onVirtualTime {
        ways.forEach { (way, ask) ->
            val script = ToolScript(first)
            val failure = runCatchingAll { ask(ChatAgent.builder(script.model).maxToolRounds(2).build()) }
            val limit = failure as ToolLoopLimitException
            assertTrue("or paused in more than 2 rounds" in limit.message!!, limit.message)
            assertEquals(3, script.requests.size, way)
            assertEquals(listOf(prompt) + List(3) { message(first) }, limit.history, way)
            assertEquals(Usage(30, 15), limit.partialUsage, way)
        }
    }

    @Test
    fun `a pause of nothing asks again`() = onVirtualTime {
        val script = ToolScript(paused(""), says("5 degrees."))
        assertEquals("5 degrees.", ChatAgent.builder(script.model).build().ask("Cold in Oslo?"))
        assertEquals(List(2) { listOf(prompt) }, script.requests.map { it.messages })
    }

    @Test
    fun `an answer that is an object may pause`() = onVirtualTime {
        val json = """{"degrees":5}"""
        val script = ToolScript(first, says(json), first, says(json))
        val agent = ChatAgent.builder(script.model).build()
        val whole = agent.returning<Reading>().chat("Cold in Oslo?")
        val events = agent.returning<Reading>().stream("Cold in Oslo?").toList()
        val streamed = (events.last() as AgentEvent.Finished).structured!!
        listOf(whole, streamed).forEach {
            assertEquals(Reading(5), it.value)
            assertEquals(1 to 2, it.tries to it.response.rounds)
            assertEquals(listOf(message(first), Message.assistant(json)), it.response.messages)
        }
    }

    @Test
    fun `a conversation remembers the parts`() = onVirtualTime {
        val script = ToolScript(first, says("5 degrees."), says("Yes."))
        val conversation = ChatAgent.builder(script.model).build().conversation()
        assertEquals("5 degrees.", conversation.ask(prompt))
        conversation.ask("A coat?")
        val expected = listOf(prompt, message(first), Message.assistant("5 degrees."), Message.user("A coat?"))
        assertEquals(expected, script.requests.last().messages)
    }

    @Serializable
    private data class Reading(val degrees: Int)
}
