package dev.muster.openai

import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import dev.muster.contract.ProviderTest
import dev.muster.error.InvalidRequestException
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeRequest
import kotlinx.coroutines.flow.collect
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Requests that a provider is known to refuse fail before they are sent, with a message that says what to do. */
class RefusedRequestsTest : ProviderTest("openai") {
    override val url: String get() = server.openAiUrl

    private suspend fun refused(provider: String, vararg words: String, build: ChatRequest.Builder.() -> Unit) {
        val request = ChatRequest(build)
        val before = server.requestCount
        val model = model(provider = provider)
        listOf(failure { model.chat(request) }, failure { model.stream(request).collect() }).forEach { error ->
            assertEquals(InvalidRequestException::class.java, error.javaClass)
            assertEquals(provider, error.provider)
            words.forEach { assertTrue(it in error.message!!, error.message) }
        }
        assertEquals(before, server.requestCount, "it was sent")
    }

    private suspend fun sent(provider: String = "openai", build: ChatRequest.Builder.() -> Unit): FakeRequest {
        server.otherwise(FakeReply.text("ok"))
        model(provider = provider).chat(ChatRequest(build))
        return server.requests.last()
    }

    private fun offering(name: String): ChatRequest.Builder.() -> Unit = {
        user("hi")
        tools(listOf(ToolDefinition(name, "A tool", mapOf("type" to "object"))))
    }

    @Test
    fun `A3 a tool's name that is not valid is refused with the name and the rule`() = blocking {
        val strict = listOf("openai", "openai-responses", "azure", "groq", "deepseek", "mistral", "cerebras")
        val names = listOf("files.read", "grüße", "n".repeat(65), "", "a b")
        strict.forEach { provider ->
            names.forEach { refused(provider, "'$it'", "64", build = offering(it)) }
            assertEquals(null, sent(provider, offering("read_file-" + "2".repeat(54))).rejection)
        }
    }

    @Test
    fun `A3 the name of a call that another provider made is sent in a form that is taken`() = blocking {
        val call = Message.assistant("", listOf(ToolCall("c", "files.read" + "x".repeat(60), "{}")))
        listOf("openai" to "/messages/1/tool_calls/0/function/name", "openai-responses" to "/input/1/name").forEach {
            val seen = sent(it.first) { messages(listOf(Message.user("q"), call, Message.tool("c", "r"))) }
            assertEquals(null, seen.rejection)
            assertEquals("files_read" + "x".repeat(54), seen.field(it.second))
        }
    }

    @Test
    fun `A2 a call without its result, or a result without its call, is refused`() = blocking {
        val called = Message.assistant("", listOf(ToolCall("c1", "f", "{}"), ToolCall("c2", "g", "{}")))
        val first = Message.tool("c1", "r")
        val second = Message.tool("c2", "r")
        val question = Message.user("q")
        server.allowFields("reasoning_content")
        listOf("openai", "openai-responses", "azure", "deepseek", "mistral").forEach { provider ->
            refused(provider, "call c2 of the tool g") { messages(listOf(question, called, first)) }
            refused(provider, "call c2 of the tool g") { messages(listOf(question, called, first, question)) }
            refused(provider, "call c1") { messages(listOf(question, first)) }
            refused(provider, "call c1") { messages(listOf(question, called, first, second, first)) }
            val whole = sent(provider) { messages(listOf(question, called, second, first, question)) }
            assertEquals(null, whole.rejection)
        }
        refused("openai", "call c1 of the tool f") { messages(listOf(question, called, question, first, second)) }
        assertEquals(
            null,
            sent("openai-responses") {
                messages(listOf(question, called, question, first, second))
            }.rejection,
        )
        // The history stored at the provider cannot be checked.
        sent("openai-responses") {
            message(first)
            extra("previous_response_id", "resp_1")
        }
    }

    @Test
    fun `A2 what the Responses API cannot say is refused, and not dropped`() = blocking {
        refused("openai-responses", "seed") { user("hi").seed(1) }
        refused("openai-responses", "stop") { user("hi").stop(listOf("END")) }
        assertEquals("1", sent { user("hi").seed(1) }.field("/seed"))
    }

    @Test
    fun `A20 extra never decides whether an answer is streamed`() = blocking {
        listOf("openai", "openai-responses", "mistral").forEach { provider ->
            val model = model(provider = provider)
            server.otherwise(FakeReply.text("ok"))
            val request = ChatRequest { user("hi").extra("stream", true).extra("stream_options", mapOf("x" to 1)) }
            server.allowFields("x")
            model.chat(request)
            val whole = server.requests.last()
            assertEquals(listOf(null, null), listOf("/stream", "/stream_options").map(whole::field), provider)
            model.stream(ChatRequest { user("hi").extra("stream", false) }).collect()
            assertEquals("true", server.requests.last().field("/stream"), provider)
        }
    }

    @Test
    fun `A20 options of a stream in extra stand beside ours`() = blocking {
        server.otherwise(FakeReply.text("ok"))
        val options = mapOf("include_obfuscation" to false)
        model().stream(ChatRequest { user("hi").extra("stream_options", options) }).collect()
        val seen = server.requests.last().field("/stream_options")
        assertEquals("{\"include_usage\":true,\"include_obfuscation\":false}", seen)
        val none = mapOf("include_usage" to false)
        model().stream(ChatRequest { user("hi").extra("stream_options", none) }).collect()
        assertEquals("{\"include_usage\":false}", server.requests.last().field("/stream_options"))
    }

    @Test
    fun `A2 only a system message is sent, which OpenAI takes`() = blocking {
        listOf("openai", "openai-responses").forEach { provider ->
            assertEquals(null, sent(provider) { system("Say hello.") }.rejection)
        }
    }
}
