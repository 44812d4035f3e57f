package dev.muster.gemini

import dev.muster.chat.ChatEvent
import dev.muster.error.AuthenticationException
import dev.muster.error.ContentFilteredException
import dev.muster.error.ContextLengthExceededException
import dev.muster.error.InsufficientFundsException
import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmException
import dev.muster.error.MalformedResponseException
import dev.muster.error.ModelNotFoundException
import dev.muster.error.ProviderException
import dev.muster.error.RateLimitedException
import dev.muster.error.StreamTruncatedException
import dev.muster.fake.FakeReply
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.time.Duration

/** The failures of Google's API. */
class FailuresTest : Wired() {
    @ParameterizedTest
    @CsvSource(
        "UNAVAILABLE, 503, ProviderException, true",
        "INTERNAL, 500, ProviderException, true",
        "DEADLINE_EXCEEDED, 504, ProviderException, true",
        "BRAND_NEW, 500, ProviderException, true",
        "RESOURCE_EXHAUSTED, 429, RateLimitedException, true",
        "UNAUTHENTICATED, 401, AuthenticationException, false",
        "PERMISSION_DENIED, 403, AuthenticationException, false",
        "NOT_FOUND, 404, ModelNotFoundException, false",
        "INVALID_ARGUMENT, 400, InvalidRequestException, false",
    )
    fun `C12 C13 an error inside a stream has its class, before and after the first token`(
        code: String,
        status: Int,
        expected: String,
        retryable: Boolean,
    ) = blocking {
        listOf(0 to null, 2 to "one two").forEach { (after, partial) ->
            val error = streamFailure(FakeReply.text("one two three").errorAfter(after, code, "Words"))
            assertEquals(expected, error.javaClass.simpleName)
            assertEquals(retryable, error.isRetryable)
            assertEquals(code, error.code)
            assertEquals(partial, error.partialText)
            assertEquals(partial?.let { 1L }, error.partialUsage?.inputTokens)
            assertEquals(listOf("gemini", "m", status), listOf(error.provider, error.model, error.status))
        }
        assertEquals(expected, failure(FakeReply.text("x").errorAfter(0, code, "Words")).javaClass.simpleName)
    }

    @ParameterizedTest
    @CsvSource(
        "RESOURCE_EXHAUSTED, RateLimitedException",
        "UNAUTHENTICATED, AuthenticationException",
        "NOT_FOUND, ModelNotFoundException",
        "FAILED_PRECONDITION, InvalidRequestException",
        "UNAVAILABLE, ProviderException",
    )
    fun `C12 an error that has only a word goes by it`(code: String, expected: String) = blocking {
        val body = """{"error":{"status":"$code","message":"m"}}"""
        assertEquals(expected, failure(FakeReply.raw(body)).javaClass.simpleName)
    }

    @Test
    fun `C13 an error counts in whatever form it comes`() = blocking {
        val error = """{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}"""
        listOf(
            "data: $error\n\n",
            "data:$error",
            "data: [$error]\n\n",
            "event: error\ndata: $error\n\n",
            error,
            "[$error]",
        )
            .forEach {
                val failed = streamFailure(FakeReply.raw(200, "text/event-stream", it))
                assertEquals(ProviderException::class.java, failed.javaClass, it)
                assertEquals(listOf<Any?>("UNAVAILABLE", 503), listOf(failed.code, failed.status), it)
            }
        listOf(error, "[$error]").forEach {
            assertEquals(ProviderException::class.java, failure(FakeReply.raw(it)).javaClass, it)
            val status = failure(FakeReply.raw(503, "application/json", it))
            assertEquals(listOf<Any?>("UNAVAILABLE", 503), listOf(status.code, status.status), it)
        }
    }

    @Test
    fun `C13 an error that comes as plain lines behind the first events is one`() = blocking {
        val begin = "data: ${answer(text("one"), null)}\r\n\r\n"
        val error =
            "{\n  \"error\": {\n    \"code\": 503,\n    \"message\": \"m\",\n" +
                "    \"status\": \"UNAVAILABLE\"\n  }\n}\n"
        listOf(error, error.trimEnd(), "[$error]", error.replace("\n", "\r\n"), ": ping\n\n$error\n").forEach {
            val failed = streamFailure(FakeReply.raw(200, "text/event-stream", begin + it))
            assertEquals(ProviderException::class.java, failed.javaClass, it)
            assertEquals(listOf<Any?>("UNAVAILABLE", 503), listOf(failed.code, failed.status), it)
            assertEquals("one", failed.partialText, it)
        }
        val other = streamFailure(FakeReply.raw(200, "text/event-stream", "$begin{\"x\":1}\n"))
        assertEquals(StreamTruncatedException::class.java, other.javaClass)
    }

    @Test
    fun `C12 a status comes with Google's word or the reason in its details`() = blocking {
        val rows: Map<FakeReply, Pair<Class<out LlmException>, String>> =
            mapOf(
                FakeReply.status(400) to (InvalidRequestException::class.java to "INVALID_ARGUMENT"),
                FakeReply.status(400, "invalid_api_key", "m") to
                    (AuthenticationException::class.java to "API_KEY_INVALID"),
                FakeReply.status(400, "context_length_exceeded", "m") to
                    (ContextLengthExceededException::class.java to "INVALID_ARGUMENT"),
                FakeReply.status(401) to (AuthenticationException::class.java to "UNAUTHENTICATED"),
                FakeReply.status(403) to (AuthenticationException::class.java to "PERMISSION_DENIED"),
                FakeReply.status(404) to (ModelNotFoundException::class.java to "NOT_FOUND"),
                FakeReply.status(429) to (RateLimitedException::class.java to "RESOURCE_EXHAUSTED"),
                FakeReply.status(500) to (ProviderException::class.java to "INTERNAL"),
                FakeReply.status(503) to (ProviderException::class.java to "UNAVAILABLE"),
                FakeReply.status(504) to (ProviderException::class.java to "DEADLINE_EXCEEDED"),
            )
        rows.forEach { (reply, expected) ->
            val error = failure(reply)
            assertEquals(expected, error.javaClass to error.code, error.message)
        }
        server.requireKey("another")
        val wrongKey = failure { model().ask("hi") }
        assertEquals(AuthenticationException::class.java, wrongKey.javaClass)
        assertFalse(wrongKey.isRetryable)
        assertFalse(KEY in wrongKey.message!!)
    }

    @Test
    fun `C10 a 429 says in its details how long to wait, and whether a day's quota is used up`() = blocking {
        fun body(vararg details: String) = """{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED",""" +
            """"details":[${details.joinToString()}]}}"""

        fun quota(vararg ids: String) = """{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[""" +
            ids.joinToString { """{"quotaMetric":"x/y","quotaId":"$it","quotaValue":"50"}""" } + "]}"
        val help = """{"@type":"type.googleapis.com/google.rpc.Help","links":[{"url":"https://x.example"}]}"""
        val wait = """{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}"""
        val minute = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"
        val day = "GenerateRequestsPerDayPerProjectPerModel-FreeTier"

        fun reply(body: String) = FakeReply.raw(429, "application/json", body)
        val limited = failure(reply(body(quota(minute), help, wait)))
        assertEquals(RateLimitedException::class.java, limited.javaClass)
        assertEquals(Duration.ofMillis(34_500), limited.retryAfter)
        assertEquals(Duration.ofSeconds(2), failure(reply(body(wait)).retryAfter("2")).retryAfter)
        assertEquals(null, failure(reply(body(quota(minute)))).retryAfter)
        assertEquals(null, failure(reply(body(wait.replace("34.5s", "soon")))).retryAfter)
        listOf(body(quota(day), wait), body(quota(minute, day)), "[${body(quota(day))}]").forEach {
            assertEquals(InsufficientFundsException::class.java, failure(reply(it)).javaClass, it)
        }
        val streamed = streamFailure(FakeReply.raw(200, "text/event-stream", "data: ${body(wait)}\n\n"))
        assertEquals(RateLimitedException::class.java, streamed.javaClass)
        assertEquals(Duration.ofMillis(34_500), streamed.retryAfter)
    }

    @Test
    fun `C12 a blocked prompt is the content filter's, whole and streamed`() = blocking {
        listOf("SAFETY", "BLOCKLIST", "PROHIBITED_CONTENT", "OTHER", "BRAND_NEW").forEach { reason ->
            val body =
                """{"promptFeedback":{"blockReason":"$reason","safetyRatings":[{"category":"c","blocked":true}]},""" +
                    """"usageMetadata":{"promptTokenCount":7},"modelVersion":"m-1","responseId":"r1"}"""
            val stream = FakeReply.raw(200, "text/event-stream", "data: $body\n\n").unnamed()
            listOf(failure(FakeReply.raw(body).unnamed()), streamFailure(stream)).forEach { error ->
                assertEquals(ContentFilteredException::class.java, error.javaClass)
                assertFalse(error.isRetryable)
                assertEquals(listOf<Any?>(reason, 200, "r1"), listOf(error.code, error.status, error.requestId))
                assertTrue("blocked ($reason)" in error.message!!, error.message)
            }
        }
        // If there is a response, the feedback only contains ratings.
        val rated = """{"candidates":[{"finishReason":"STOP"}],"promptFeedback":{"blockReason":"OTHER"}}"""
        assertEquals("", whole(rated).text)
    }

    @Test
    fun `C12 an answer that has neither candidates nor a reason is malformed`() = blocking {
        listOf("{}", """{"candidates":[]}""", """{"promptFeedback":{}}""", """{"usageMetadata":{}}""").forEach {
            assertEquals(MalformedResponseException::class.java, failure(FakeReply.raw(it)).javaClass, it)
        }
    }

    @ParameterizedTest
    @CsvSource("no finish reason", "FIN in the last event", "FIN before the finish reason", "only other candidates end")
    fun `C13 without a finish reason no answer is whole, whatever else has come`(how: String) = blocking {
        fun events(vararg events: String, rest: String = "") =
            FakeReply.raw(200, "text/event-stream", events.joinToString("") { "data: $it\n\n" } + rest)
        val text = answer(text("one two three"), null)
        val reply =
            when (how) {
                "no finish reason" -> events(text)
                "FIN in the last event" -> events(text, rest = "data: " + answer(text(""), "STOP").dropLast(5))
                "FIN before the finish reason" -> FakeReply.text("one two three").cutAfter(3)
                else -> events(text, """{"candidates":[{"index":1,"finishReason":"STOP"}]}""")
            }
        val error = streamFailure(reply)
        assertEquals(StreamTruncatedException::class.java, error.javaClass)
        assertEquals("one two three", error.partialText)
    }

    @Test
    fun `C13 a last event without its blank line counts where it is whole`() = blocking {
        server.otherwise(FakeReply.raw(200, "text/event-stream", "data: " + answer(text("all"))))
        assertEquals("all", (model().stream("hi").toList().last() as ChatEvent.Finished).response.text)
    }

    @Test
    fun `C13 B12 a stream that falls silent ends by the timeout with the text and usage so far`() = blocking {
        val error = silenceAfterTwoWords()
        assertEquals("one two", error.partialText)
        assertEquals(10L, error.partialUsage?.inputTokens)
    }

    @Test
    fun `C13 an answer cut by the token limit is a value`() = blocking {
        server.otherwise(FakeReply.text("one two three").finishReason("MAX_TOKENS"))
        assertEquals("one two three", model().ask("hi"))
    }
}
