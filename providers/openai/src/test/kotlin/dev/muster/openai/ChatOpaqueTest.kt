package dev.muster.openai

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.error.IncompleteResponseException
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeRequest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Content of a chat completion other than text, reasoning and calls is kept unchanged. */
class ChatOpaqueTest : Wired() {
    private suspend fun both(inner: String, reason: String, check: suspend (ChatResponse) -> Unit) {
        check(whole("""{"choices":[{"message":$inner,"finish_reason":"$reason"}]}"""))
        val end = """{"choices":[{"delta":{},"finish_reason":"$reason"}]}"""
        check(streamed("""{"choices":[{"delta":$inner}]}""", end, "[DONE]"))
    }

    /** The next request, which contains [response]. */
    private suspend fun next(response: ChatResponse, message: Message = Message.user("and?")): FakeRequest {
        server.otherwise(FakeReply.text("ok"))
        model().chat(ChatRequest { messages(listOf(Message.user("q"), response.toMessage(), message)) })
        return server.requests.last().also { assertEquals(null, it.rejection) }
    }

    @Test
    fun `A18 audio is a part of the answer, and goes back by its id`() = blocking {
        val audio = """{"id":"a_1","data":"QUJD","transcript":"Good day","expires_at":9}"""
        val whole = whole("""{"choices":[{"message":{"content":null,"audio":$audio},"finish_reason":"stop"}]}""")
        assertEquals(listOf(ContentPart.Opaque("audio", audio, "openai-chat")), whole.opaqueParts)
        val streamed = streamed(
            """{"choices":[{"delta":{"audio":{"id":"a_1"}}}]}""",
            """{"choices":[{"delta":{"audio":{"transcript":"Good"}}}]}""",
            """{"choices":[{"delta":{"audio":{"data":"QQ==","transcript":" day"}}}]}""",
            """{"choices":[{"delta":{"audio":{"data":"QkM="}}}]}""",
            """{"choices":[{"delta":{"audio":{"expires_at":9}},"finish_reason":"stop"}]}""",
            "[DONE]",
        )
        val joined = streamed.opaqueParts.single().json
        listOf("\"id\":\"a_1\"", "\"data\":\"QUJD\"", "\"transcript\":\"Good day\"", "\"expires_at\":9").forEach {
            assertTrue(it in joined, joined)
        }
        listOf(whole, streamed).forEach { response ->
            val seen = next(response)
            assertEquals("{\"id\":\"a_1\"}", seen.field("/messages/1/audio"))
            assertEquals(null, seen.field("/messages/1/content"))
        }
        server.otherwise(FakeReply.raw("""{"choices":[{"message":{"audio":$audio},"finish_reason":"stop"}]}"""))
        assertEquals(IncompleteResponseException::class.java, failure { model().ask("Speak.") }.javaClass)
    }

    @Test
    fun `A18 images, annotations and unknown parts are kept in their place`() = blocking {
        val image = """{"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"}}"""
        val cited = """{"type":"url_citation","url_citation":{"url":"https://example.org"}}"""
        both("""{"content":"Look.","images":[$image],"annotations":[$cited]}""", "stop") { response ->
            assertEquals(
                listOf(image, cited).map {
                    ContentPart.Opaque(if (it == image) "image_url" else "url_citation", it, "openai-chat", 5)
                },
                response.opaqueParts,
            )
            assertEquals("Look.", response.text)
            val seen = next(response)
            assertEquals("Look.", seen.messages[1].text)
        }
        val part = """{"type":"reference","reference_ids":[1]}"""
        both("""{"content":[{"type":"text","text":"a"},$part,{"type":"text","text":"b"}]}""", "stop") {
            assertEquals("ab" to listOf(part), it.text to it.opaqueParts.map { one -> one.json })
        }
    }

    @Test
    fun `A18 a call of a custom tool has its input as an argument, and goes back as what it was`() = blocking {
        val custom = """{"id":"c","type":"custom","custom":{"name":"sql","input":"select 1"}}"""
        val call = ToolCall("c", "sql", "{\"input\":\"select 1\"}")
        val pieces = streamed(
            """{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","type":"custom","custom":{"name":"sql"}}]}}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"index":0,"custom":{"input":"select "}}]}}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"index":0,"custom":{"input":"1"}}]}}]}""",
            """{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}""",
            "[DONE]",
        )
        val whole = whole("""{"choices":[{"message":{"tool_calls":[$custom]},"finish_reason":"tool_calls"}]}""")
        listOf(whole, pieces).forEach { response ->
            assertEquals(listOf(call) to FinishReason.TOOL_CALLS, response.toolCalls to response.finishReason)
            val seen = next(response, Message.tool("c", "1"))
            assertEquals(custom, seen.field("/messages/1/tool_calls/0"))
        }
    }
}
