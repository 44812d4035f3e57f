package dev.muster.agent

import dev.muster.agent.ToolScript.Companion.call
import dev.muster.agent.ToolScript.Companion.calls
import dev.muster.agent.ToolScript.Companion.fails
import dev.muster.agent.ToolScript.Companion.free
import dev.muster.agent.ToolScript.Companion.says
import dev.muster.chat.Message
import dev.muster.chat.Usage
import dev.muster.concurrent.gather
import dev.muster.error.ProviderException
import dev.muster.onVirtualTime
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runCurrent
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

@OptIn(ExperimentalCoroutinesApi::class)
class ExecutorsTest {
    @Test
    fun `C14 each executor gives the text, in any operator`() = onVirtualTime {
        val simple = ToolScript(says("simple"))
        val bare = ToolScript(says("bare"))
        val ofAgent = ToolScript(calls(call("c1", "t")), says("agent"))
        val executors = listOf(
            SimpleExecutor(simple.model, "Be brief."),
            SimpleExecutor(bare.model),
            AgentExecutor(ChatAgent.builder(ofAgent.model).tool(free("t") { "1" }).build()),
            LlmExecutor { it.uppercase() },
        )
        assertEquals(listOf("simple", "bare", "agent", "HI"), gather(executors) { it.execute("hi") })
        assertEquals(listOf(Message.system("Be brief."), Message.user("hi")), simple.requests.single().messages)
        assertEquals(listOf(Message.user("hi")), bare.requests.single().messages)
        assertEquals(2, ofAgent.requests.size)
    }

    @Test
    fun `C14 an agent is another one's tool and its usage counts`() = onVirtualTime {
        val inner = ToolScript(calls(call("i1", "t"), usage = Usage(10, 1)), says("42", Usage(20, 2)))
        val expert = ChatAgent.builder(inner.model).tool(free("t") { "1" }).build()
        val asked = calls(call("c1", "expert", """{"prompt":"What is 6 x 7?"}"""), usage = Usage(100, 3))
        val outer = ToolScript(asked, says("It is 42.", Usage(200, 4)))
        val answer = ChatAgent.builder(outer.model).tool(expert.asTool("expert", "Knows sums")).build().chat("Go")
        assertEquals("It is 42.", answer.text)
        assertEquals(listOf("42"), answer.toolRuns.map { it.result })
        assertEquals(listOf(Message.user("What is 6 x 7?")), inner.requests.first().messages)
        assertEquals(Usage(330, 10), answer.usage)
    }

    @Test
    fun `C20 what a failed agent of a tool has used counts too, and its failure is told`() = onVirtualTime {
        val inner =
            ToolScript(calls(call("i1", "t"), usage = Usage(10, 1)), fails(ProviderException("gone")))
        val expert = ChatAgent.builder(inner.model).tool(free("t") { "1" }).build()
        val asked = calls(call("c1", "expert", """{"prompt":"?"}"""), usage = Usage(100, 3))
        val outer = ToolScript(asked, fails(ProviderException("gone, too")))
        val agent = ChatAgent.builder(outer.model).tool(expert.asTool("expert", "Knows")).build()
        val failure = assertThrows<ProviderException> { agent.chat("Go") }
        assertEquals(Usage(110, 4), failure.partialUsage)
        val told = outer.requests.last().messages.last()
        assertTrue(told.isToolError && "gone" in told.text, told.text)
    }

    @Test
    fun `C14 cancelling the outer agent cancels the inner one`() = onVirtualTime {
        var cancelled = false
        val inner = ToolScript({
            try {
                awaitCancellation()
            } finally {
                cancelled = true
            }
        })
        val expert = ChatAgent.builder(inner.model).build().asTool("expert", "Knows")
        val outer = ToolScript(calls(call("c1", "expert", """{"prompt":"?"}""")))
        val asking = launch { ChatAgent.builder(outer.model).tool(expert).build().ask("Go") }
        runCurrent()
        assertEquals(1, inner.requests.size)
        asking.cancelAndJoin()
        assertTrue(cancelled)
    }

    @Test
    fun `C14 arguments that are no prompt are told to the model`() = onVirtualTime {
        val inner = ToolScript(says("never"))
        val expert = ChatAgent.builder(inner.model).build().asTool("expert", "Knows")
        val outer = ToolScript(calls(call("c1", "expert", """{"question":"?"}""")), says("ok"))
        val answer = ChatAgent.builder(outer.model).tool(expert).build().chat("Go")
        assertTrue(answer.toolRuns.single().isError)
        assertEquals(0, inner.requests.size)
    }

    @Test
    fun `C14 a tool without a name or a description is refused`() {
        val agent = ChatAgent.builder(ToolScript(says("x")).model).build()
        assertThrows<IllegalArgumentException> { agent.asTool(" ", "d") }
        assertThrows<IllegalArgumentException> { agent.asTool("n", " ") }
    }
}
