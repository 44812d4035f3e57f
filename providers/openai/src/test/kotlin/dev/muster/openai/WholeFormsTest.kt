package dev.muster.openai

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.FinishReason
import dev.muster.chat.ToolCall
import dev.muster.chat.Usage
import dev.muster.error.AuthenticationException
import dev.muster.error.ContentFilteredException
import dev.muster.error.ContextLengthExceededException
import dev.muster.error.InsufficientFundsException
import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmException
import dev.muster.error.ModelNotFoundException
import dev.muster.error.ProviderException
import dev.muster.error.RateLimitedException
import dev.muster.fake.FakeReply
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Test

/** Real whole responses of the endpoints. */
class WholeFormsTest : Wired() {
    @Test
    fun `A18 nulls, unknown fields and missing parts are taken as they are`() = blocking {
        val response =
            whole(
                """{"choices":[{"message":{"content":null,"tool_calls":null},"x":1}],"usage":{"prompt_tokens":4}}""",
            )
        assertEquals("", response.text)
        assertEquals(Usage(4, null), response.usage)
        assertEquals(FinishReason.OTHER, response.finishReason)
        assertEquals("m", response.model)
    }

    @Test
    fun `A18 arguments that come as an object or not at all are JSON text`() = blocking {
        val response =
            whole(
                """{"choices":[{"message":{"tool_calls":[""" +
                    """{"id":"a","function":{"name":"f","arguments":{"x":[1]}}},""" +
                    """{"id":"b","function":{"name":"g"}},{"id":"c","function":{"name":"h","arguments":null}}""" +
                    """]},"finish_reason":"function_call"}]}""",
            )
        assertEquals(
            listOf(ToolCall("a", "f", "{\"x\":[1]}"), ToolCall("b", "g", "{}"), ToolCall("c", "h", "{}")),
            response.toolCalls,
        )
        assertEquals(FinishReason.TOOL_CALLS, response.finishReason)
    }

    @Test
    fun `A18 reasoning that is counted beside the answer, as the sum tells, is counted within it`() = blocking {
        suspend fun usage(completion: Int, total: Int) = whole(
            """{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":32,""" +
                """"completion_tokens":$completion,"total_tokens":$total,""" +
                """"completion_tokens_details":{"reasoning_tokens":94}}}""",
        ).usage
        // xAI's counts, then OpenAI's.
        assertEquals(usageOf(32, 103, null, 94), usage(9, 135))
        assertEquals(usageOf(32, 103, null, 94), usage(103, 135))
    }

    @Test
    fun `A18 cached tokens of DeepSeek's own and figures with a fraction are read`() = blocking {
        val usage = """{"prompt_tokens":10.0,"completion_tokens":2,"prompt_cache_hit_tokens":8}"""
        val response = whole("""{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}],"usage":$usage}""")
        assertEquals(usageOf(10, 2, 8), response.usage)
    }

    @Test
    fun `A18 A23 tokens read from the cache and written to it are told apart, whole and streamed`() = blocking {
        server.otherwise(FakeReply.text("x").usage(100, 20, 60, 4).cacheCreation(30))
        val expected = usageOf(100, 20, 60, 4, 120, 30)
        assertEquals(expected, model().chat(ChatRequest.of("hi")).usage)
        val streamed = model().stream("hi").toList().last() as ChatEvent.Finished
        assertEquals(expected, streamed.response.usage)
    }

    @Test
    fun `A18 content in parts and every name of the reasoning is read`() = blocking {
        val parts = """[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"4"}]"""
        mapOf(
            """{"content":$parts}""" to "hm",
            """{"content":"4","reasoning":"hm"}""" to "hm",
            """{"content":"4","reasoning_content":"hm"}""" to "hm",
            """{"content":"4","reasoning":null}""" to null,
        ).forEach { (message, reasoning) ->
            val response = whole("""{"choices":[{"message":$message}]}""")
            assertEquals("4", response.text)
            assertEquals(reasoning, response.reasoning)
        }
    }

    @Test
    fun `C12 codes decide where the status leaves it open`() = blocking {
        val rows =
            mapOf<Pair<Int, String>, Class<out LlmException>>(
                (400 to "context_length_exceeded") to ContextLengthExceededException::class.java,
                (400 to "content_filter") to ContentFilteredException::class.java,
                (400 to "invalid_api_key") to AuthenticationException::class.java,
                (400 to "invalid_model") to ModelNotFoundException::class.java,
                (400 to "other") to InvalidRequestException::class.java,
                (429 to "insufficient_quota") to InsufficientFundsException::class.java,
                (429 to "rate_limit_exceeded") to RateLimitedException::class.java,
                (500 to "insufficient_quota") to ProviderException::class.java,
            )
        rows.forEach { (row, expected) ->
            val error = failure(FakeReply.status(row.first, row.second, "words"))
            assertEquals(expected, error.javaClass, "$row")
            assertEquals(row.second, error.code)
        }
    }

    @Test
    fun `C12 words about the length count inside 400 and 422 only`() = blocking {
        val words = "This model's maximum context length is 8192 tokens, however you requested 9000"
        mapOf(
            400 to ContextLengthExceededException::class.java,
            422 to ContextLengthExceededException::class.java,
            429 to RateLimitedException::class.java,
            500 to ProviderException::class.java,
        ).forEach { (status, expected) ->
            val error = failure(FakeReply.status(status, "x", words))
            assertEquals(expected, error.javaClass)
            if (status < 429) assertFalse(error.isRetryable)
        }
    }

    @Test
    fun `C12 error bodies of other forms still give code and words`() = blocking {
        val mistral = """{"object":"error","message":"No such model","type":"invalid_model","code":1500}"""
        val error = failure(FakeReply.raw(400, "application/json", mistral))
        assertEquals(ModelNotFoundException::class.java, error.javaClass)
        assertEquals("1500", error.code)
        val html = failure(FakeReply.raw(502, "text/html", "<html>Bad Gateway</html>"))
        assertEquals(ProviderException::class.java, html.javaClass)
        assertEquals(null, html.code)
        assertEquals(ProviderException::class.java, failure(FakeReply.raw(503, "text/plain", "")).javaClass)
    }
}
