package dev.muster.agent

import dev.muster.agent.ToolScript.Companion.says
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.onVirtualTime
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class HistoryWindowTest {
    private val system = listOf(Message.system("sys1"))
    private val tools = listOf(
        Message.user("ask2"),
        Message.assistant("", listOf(ToolCall("c1", "tool", "{}"))),
        Message.tool("c1", "res2"),
        Message.assistant("ans2"),
    )
    private val plain = listOf(Message.user("ask1"), Message.assistant("ans1"))
    private val history = plain + tools
    private val prompt = listOf(Message.user("ask3"))

    @Test
    fun `A12 a window of messages drops whole turns, the oldest first`() {
        assertEquals(system + history + prompt, HistoryWindow.ALL.select(system, history, prompt))
        assertEquals(system + history + prompt, HistoryWindow.messages(7).select(system, history, prompt))
        assertEquals(system + tools + prompt, HistoryWindow.messages(6).select(system, history, prompt))
        assertEquals(system + tools + prompt, HistoryWindow.messages(5).select(system, history, prompt))
    }

    @Test
    fun `A12 a window never parts a call of a tool from its results, nor drops the prompt`() {
        (1..4).forEach {
            assertEquals(system + prompt, HistoryWindow.messages(it).select(system, history, prompt), "$it")
        }
    }

    @Test
    fun `A12 results that are the prompt keep the turn with their calls`() {
        val pending = tools.take(2)
        val results = listOf(Message.tool("c1", "res"))
        assertEquals(system + pending + results, HistoryWindow.messages(1).select(system, plain + pending, results))
    }

    @Test
    fun `A12 a budget of tokens counts the system prompt, the prompt and the arguments of tools`() {
        // sys1 1, ask1 1, ans1 1, ask2 1, the call tool{} 2, res2 1, ans2 1, ask3 1
        assertEquals(system + history + prompt, HistoryWindow.tokens(9).select(system, history, prompt))
        assertEquals(system + tools + prompt, HistoryWindow.tokens(8).select(system, history, prompt))
        assertEquals(system + tools + prompt, HistoryWindow.tokens(7).select(system, history, prompt))
        assertEquals(system + prompt, HistoryWindow.tokens(6).select(system, history, prompt))
        assertEquals(system + prompt, HistoryWindow.tokens(1).select(system, history, prompt))
    }

    @Test
    fun `A12 system messages of the history are always sent`() {
        val rules = Message.system("rule")
        val sent = HistoryWindow.messages(1).select(system, listOf(rules) + history, prompt)
        assertEquals(system + rules + prompt, sent)
    }

    @Test
    fun `A12 the history stays whole where less is sent`() = onVirtualTime {
        val script = ToolScript(says("ok"))
        val agent = ChatAgent.builder(script.model).systemPrompt("sys1").build()
        val conversation = agent.conversation(history, HistoryWindow.messages(1))
        conversation.ask("ask3")
        assertEquals(system + prompt, script.requests.single().messages)
        assertEquals(history + prompt + Message.assistant("ok"), conversation.history)
        assertEquals(conversation.window, conversation.fork().window)
    }

    @Test
    fun `A12 a window of nothing is refused`() {
        assertThrows<IllegalArgumentException> { HistoryWindow.messages(0) }
        assertThrows<IllegalArgumentException> { HistoryWindow.tokens(0) }
    }
}
