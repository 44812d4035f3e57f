package dev.muster.openai

import dev.muster.chat.Usage
import dev.muster.error.ContentFilteredException
import dev.muster.error.ContextLengthExceededException
import dev.muster.error.InsufficientFundsException
import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmException
import dev.muster.error.MalformedResponseException
import dev.muster.error.ProviderException
import dev.muster.error.RateLimitedException
import dev.muster.error.StreamTruncatedException
import dev.muster.fake.FakeReply
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Failures in a response with status 200. */
class ResponsesFailuresTest : ResponsesWired() {
    private val codes =
        mapOf<String, Class<out LlmException>>(
            "server_error" to ProviderException::class.java,
            "rate_limit_exceeded" to RateLimitedException::class.java,
            "insufficient_quota" to InsufficientFundsException::class.java,
            "context_length_exceeded" to ContextLengthExceededException::class.java,
            "invalid_prompt" to InvalidRequestException::class.java,
            "invalid_image_url" to InvalidRequestException::class.java,
            "bio_policy" to ContentFilteredException::class.java,
        )

    @Test
    fun `C12 a failed response has its code's class, whole and streamed`() = blocking {
        codes.forEach { (code, expected) ->
            val failed =
                """{"id":"resp_1","status":"failed","error":{"code":"$code","message":"because"},"output":[]}"""
            val whole = failure { whole(failed) }
            val streamed = failure { events("""{"type":"response.failed","response":$failed}""") }
            listOf(whole, streamed).forEach {
                assertEquals(expected, it.javaClass, code)
                assertEquals(code, it.code)
                assertEquals("resp_1", it.requestId)
                assertTrue("because" in it.message!!, it.message)
            }
        }
    }

    @Test
    fun `C12 an error event is one, as the schema has it and as the server sends it`() = blocking {
        codes.forEach { (code, expected) ->
            listOf(
                """{"type":"error","code":"$code","message":"because","param":null,"sequence_number":1}""",
                """{"type":"error","error":{"type":"x","code":"$code","message":"because","param":null}}""",
                """{"error":{"code":"$code","message":"because"}}""",
            ).forEach { event ->
                val error = failure { events(TEXT, event) }
                assertEquals(expected, error.javaClass, event)
                assertEquals(code, error.code)
                assertEquals("so far", error.partialText)
                assertTrue("because" in error.message!!, error.message)
            }
        }
    }

    @Test
    fun `C12 a failure without its reason is a provider's failure`() = blocking {
        listOf(
            """{"type":"response.failed","response":{"status":"failed","error":null}}""",
            """{"type":"response.failed"}""",
            """{"type":"error","code":null,"message":"","param":null}""",
        ).forEach { assertEquals(ProviderException::class.java, failure { events(it) }.javaClass, it) }
        assertEquals(ProviderException::class.java, failure { whole("""{"status":"failed","output":[]}""") }.javaClass)
    }

    @Test
    fun `C13 a failed response tells the text and the usage so far`() = blocking {
        val usage = """"usage":{"input_tokens":3,"output_tokens":2}"""
        val error =
            failure { events(TEXT, """{"type":"response.failed","response":{"status":"failed",$usage}}""") }
        assertEquals("so far", error.partialText)
        assertEquals(Usage(3, 2), error.partialUsage)
    }

    @Test
    fun `C12 a response that is not over is no answer`() = blocking {
        listOf("queued", "in_progress", "cancelled").forEach { status ->
            val error = failure { whole("""{"status":"$status","output":[]}""") }
            assertEquals(MalformedResponseException::class.java, error.javaClass, status)
        }
    }

    @Test
    fun `C13 done items without the last event are no answer`() = blocking {
        val done = """{"type":"response.output_item.done","output_index":0,"item":{"type":"message"}}"""
        val error = failure { events(TEXT, done) }
        assertEquals(StreamTruncatedException::class.java, error.javaClass)
        assertEquals("so far", error.partialText)
    }

    @Test
    fun `C12 a last event without its response is malformed`() = blocking {
        val error = failure { events("""{"type":"response.completed"}""") }
        assertEquals(MalformedResponseException::class.java, error.javaClass)
    }

    @Test
    fun `C12 a plain error in place of the stream is one`() = blocking {
        val reply = FakeReply.raw("""{"error":{"message":"m","code":"insufficient_quota"}}""")
        assertEquals(InsufficientFundsException::class.java, streamFailure(reply).javaClass)
    }

    private companion object {
        const val TEXT = """{"type":"response.output_text.delta","delta":"so far"}"""
    }
}
