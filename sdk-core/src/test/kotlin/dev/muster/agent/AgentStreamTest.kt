@file:OptIn(InternalMusterApi::class)

package dev.muster.agent

import dev.muster.agent.ToolScript.Companion.call
import dev.muster.agent.ToolScript.Companion.calls
import dev.muster.agent.ToolScript.Companion.fails
import dev.muster.agent.ToolScript.Companion.free
import dev.muster.agent.ToolScript.Companion.says
import dev.muster.annotation.InternalMusterApi
import dev.muster.chat.Usage
import dev.muster.error.ProviderException
import dev.muster.onVirtualTime
import dev.muster.runCatchingAll
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.job
import kotlinx.coroutines.test.currentTime
import kotlinx.serialization.Serializable
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

@OptIn(ExperimentalCoroutinesApi::class)
class AgentStreamTest {
    @Test
    fun `A17 text flows in every round, tools are told between them, the answer comes last`() = onVirtualTime {
        val usage = Usage(10, 5)
        val asked = calls(call("c1", "slow"), call("c2", "fast"), text = "Let me see.", usage = usage)
        val script = ToolScript(asked, says("It is noon.", usage))
        val agent = ChatAgent.builder(script.model).tools(sleeper("slow", 300), sleeper("fast", 100)).build()
        val events = agent.stream("What time is it?").toList()
        assertEquals(
            listOf("Let", " me", " see.", "+c1", "+c2", "-c2", "-c1", "It", " is", " noon.", "whole"),
            events.map(::told),
        )
        val answer = (events.last() as AgentEvent.Finished).response
        assertEquals("It is noon.", answer.text)
        assertEquals(listOf("c1", "c2"), answer.toolRuns.map { it.id })
        assertEquals(Usage(20, 10), answer.usage)
        assertEquals(2, answer.rounds)
        val whole = ChatAgent.builder(replay()).tools(sleeper("slow", 0), sleeper("fast", 0)).build()
        assertEquals(answer.messages, whole.chat("x").messages)
    }

    @Test
    fun `A17 all events, of the rounds and of the tools between them, come from one coroutine`() = onVirtualTime {
        val script =
            ToolScript(calls(call("c1", "slow"), call("c2", "fast"), text = "Let me see."), says("It is noon."))
        val agent = ChatAgent.builder(script.model).tools(sleeper("slow", 300), sleeper("fast", 100)).build()
        for (events in listOf(agent.stream("go"), agent.conversation().stream("go"))) {
            val jobs = mutableSetOf<Job>()
            events.collect { jobs += currentCoroutineContext().job }
            assertEquals(1, jobs.size)
        }
    }

    @Test
    fun `A17 a streamed call is sent and run as a whole one is`() = onVirtualTime {
        val script = ToolScript(calls(call("c1", "slow")), says("ok"))
        ChatAgent.builder(script.model).tool(sleeper("slow", 10)).build().stream("go").toList()
        val whole = ToolScript(calls(call("c1", "slow")), says("ok"))
        ChatAgent.builder(whole.model).tool(sleeper("slow", 10)).build().chat("go")
        assertEquals(whole.requests.map { it.messages }, script.requests.map { it.messages })
    }

    @Test
    fun `A17 only the text is there for who wants no more`() = onVirtualTime {
        val script = ToolScript(calls(call("c1", "slow"), text = "One "), says("two"))
        val agent = ChatAgent.builder(script.model).tool(sleeper("slow", 10)).build()
        assertEquals("One two", agent.stream("go").text().toList().joinToString(""))
    }

    @Test
    fun `A17 a collector that leaves while tools run cancels them, and no further round is sent`() = onVirtualTime {
        val script = ToolScript(calls(call("c1", "slow"), call("c2", "stuck")), says("ok"))
        var cancelled = 0
        val stuck = free("stuck") {
            try {
                awaitCancellation()
            } finally {
                cancelled++
            }
        }
        val agent = ChatAgent.builder(script.model).tools(sleeper("slow", 200), stuck).build()
        val event = agent.stream("go").first { it is AgentEvent.ToolFinished } as AgentEvent.ToolFinished
        assertEquals("c1", event.run.id)
        assertEquals(listOf(1, 1), listOf(cancelled, script.requests.size))
        assertEquals(200, currentTime)
    }

    @Test
    fun `A17 a collector that leaves when a tool starts has kept it from running`() = onVirtualTime {
        val script = ToolScript(calls(call("c1", "pay"), call("c2", "pay")), says("ok"))
        var runs = 0
        val agent = ChatAgent.builder(script.model).tool(free("pay") { "${++runs}" }).build()
        agent.stream("go").first { it is AgentEvent.ToolStarted }
        assertEquals(0, runs)
    }

    @Test
    fun `A17 a failure in a later round says what all rounds have used, a collector's own is left alone`() =
        onVirtualTime {
            val failure = ProviderException("down")
            val asked = calls(call("c", "again"), text = "hm", usage = Usage(8, 2))
            val agent = ChatAgent.builder(ToolScript(asked, fails(failure)).model).tool(free("again") { "" }).build()
            assertEquals(failure, runCatchingAll { agent.stream("go").toList() })
            assertEquals(Usage(8, 2), failure.partialUsage)
            val own = ProviderException("mine")
            val second = ChatAgent.builder(ToolScript(asked, says("x")).model).tool(free("again") { "" }).build()
            val thrown = runCatchingAll {
                second.stream("go").collect { if (it is AgentEvent.TextDelta && it.text == "x") throw own }
            }
            assertTrue(thrown === own)
            assertNull(own.partialUsage)
        }

    @Test
    fun `A17 the last event carries the object, after rounds of tools and after an answer that did not fit`() =
        onVirtualTime {
            val script =
                ToolScript(calls(call("c1", "slow")), says("no idea"), says("""{"hour":12}"""))
            val agent = ChatAgent.builder(script.model).tool(sleeper("slow", 10)).build()
            val events = agent.returning<Time>().stream("go").toList()
            val last = events.last() as AgentEvent.Finished
            val structured = checkNotNull(last.structured)
            assertEquals(12, (structured.value as Time).hour)
            assertEquals(2, structured.tries)
            assertEquals(1, events.count { it is AgentEvent.Finished })
            assertEquals(listOf("user", "assistant", "tool", "assistant", "user"), roles(script))
        }

    @Test
    fun `C8 an object after a round of tools`() = onVirtualTime {
        val script = ToolScript(calls(call("c1", "slow")), says("""{"hour":12}"""))
        val agent = ChatAgent.builder(script.model).tool(sleeper("slow", 10)).build()
        val answer = agent.returning<Time>().chat("go")
        assertEquals(12, answer.value.hour)
        assertEquals(listOf("c1"), answer.response.toolRuns.map { it.id })
        assertEquals(listOf("user", "assistant", "tool"), roles(script))
    }

    @Serializable
    class Time(val hour: Int)

    private fun roles(script: ToolScript) =
        script.requests.last().messages.map { it.role.name.lowercase() }.filter { it != "system" }

    private fun replay() = ToolScript(
        calls(call("c1", "slow"), call("c2", "fast"), text = "Let me see."),
        says("It is noon."),
    ).model

    private fun told(event: AgentEvent): String = when (event) {
        is AgentEvent.TextDelta -> event.text
        is AgentEvent.ReasoningDelta -> "(${event.text})"
        is AgentEvent.ToolStarted -> "+${event.call.id}"
        is AgentEvent.ToolFinished -> "-${event.run.id}"
        is AgentEvent.Finished -> "whole"
        else -> error("$event")
    }

    private fun sleeper(name: String, millis: Long) = free(name) {
        delay(millis)
        "done"
    }
}
