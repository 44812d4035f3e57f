package dev.muster.contract

import dev.muster.agent.AgentEvent
import dev.muster.agent.AgentResponse
import dev.muster.agent.ChatAgent
import dev.muster.agent.ToolExecution
import dev.muster.agent.tool
import dev.muster.chat.ChatRequest
import dev.muster.chat.ToolChoice
import dev.muster.chat.ToolDefinition
import dev.muster.error.InvalidRequestException
import dev.muster.error.ToolLoopLimitException
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeToolCall
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/**
 * An agent's tools over an API format, whole and streamed: calls are run and their results go back, failed and unknown
 * calls go back as errors, manual execution, the limit of rounds, text between rounds, and the choice of tools.
 *
 * A provider has one subclass for each API format. Its functions return how the bodies express the choice of tools: the
 * expected fields, by their JSON pointers, with null for a field that must be missing. If the API format cannot express
 * a choice, the function returns null: the tests then require that the request is refused with an
 * [InvalidRequestException] before anything is sent.
 */
public abstract class ToolContract(id: String) : ProviderTest(id) {
    /** Returns the fields that [choice] becomes if the tool `weather` is offered, or null if it must be refused. */
    protected abstract fun choiceFields(choice: ToolChoice): Map<String, String?>?

    /** Returns the fields that allow or forbid several tool calls at once, or null if that must be refused. */
    protected abstract fun parallelFields(allowed: Boolean): Map<String, String?>?

    private val weather =
        tool(ToolDefinition("weather", "Tells the weather", SCHEMA)) { "sunny, asked ${it.arguments}" }
    private val clock = tool(ToolDefinition("clock", "Tells the time", mapOf("type" to "object"))) { "noon" }
    private val broken = tool(ToolDefinition("broken", "Fails", mapOf("type" to "object"))) { error("out of ink") }

    private val styles = listOf<suspend (ChatAgent) -> AgentResponse>({ it.chat(PROMPT) }, ::streamed)

    @Test
    public fun `C1 C2 C6 C20 calls are run and their results go back, whole and streamed`(): Unit = blocking {
        val calls =
            FakeReply.toolCalls(FakeToolCall("c1", "weather", CITY), FakeToolCall("c2", "clock", "{}")).usage(10, 5)
        script(calls, FakeReply.text("Sunny at noon.").usage(20, 5))
        styles.forEach { call ->
            val before = server.requestCount
            val answer = call(agent())
            assertEquals("Sunny at noon.", answer.text)
            assertEquals(listOf("weather", "clock"), answer.toolRuns.map { it.name })
            assertEquals(listOf("sunny, asked $CITY", "noon"), answer.toolRuns.map { it.result })
            assertEquals(2, answer.rounds)
            assertEquals(40L, answer.usage?.totalTokens)
            val (first, second) = server.requests.drop(before)
            assertEquals(listOf(null, null), listOf(first.rejection, second.rejection))
            assertEquals(listOf("weather", "clock", "broken"), first.tools)
            assertEquals(listOf("user", "assistant", "tool", "tool"), second.messages.map { it.role })
            assertEquals(answer.toolRuns.map { it.result }, second.messages.map { it.text }.takeLast(2))
            assertEquals(answer.toolRuns.map { it.id }, second.messages.takeLast(2).map { it.toolCallId })
        }
    }

    @Test
    public fun `C3 what goes wrong goes back as a result, whole and streamed`(): Unit = blocking {
        val calls = FakeReply.toolCalls(
            FakeToolCall("c1", "broken", "{}"),
            FakeToolCall("c2", "nowhere", "{}"),
            FakeToolCall("c3", "weather", """{"city":7}"""),
        )
        script(calls, FakeReply.text("Sorry."))
        styles.forEach { call ->
            val answer = call(agent())
            assertEquals("Sorry.", answer.text)
            assertTrue(answer.toolRuns.all { it.isError })
            val second = server.requests.last()
            assertEquals(null, second.rejection)
            assertEquals(
                listOf(
                    "The tool failed: out of ink",
                    "There is no tool named nowhere. The tools are: weather, clock, broken",
                    "The arguments are not valid: city must be string, not number",
                ),
                second.messages.map { it.text }.takeLast(3),
            )
        }
    }

    @Test
    public fun `C4 tools that are only offered come back as calls, whole and streamed`(): Unit = blocking {
        script(FakeReply.toolCall("c1", "weather", CITY), FakeReply.text("never"))
        styles.forEach { call ->
            val before = server.requestCount
            val answer = call(agent { toolExecution(ToolExecution.MANUAL) })
            assertEquals(listOf("weather"), answer.response.toolCalls.map { it.name })
            assertEquals(1, server.requestCount - before)
        }
    }

    @Test
    public fun `C5 the limit of rounds is a typed failure, whole and streamed`(): Unit = blocking {
        val calls = FakeReply.toolCall("c1", "clock", "{}").usage(10, 5)
        script(calls, calls)
        styles.forEach { call ->
            val before = server.requestCount
            val error = failure { call(agent { maxToolRounds(2) }) } as ToolLoopLimitException
            assertEquals(listOf(3, 2, 5), listOf(server.requestCount - before, error.toolRuns.size, error.history.size))
            assertEquals(45L, error.partialUsage?.totalTokens)
            assertEquals(id, error.provider)
        }
    }

    @Test
    public fun `A17 text flows in each round and tools are told between them`(): Unit = blocking {
        script(
            FakeReply.text("Let me see.").withToolCalls(FakeToolCall("c1", "clock", "{}")),
            FakeReply.text("It is noon."),
        )
        val told = agent().stream(PROMPT).toList().map {
            when (it) {
                is AgentEvent.TextDelta -> it.text
                is AgentEvent.ToolStarted -> "<${it.call.name}>"
                is AgentEvent.ToolFinished -> "<${it.run.result}>"
                is AgentEvent.Finished -> "."
                else -> "?"
            }
        }
        assertEquals("Let me see.<clock><noon>It is noon..", told.joinToString(""))
    }

    @Test
    public fun `A2 the choice of tools is in the body as the form has it, or refused before sending`(): Unit =
        blocking {
            listOf(ToolChoice.AUTO, ToolChoice.NONE, ToolChoice.REQUIRED, ToolChoice.tool("weather")).forEach {
                expect(choiceFields(it), "$it") { toolChoice(it) }
            }
            listOf(true, false).forEach { expect(parallelFields(it), "parallel $it") { parallelToolCalls(it) } }
        }

    @Test
    public fun `A2 a choice that needs a tool is refused without it`(): Unit = blocking {
        listOf(ToolChoice.REQUIRED, ToolChoice.tool("nowhere")).forEach { choice ->
            val error = failure {
                model().chat(
                    ChatRequest {
                        user("hi")
                        toolChoice(choice)
                    },
                )
            }
            assertEquals(InvalidRequestException::class.java, error.javaClass)
        }
        model().chat(
            ChatRequest {
                user("hi")
                toolChoice(ToolChoice.NONE)
            },
        )
        assertEquals(listOf<String?>(null), server.requests.map { it.rejection })
    }

    private suspend fun expect(fields: Map<String, String?>?, what: String, set: ChatRequest.Builder.() -> Unit) {
        val request = ChatRequest {
            user("hi")
            tools(listOf(weather.definition))
            set()
        }
        val before = server.requestCount
        if (fields == null) {
            listOf(failure { model().chat(request) }, failure { model().stream(request).collect() }).forEach {
                assertEquals(InvalidRequestException::class.java, it.javaClass, "$what: ${it.message}")
            }
            assertEquals(before, server.requestCount, "$what was sent")
        } else {
            model().chat(request)
            val seen = server.requests.last()
            assertEquals(null, seen.rejection, what)
            fields.forEach { assertEquals(it.value, seen.field(it.key), "$what: ${it.key} of ${seen.body}") }
        }
    }

    /** Replies with [calls] while the question is the last message, then with [answer]. */
    private fun script(calls: FakeReply, answer: FakeReply) {
        server.on { it.messages.last().role == "user" }.reply(calls)
        server.on { it.messages.last().role == "tool" }.reply(answer)
    }

    private fun agent(set: ChatAgent.Builder.() -> Unit = {}) =
        ChatAgent.builder(model()).tools(weather, clock, broken).apply(set).build()

    private suspend fun streamed(agent: ChatAgent): AgentResponse =
        (agent.stream(PROMPT).toList().last() as AgentEvent.Finished).response

    private companion object {
        const val PROMPT = "How is it?"
        const val CITY = """{"city":"Paris"}"""
        val SCHEMA = mapOf(
            "type" to "object",
            "properties" to mapOf("city" to mapOf("type" to "string")),
            "required" to listOf("city"),
        )
    }
}
