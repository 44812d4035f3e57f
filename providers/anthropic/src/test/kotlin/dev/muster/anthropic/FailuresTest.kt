package dev.muster.anthropic

import dev.muster.chat.text
import dev.muster.error.AuthenticationException
import dev.muster.error.ContextLengthExceededException
import dev.muster.error.InsufficientFundsException
import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmException
import dev.muster.error.ModelNotFoundException
import dev.muster.error.ProviderException
import dev.muster.error.RateLimitedException
import dev.muster.error.StreamTruncatedException
import dev.muster.fake.FakeReply
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

/** The failures of Anthropic's API. */
class FailuresTest : Wired() {
    @ParameterizedTest
    @CsvSource(
        "overloaded_error, ProviderException, true",
        "api_error, ProviderException, true",
        "timeout_error, ProviderException, true",
        "brand_new_error, ProviderException, true",
        "rate_limit_error, RateLimitedException, true",
        "billing_error, InsufficientFundsException, false",
        "authentication_error, AuthenticationException, false",
        "permission_error, AuthenticationException, false",
        "not_found_error, ModelNotFoundException, false",
        "invalid_request_error, InvalidRequestException, false",
        "request_too_large, InvalidRequestException, false",
    )
    fun `C12 C13 an error inside a stream has its class, before and after the first token`(
        type: String,
        expected: String,
        retryable: Boolean,
    ) = blocking {
        listOf(0 to null, 2 to "one two").forEach { (after, partial) ->
            val error = streamFailure(FakeReply.text("one two three").errorAfter(after, type, "Words"))
            assertEquals(expected, error.javaClass.simpleName)
            assertEquals(retryable, error.isRetryable)
            assertEquals(type, error.code)
            assertEquals(partial, error.partialText)
            assertEquals(1L, error.partialUsage?.inputTokens)
            assertEquals(listOf("anthropic", "m", 200), listOf(error.provider, error.model, error.status))
        }
        assertEquals(expected, failure(FakeReply.text("x").errorAfter(0, type, "Words")).javaClass.simpleName)
    }

    @Test
    fun `C12 a context that llama cpp cannot hold is too long, by its code, and by its words with 400`() = blocking {
        listOf(
            400 to """{"error":{"code":400,"message":"m","type":"exceed_context_size_error","n_ctx":4096}}""",
            400 to """{"type":"error","error":{"type":"exceed_context_size_error","message":"m"}}""",
            500 to """{"error":{"code":500,"message":"m","type":"exceed_context_size_error"}}""",
        ).forEach { (status, body) ->
            val told = failure(FakeReply.raw(status, "application/json", body))
            val inStream = streamFailure(FakeReply.raw(200, "text/event-stream", "event: error\ndata: $body\n\n"))
            listOf(told, inStream).forEach {
                assertEquals(ContextLengthExceededException::class.java, it.javaClass, body)
            }
        }
        val words = "request (4390 tokens) exceeds the available context size (4096 tokens), try increasing it"
        val invalid = """{"type":"error","error":{"type":"invalid_request_error","message":"$words"}}"""
        val told = failure(FakeReply.raw(400, "application/json", invalid))
        assertEquals(ContextLengthExceededException::class.java, told.javaClass)
    }

    @Test
    fun `C13 an error event counts in whatever form it comes`() = blocking {
        val error = """{"type":"error","error":{"type":"overloaded_error","message":"m"},"request_id":"req_7"}"""
        listOf("event: error\ndata: $error\n\n", "data: $error\n\n", "event:error\ndata:{\"x\":1}\n\n", error).forEach {
            val reply = FakeReply.raw(200, "text/event-stream", it)
            assertEquals(ProviderException::class.java, streamFailure(reply).javaClass, it)
        }
        val unnamed = FakeReply.raw(200, "text/event-stream", "data: $error\n\n").header("request-id", "")
        assertEquals("req_7", streamFailure(unnamed).requestId)
    }

    @Test
    fun `C12 a status comes with the type of error and the id of the request`() = blocking {
        val rows: Map<FakeReply, Class<out LlmException>> =
            mapOf(
                FakeReply.status(400) to InvalidRequestException::class.java,
                FakeReply.status(400, "context_length_exceeded", "m") to ContextLengthExceededException::class.java,
                FakeReply.status(401) to AuthenticationException::class.java,
                FakeReply.status(402) to InsufficientFundsException::class.java,
                FakeReply.status(403) to AuthenticationException::class.java,
                FakeReply.status(404) to ModelNotFoundException::class.java,
                FakeReply.status(413) to InvalidRequestException::class.java,
                FakeReply.status(429) to RateLimitedException::class.java,
                FakeReply.status(429, "billing_error", "m") to InsufficientFundsException::class.java,
                FakeReply.status(500) to ProviderException::class.java,
                FakeReply.status(529) to ProviderException::class.java,
            )
        rows.forEach { (reply, expected) ->
            val error = failure(reply)
            assertEquals(expected, error.javaClass, error.message)
            assertEquals("req_fake_${server.requestCount - 1}", error.requestId)
        }
        assertEquals("overloaded_error", failure(FakeReply.status(529)).code)
        assertEquals(true, failure(FakeReply.status(529)).isRetryable)
    }

    @Test
    fun `C13 before it is said why an answer ends it is not whole, whatever else has come`() = blocking {
        val text = """data: {"type":"content_block_delta","delta":{"text":"one two three"}}""" + "\n\n"
        listOf(
            FakeReply.text("one two three").cutAfter(3),
            FakeReply.text("one two three").resetAfter(3),
            FakeReply.raw(200, "text/event-stream", text),
            FakeReply.raw(200, "text/event-stream", text + """data: {"type":"message_delta","delta":{}}""" + "\n\n"),
            FakeReply.raw(200, "text/event-stream", text + """data: {"type":"message_delta","delta":{"stop_reas"""),
        ).forEach {
            val error = streamFailure(it)
            assertEquals(StreamTruncatedException::class.java, error.javaClass)
            assertEquals("one two three", error.partialText)
        }
    }

    @Test
    fun `C13 a last event without its blank line counts where it is whole`() = blocking {
        val token = "data: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"a\"}}\n\n"
        val body = token + "data: {\"type\":\"message_stop\"}"
        server.otherwise(FakeReply.raw(200, "text/event-stream", body))
        assertEquals(listOf("a"), model().stream("hi").text().toList())
    }

    @Test
    fun `C13 B12 a stream that falls silent ends by the timeout with the text and usage so far`() = blocking {
        val error = silenceAfterTwoWords()
        assertEquals("one two", error.partialText)
        assertEquals(10L, error.partialUsage?.inputTokens)
    }

    @Test
    fun `C13 an answer cut by the token limit is a value`() = blocking {
        server.otherwise(FakeReply.text("one two three").finishReason("max_tokens"))
        assertEquals("one two three", model().ask("hi"))
    }
}
