package dev.muster.anthropic

import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import dev.muster.error.InvalidRequestException
import kotlinx.coroutines.flow.collect
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Requests that the API would refuse, or partly ignore, fail before they are sent. What can be corrected is sent. */
class RefusedRequestsTest : Wired() {
    private val call = Message.assistant("", listOf(ToolCall("c1", "f", "{}"), ToolCall("c2", "g", "{}")))
    private val results = listOf(Message.tool("c1", "r1"), Message.tool("c2", "r2"))

    @Test
    fun `what cannot be asked is refused with what to do, and nothing is sent`() = blocking {
        val refused: Map<ChatRequest, String> = mapOf(
            ChatRequest { system("Be brief.") } to "add a user message",
            request { seed(1) } to "a seed is not supported: remove it",
            request { extra("stream", true) } to "call chat for a whole response",
            request { tools(listOf(named("files.read"))) } to "'files.read'",
            request { tools(listOf(named("größe"))) } to "rename the tool",
            request { tools(listOf(named(""))) } to "rename the tool",
            request { tools(listOf(named("a".repeat(129)))) } to "at most 128 characters",
            request { tools(listOf(named("twice"), named("once"), named("twice"))) } to "two tools are named 'twice'",
            history(Message.tool("c1", "r")) to "result of the call c1",
            history(call, results[0], results[1], results[1]) to "result of the call c2",
            history(call, results[0], Message.user("so?"), results[1]) to "call c2 of the tool g has no result",
            history(call, Message.user("so?")) to "call c1 of the tool f has no result",
            history(call, results[0]) to "call c2 of the tool g has no result",
            history(call) to "call c1 of the tool f has no result",
            history(call, Message.assistant("Well."), results[0], results[1]) to "call c1 of the tool f",
            history(*List(5) { Message.user("$it").cached() }.toTypedArray()) to "5 messages are marked for caching",
        )
        refused.forEach { (request, words) ->
            listOf(failure { model().chat(request) }, failure { model().stream(request).collect() }).forEach {
                assertEquals(InvalidRequestException::class.java, it.javaClass, words)
                assertTrue(words in it.message!!, it.message)
                assertTrue(it.message!!.startsWith("anthropic::m: "), it.message)
            }
        }
        assertEquals(0, server.requestCount)
    }

    @Test
    fun `what is allowed passes`() = blocking {
        listOf(
            request { tools(listOf(named("a".repeat(128)), named("a-B_9"))) },
            history(call, results[1], results[0]),
            history(call, results[0], Message.system("Be brief."), results[1], Message.user("so?")),
            history(*List(4) { Message.user("$it").cached() }.toTypedArray()),
            history(Message.assistant("One"), Message.assistant(" two.")),
        ).forEach {
            model().chat(it)
            assertNull(server.requests.last().rejection)
        }
    }

    @Test
    fun `blanks at the end of what the answer is to begin with are left out, and only there`() = blocking {
        model().chat(history(Message.assistant("One. "), Message.user("b"), Message.assistant("The answer: \n\t")))
        val seen = server.requests.last()
        assertNull(seen.rejection)
        assertEquals("One. ", seen.field("/messages/1/content"))
        assertEquals("The answer:", seen.field("/messages/3/content"))
        model().chat(history(Message.assistant("Two ").cached()))
        assertEquals("Two", server.requests.last().field("/messages/1/content/0/text"))
        assertNull(server.requests.last().rejection)
    }

    @Test
    fun `names of calls that others have made get the letters that the API takes`() = blocking {
        val names = listOf("functions.f", "", "f".repeat(200))
        val calls = names.mapIndexed { at, name -> ToolCall("c$at", name, "{}") }
        model().chat(history(Message.assistant("", calls), *calls.map { Message.tool(it.id, "no") }.toTypedArray()))
        val seen = server.requests.last()
        assertNull(seen.rejection)
        val sent = names.indices.map { seen.field("/messages/1/content/$it/name") }
        assertEquals(listOf("functions_f", "_", "f".repeat(128)), sent)
    }

    @Test
    fun `tools of extra stand beside those of the request`() = blocking {
        val search = mapOf("type" to "web_search_20250305", "name" to "web_search")
        model().chat(
            request {
                tools(listOf(named("mine")))
                extra("tools", listOf(search))
            },
        )
        val seen = server.requests.last()
        assertNull(seen.rejection)
        assertEquals(listOf("mine", "web_search"), seen.tools)
    }

    private fun request(more: ChatRequest.Builder.() -> Unit) = ChatRequest {
        user("q")
        more()
    }

    private fun history(vararg messages: Message) = request { messages.forEach { message(it) } }

    private fun named(name: String) = ToolDefinition(name, "Does it", mapOf("type" to "object"))
}
