package dev.muster.agent

import dev.muster.ScriptedProvider
import dev.muster.agent.ToolScript.Companion.call
import dev.muster.agent.ToolScript.Companion.calls
import dev.muster.agent.ToolScript.Companion.fails
import dev.muster.agent.ToolScript.Companion.free
import dev.muster.agent.ToolScript.Companion.says
import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.chat.ToolChoice
import dev.muster.chat.ToolDefinition
import dev.muster.chat.Usage
import dev.muster.error.ProviderException
import dev.muster.error.ToolLoopLimitException
import dev.muster.onVirtualTime
import dev.muster.runCatchingAll
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.Serializable
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.time.Duration

@OptIn(ExperimentalCoroutinesApi::class)
class ToolLoopTest {
    @Test
    fun `C1 a call is run and its result goes back under its id`() = onVirtualTime {
        val asked = calls(call("c1", "weather", """{"city":"Paris"}"""), text = "Let me see.")
        val script = ToolScript(asked, says("Sunny in Paris."))
        var runs = 0
        val weather = tool("weather", "Tells the weather") { args: City ->
            runs++
            "sunny in ${args.city}"
        }
        val agent = ChatAgent.builder(script.model).systemPrompt("Be brief.").tool(weather).build()
        val answer = agent.chat("Weather in Paris?")
        assertEquals("Sunny in Paris.", answer.text)
        assertEquals(1, runs)
        assertEquals(2, script.requests.size)
        val said = asked().build().toMessage()
        val prompt = listOf(Message.system("Be brief."), Message.user("Weather in Paris?"))
        assertEquals(prompt, script.requests[0].messages)
        assertEquals(prompt + said + Message.tool("c1", "sunny in Paris"), script.requests[1].messages)
        assertEquals(listOf(weather.definition), script.requests[1].tools)
        val afterPrompt = listOf(said, Message.tool("c1", "sunny in Paris"), Message.assistant("Sunny in Paris."))
        assertEquals(afterPrompt, answer.messages)
        assertEquals(2, answer.rounds)
    }

    @Test
    fun `C1 results are told as they are, as JSON, or as done`() = onVirtualTime {
        val asked = calls(call("a", "text"), call("b", "record"), call("c", "nothing"), call("d", "list"))
        val script = ToolScript(asked, says("ok"))
        val agent = ChatAgent.builder(script.model).tools(
            tool("text", "") { _: Unit -> "\"as it is\"" },
            tool("record", "") { _: Unit -> City("Rome") },
            tool("nothing", "") { _: Unit -> },
            tool("list", "") { _: Unit -> listOf(1, 2) },
        ).build()
        val results = agent.chat("go").toolRuns.map { it.result }
        assertEquals(listOf("\"as it is\"", """{"city":"Rome"}""", "Done.", "[1,2]"), results)
    }

    @Test
    fun `C1 an agent without tools asks once`() = onVirtualTime {
        val script = ToolScript(says("hi"))
        val answer = ChatAgent.builder(script.model).build().chat("hi")
        assertEquals(listOf(1, emptyList<Any>(), 1), listOf(answer.rounds, answer.toolRuns, script.requests.size))
        assertEquals(listOf(Message.assistant("hi")), answer.messages)
    }

    @Test
    fun `C1 a call that the token limit or a filter has cut is not run`() = onVirtualTime {
        listOf(FinishReason.LENGTH, FinishReason.CONTENT_FILTER).forEach { reason ->
            val cut = calls(call("c1", "pay", "{}"))
            val script = ToolScript({ cut().finish(reason, null) })
            var runs = 0
            val answer = ChatAgent.builder(script.model).tool(free("pay") { "${++runs}" }).build().chat("go")
            assertEquals(listOf(0, 1, reason), listOf(runs, script.requests.size, answer.finishReason))
        }
    }

    @Test
    fun `C1 a forced tool is forced in the first round only`() = onVirtualTime {
        val script = ToolScript(calls(call("c1", "a")), says("ok"))
        ChatAgent.builder(script.model).tool(free("a") { "1" }).toolChoice(ToolChoice.REQUIRED).build().ask("go")
        assertEquals(listOf(ToolChoice.REQUIRED, null), script.requests.map { it.toolChoice })
    }

    @Test
    fun `C2 tools of one round run at the same time and their results keep the model's order`() = onVirtualTime {
        val script = ToolScript(threeCalls(), says("ok"))
        val answer = ChatAgent.builder(script.model).tools(sleepers()).build().chat("go")
        assertEquals(300, currentTime)
        assertEquals(listOf("c1", "c2", "c3"), answer.toolRuns.map { it.id })
        assertEquals(
            listOf("c1", "c2", "c3"),
            script.requests[1].messages.mapNotNull { it.toolCallId },
        )
    }

    @Test
    fun `C2 tools run one by one where that is asked for`() = onVirtualTime {
        val script = ToolScript(threeCalls(), says("ok"))
        val agent =
            ChatAgent.builder(script.model).tools(sleepers()).toolExecution(ToolExecution.SEQUENTIAL).build()
        val answer = agent.chat("go")
        assertEquals(600, currentTime)
        assertEquals(listOf("c1", "c2", "c3"), answer.toolRuns.map { it.id })
    }

    @Test
    fun `C3 what goes wrong is told to the model and the loop goes on`() = onVirtualTime {
        val script = ToolScript(
            calls(
                call("a", "broken"),
                call("b", "nowhere"),
                call("c", "weather", "{not json"),
                call("d", "weather", """{"town":"Paris"}"""),
                call("e", "weather", """{"city":7}"""),
                call("f", "slow"),
                call("g", "gone"),
            ),
            says("sorry"),
        )
        var runs = 0
        val agent = ChatAgent.builder(script.model)
            .tools(
                free("broken") { throw IllegalStateException("the disk is full") },
                tool("weather", "") { args: City ->
                    runs++
                    args.city
                },
                free("slow") { awaitCancellation() },
                free("gone") { throw CancellationException("somebody else's") },
            ).toolTimeout(Duration.ofSeconds(2))
            .build()
        val answer = agent.chat("go")
        assertEquals("sorry", answer.text)
        assertEquals(0, runs)
        assertEquals(
            listOf(
                "The tool failed: the disk is full",
                "There is no tool named nowhere. The tools are: broken, weather, slow, gone",
                "The arguments are not valid: they are not JSON",
                "The arguments are not valid: city is missing; town is unknown: the properties are city",
                "The arguments are not valid: city must be string, not number",
                "The tool failed: The tool timed out after 2000 ms",
                "The tool failed: somebody else's",
            ),
            answer.toolRuns.map { it.result },
        )
        assertTrue(answer.toolRuns.all { it.isError })
        val sent = script.requests[1].messages.filter { it.toolCallId != null }
        assertEquals(answer.toolRuns.map { it.toMessage() }, sent)
        assertTrue(sent.all { it.isToolError })
        assertEquals(2_000, currentTime)
    }

    @Test
    fun `C3 a tool's own timeout goes before the agent's`() = onVirtualTime {
        val script = ToolScript(calls(call("a", "slow")), says("ok"))
        val slow = free("slow") { awaitCancellation() }.withTimeout(Duration.ofMillis(200))
        val agent = ChatAgent.builder(script.model).tool(slow).toolTimeout(Duration.ofSeconds(2)).build()
        assertEquals(Duration.ofMillis(200), agent.chat("go").toolRuns.single().duration)
    }

    @Test
    fun `C3 without a timeout a tool takes as long as it likes`() = onVirtualTime {
        val script = ToolScript(calls(call("a", "slow")), says("ok"))
        val slow = free("slow") {
            delay(3_600_000)
            "done"
        }
        assertFalse(ChatAgent.builder(script.model).tool(slow).build().chat("go").toolRuns.single().isError)
    }

    @Test
    fun `C3 an error of the program is no result`() = onVirtualTime {
        val script = ToolScript(calls(call("a", "broken")), says("ok"))
        val error = AssertionError("broken")
        val agent = ChatAgent.builder(script.model).tool(free("broken") { throw error }).build()
        assertEquals("broken", runCatchingAll { agent.chat("go") }.message)
    }

    @Test
    fun `C4 tools that are offered are not run and their calls come back`() = onVirtualTime {
        val asked = calls(call("c1", "pay"), call("c2", "look"))
        val manual = ToolScript(asked)
        var runs = 0
        val look = free("look") { "${++runs}" }
        val all = ChatAgent.builder(manual.model).tools(look, free("pay") { "${++runs}" })
            .toolExecution(ToolExecution.MANUAL).build()
        val offered = ToolScript(asked)
        val one = ChatAgent.builder(offered.model).tool(look)
            .toolDefinition(ToolDefinition("pay", "Pays", mapOf("type" to "object"))).build()
        listOf(manual to all, offered to one).forEach { (script, agent) ->
            val answer = agent.chat("go")
            assertEquals(listOf("c1", "c2"), answer.response.toolCalls.map { it.id })
            assertEquals(FinishReason.TOOL_CALLS, answer.finishReason)
            assertEquals(emptyList<Any>(), answer.toolRuns)
            assertEquals(listOf(asked().build().toMessage()), answer.messages)
            assertEquals(setOf("look", "pay"), script.requests.single().tools.map { it.name }.toSet())
        }
        assertEquals(0, runs)
    }

    @Test
    fun `C5 a model that never stops calling meets the limit, and the history is kept`() = onVirtualTime {
        val endless = ToolScript(calls(call("c", "again"), usage = Usage(10, 1)))
        var runs = 0
        val agent = ChatAgent.builder(endless.model).tool(free("again") { "${++runs}" }).maxToolRounds(2).build()
        val error = assertThrows<ToolLoopLimitException> { agent.chat("go") }
        assertEquals(2, runs)
        assertEquals(3, endless.requests.size)
        assertEquals(endless.requests[2].messages, error.history)
        assertEquals(listOf("1", "2"), error.toolRuns.map { it.result })
        assertEquals(listOf("c"), error.pendingCalls.map { it.id })
        assertEquals(Usage(30, 3), error.partialUsage)
        assertEquals(listOf("scripted", "m", false), listOf(error.provider, error.model, error.isRetryable))
    }

    @Test
    fun `C5 the limit is 10 by default`() = onVirtualTime {
        val endless = ToolScript(calls(call("c", "again")))
        val agent = ChatAgent.builder(endless.model).tool(free("again") { "" }).build()
        assertThrows<ToolLoopLimitException> { agent.chat("go") }
        assertEquals(11, endless.requests.size)
    }

    @Test
    fun `C6 the history tells name, arguments, result, error, duration and round`() = onVirtualTime {
        val first = calls(call("a", "work", """{"x":1}"""), call("b", "fail"))
        val script = ToolScript(first, calls(call("c", "work")), says("ok"))
        val work = free("work") {
            delay(200)
            "done ${it.id} ${it.name} ${it.arguments}"
        }
        val fail = free("fail") { error("no") }
        val answer = ChatAgent.builder(script.model).tools(work, fail).build().chat("go")
        val seen = answer.toolRuns.map {
            listOf(it.id, it.name, it.arguments, it.result, it.isError, it.duration.toMillis(), it.round)
        }
        assertEquals(
            listOf(
                listOf("a", "work", """{"x":1}""", """done a work {"x":1}""", false, 200L, 1),
                listOf("b", "fail", "{}", "The tool failed: no", true, 0L, 1),
                listOf("c", "work", "{}", "done c work {}", false, 200L, 2),
            ),
            seen,
        )
        assertFalse("done" in answer.toolRuns.toString(), answer.toolRuns.toString())
    }

    @Test
    fun `C20 usage is the sum over all rounds, and null where none is said`() = onVirtualTime {
        val ten = Usage(8, 2)
        val again = calls(call("c", "again"), usage = ten)
        val script = ToolScript(again, again, says("ok", ten))
        val agent = ChatAgent.builder(script.model).tool(free("again") { "" }).build()
        assertEquals(30L, agent.chat("go").usage?.totalTokens)
        val silent = ToolScript(calls(call("c", "again")), says("ok"))
        assertNull(ChatAgent.builder(silent.model).tool(free("again") { "" }).build().chat("go").usage)
    }

    @Test
    fun `C20 a failure in a later round says what all rounds have used`() = onVirtualTime {
        val failure = ProviderException("down")
        val script = ToolScript(calls(call("c", "again"), usage = Usage(8, 2)), fails(failure))
        val agent = ChatAgent.builder(script.model).tool(free("again") { "" }).build()
        assertEquals(failure, runCatchingAll { agent.chat("go") })
        assertEquals(Usage(8, 2), failure.partialUsage)
    }

    @Test
    fun `A14 calls of one agent share nothing, tools running`() = onVirtualTime {
        val provider = ScriptedProvider(onChat = { request ->
            val prompt = request.messages.first().text
            delay(10)
            val last = request.messages.last().text
            if (request.messages.size == 1) calls(call(prompt, "echo"))() else says("$prompt $last")()
        })
        val agent = ChatAgent.builder(provider.client().model("scripted::m")).tool(
            free("echo") {
                delay(10)
                it.id
            },
        ).build()
        val answers = (1..5).map { async { agent.chat("q$it") } }.awaitAll()
        assertEquals((1..5).map { "q$it q$it" }, answers.map { it.text })
        assertEquals((1..5).map { listOf("q$it") }, answers.map { answer -> answer.toolRuns.map { it.result } })
        assertEquals(30, currentTime)
    }

    @Test
    fun `A3 two tools of one name are refused`() {
        val builder = ChatAgent.builder(ToolScript(says("")).model).tool(free("a") { "" })
        assertThrows<IllegalArgumentException> { builder.tool(free("a") { "" }) }
        assertThrows<IllegalArgumentException> { builder.toolDefinition(ToolDefinition("a", "", emptyMap())) }
        assertThrows<IllegalArgumentException> { builder.maxToolRounds(0) }
        assertThrows<IllegalArgumentException> { builder.toolTimeout(Duration.ZERO) }
        assertThrows<IllegalArgumentException> { free("x") { "" }.withTimeout(Duration.ZERO) }
        assertThrows<IllegalArgumentException> { tool("list", "") { _: List<Int> -> "" } }
    }

    @Test
    fun `B25 cancelling the call cancels its tools and asks no more`() = onVirtualTime {
        ToolExecution.entries.filter { it != ToolExecution.MANUAL }.forEach { execution ->
            val script = ToolScript(threeCalls(), says("ok"))
            var cancelled = 0
            val tools = (1..3).map { n ->
                free("t$n") {
                    try {
                        awaitCancellation()
                    } finally {
                        cancelled++
                    }
                }
            }
            val agent = ChatAgent.builder(script.model).tools(tools).toolExecution(execution).build()
            val call = async { agent.chat("go") }
            runCurrent()
            call.cancel()
            runCurrent()
            assertTrue(call.isCancelled)
            assertEquals(if (execution == ToolExecution.CONCURRENT) 3 else 1, cancelled)
            assertEquals(1, script.requests.size)
        }
    }

    @Test
    fun `B25 a limit of time around the call is not the tool's`() = onVirtualTime {
        val script = ToolScript(calls(call("c", "slow")), says("ok"))
        val agent = ChatAgent.builder(script.model).tool(free("slow") { awaitCancellation() })
            .toolTimeout(Duration.ofHours(1)).build()
        assertThrows<TimeoutCancellationException> { withTimeout(100) { agent.chat("go") } }
        assertEquals(1, script.requests.size)
    }

    @Serializable
    class City(val city: String)

    private fun threeCalls() = calls(call("c1", "t1"), call("c2", "t2"), call("c3", "t3"))

    /** They end in another order than they are called in. */
    private fun sleepers() = listOf(300L, 200L, 100L).mapIndexed { index, millis ->
        free("t${index + 1}") {
            delay(millis)
            "done"
        }
    }
}
