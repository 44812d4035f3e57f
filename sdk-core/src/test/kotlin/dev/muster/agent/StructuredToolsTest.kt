package dev.muster.agent

import dev.muster.ScriptedProvider
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.Role
import dev.muster.chat.StructuredOutputMode
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolChoice
import dev.muster.chat.Usage
import dev.muster.error.ProviderException
import dev.muster.error.StructuredOutputException
import dev.muster.model.ChatModel
import dev.muster.resilience.RetryPolicy
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.test.runTest
import kotlinx.serialization.Serializable
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class StructuredToolsTest {
    private val replies = ArrayDeque<() -> ChatResponse.Builder>()
    private var mode = StructuredOutputMode.NATIVE
    private val provider = ScriptedProvider(
        onChat = { replies.removeFirst()() },
        onStream = { _, sink ->
            val response = replies.removeFirst()().build()
            response.usage()?.let(sink::usage)
            response.text.chunked(3).forEach { sink.text(it) }
            response.toolCalls.forEachIndexed { at, call -> sink.toolCall(at, call.id, call.name, call.arguments) }
            sink.finish(response.finishReason, null)
        },
        onStructured = { mode },
    )
    private val model: ChatModel = provider.client { retry(RetryPolicy.NONE) }.model("scripted::m")
    private val weather = tool("weather", "Tells the weather") { args: City -> "sunny in ${args.name}" }
    private val agent = ChatAgent.builder(model).tool(weather).build()

    @Test
    fun `C8 a tool round, then a schema round, the schema sent in each`() = runTest {
        reply("", 10, ToolCall("c1", "weather", """{"name":"Ulm"}"""))
        reply("""{"city":"Ulm","sky":"sunny"}""", 20)
        val answer = agent.chat<Report>("How is it in Ulm?")
        assertEquals(Report("Ulm", "sunny"), answer.value)
        assertEquals(listOf("sunny in Ulm"), answer.response.toolRuns.map { it.result })
        assertEquals(listOf("Report", "Report"), provider.requests.map { it.responseFormat?.name })
        assertEquals(2 to 1, answer.response.rounds to answer.tries)
        assertEquals(Usage(30, 2), answer.usage())
    }

    @Test
    fun `C8 a model that answers by a tool is held to tools in every round`() = runTest {
        mode = StructuredOutputMode.TOOL
        reply("", 10, ToolCall("c1", "weather", """{"name":"Ulm"}"""))
        reply("", 20, ToolCall("c2", "answer", """{"city":"Ulm","sky":"sunny"}"""))
        val answer = agent.chat<Report>("How is it in Ulm?")
        assertEquals(Report("Ulm", "sunny"), answer.value)
        assertEquals(listOf(ToolChoice.REQUIRED, ToolChoice.REQUIRED), provider.requests.map { it.toolChoice })
        assertEquals(listOf("weather", "answer"), provider.requests[1].tools.map { it.name })
        assertEquals("""{"city":"Ulm","sky":"sunny"}""", answer.response.text)
        val messages = answer.response.messages
        assertEquals(listOf(Role.ASSISTANT, Role.TOOL, Role.ASSISTANT), messages.map { it.role })
        assertTrue(messages.last().toolCalls.isEmpty())
    }

    @Test
    fun `C8 without other tools the model is held to the one that is the answer`() = runTest {
        mode = StructuredOutputMode.TOOL
        reply("", 10, ToolCall("c2", "answer", """{"city":"Ulm","sky":"sunny"}"""))
        model.ask<Report>("How is it in Ulm?")
        assertEquals(ToolChoice.tool("answer"), provider.requests.single().toolChoice)
    }

    @Test
    fun `C8 a bad answer after tools is asked for again without running them again`() = runTest {
        reply("", 10, ToolCall("c1", "weather", """{"name":"Ulm"}"""))
        reply("It is sunny.", 20)
        reply("""{"city":"Ulm","sky":"sunny"}""", 30)
        val answer = agent.chat<Report>("How is it in Ulm?")
        assertEquals(1, answer.response.toolRuns.size)
        assertEquals(2, answer.tries)
        assertEquals(3, answer.response.rounds)
        assertEquals(Usage(60, 3), answer.usage())
        assertEquals(
            listOf(Role.USER, Role.ASSISTANT, Role.TOOL, Role.ASSISTANT, Role.USER),
            provider.requests[2].messages.map { it.role },
        )
        assertEquals(
            listOf(Role.ASSISTANT, Role.TOOL, Role.ASSISTANT, Role.USER, Role.ASSISTANT),
            answer.response.messages.map { it.role },
        )
    }

    @Test
    fun `C8 calls of tools that are not run are no answer`() = runTest {
        val manual = ChatAgent.builder(model).tool(weather).toolExecution(ToolExecution.MANUAL).build()
        reply("", 10, ToolCall("c1", "weather", """{"name":"Ulm"}"""))
        val error = assertThrows<StructuredOutputException> { manual.ask<Report>("How is it in Ulm?") }
        assertTrue("does not run" in error.message!!, error.message)
    }

    @Test
    fun `A17 text flows, tools run, and the last event has the object`() = runTest {
        reply("Let me see.", 10, ToolCall("c1", "weather", """{"name":"Ulm"}"""))
        reply("""{"city":"Ulm","sky":"sunny"}""", 20)
        val events = agent.stream("How is it in Ulm?", outputType<Report>()).toList()
        val text = events.filterIsInstance<AgentEvent.TextDelta>().joinToString("") { it.text }
        assertEquals("""Let me see.{"city":"Ulm","sky":"sunny"}""", text)
        assertEquals(1, events.count { it is AgentEvent.ToolFinished })
        val last = events.last() as AgentEvent.Finished
        assertEquals(Report("Ulm", "sunny"), last.structured?.value)
        assertEquals(Usage(30, 2), last.response.usage())
        assertEquals(1, events.count { it is AgentEvent.Finished })
    }

    @Test
    fun `A17 a bad streamed answer is asked for again, and a later failure says what all have used`() = runTest {
        reply("no", 10)
        reply("""{"city":"Ulm","sky":"sunny"}""", 20)
        val type = outputType<Report>()
        val last = agent.stream("How is it in Ulm?", type).toList().last() as AgentEvent.Finished
        assertEquals(2, last.structured?.tries)
        reply("no", 10)
        replies += { throw ProviderException("down") }
        val error = assertThrows<ProviderException> { agent.stream("How is it in Ulm?", type).collect() }
        assertEquals(Usage(10, 1), error.partialUsage)
    }

    @Test
    fun `A17 a failure of the collector passes untouched, and nothing more is sent`() = runTest {
        reply("no", 10)
        val own = ProviderException("mine")
        val error = assertThrows<ProviderException> {
            agent.stream("How is it in Ulm?", outputType<Report>()).collect { throw own }
        }
        assertNull(error.partialUsage)
        reply("no", 10)
        agent.stream("How is it in Ulm?", outputType<Report>()).first()
        assertEquals(2, provider.requests.size)
    }

    private fun reply(text: String, input: Long, call: ToolCall? = null) {
        replies += {
            ChatResponse.builder().text(text).usage(Usage(input, 1)).toolCalls(listOfNotNull(call))
                .finish(if (call == null) FinishReason.STOP else FinishReason.TOOL_CALLS, null)
        }
    }

    @Serializable
    class City(val name: String)

    @Serializable
    data class Report(val city: String, val sky: String)
}
