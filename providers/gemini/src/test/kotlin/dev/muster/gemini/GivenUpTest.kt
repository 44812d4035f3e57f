package dev.muster.gemini

import dev.muster.chat.ChatRequest
import dev.muster.chat.FinishReason
import dev.muster.error.ContentFilteredException
import dev.muster.error.LlmException
import dev.muster.error.ProviderException
import dev.muster.fake.FakeReply
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

/** Responses that end because the model or the provider failed. */
class GivenUpTest : Wired() {
    private suspend fun failures(body: String): List<LlmException> =
        listOf(failure { whole(body) }, failure { streamed(body) })

    @ParameterizedTest
    @ValueSource(
        strings = [
            "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "MISSING_THOUGHT_SIGNATURE", "TOO_MANY_TOOL_CALLS",
            "MALFORMED_RESPONSE", "NO_IMAGE", "IMAGE_OTHER", "OTHER", "BRAND_NEW",
        ],
    )
    fun `a reason with nothing said is a failure, and with something an answer`(reason: String) = blocking {
        val end = """"finishReason":"$reason","finishMessage":"call:tide(port"}"""
        val thought = """{"text":" \n"},{"text":"hm","thought":true}"""
        val silent =
            listOf(
                """{"candidates":[{$end]}""",
                """{"candidates":[{"content":{"role":"model"},$end]}""",
                """{"candidates":[{"content":{"parts":[$thought]},$end]}""",
            )
        silent.flatMap { failures(it) }.forEach { failed ->
            assertEquals(ProviderException::class.java, failed.javaClass)
            assertTrue(failed.isRetryable)
            assertEquals(listOf<Any?>(reason, 200, "m"), listOf(failed.code, failed.status, failed.model))
            val message = failed.message!!
            assertTrue("($reason)" in message && "call:tide(port" in message && "try again" in message, message)
        }
        val call = """{"functionCall":{"id":"c","name":"tide"}}"""
        val image = """{"inlineData":{"mimeType":"image/png","data":"aGk="}}"""
        listOf(text("At six"), call, image).forEach { part ->
            val body = answer(part, reason)
            listOf(whole(body), streamed(body)).forEach {
                assertEquals(FinishReason.OTHER, it.finishReason)
                assertEquals(reason, it.rawFinishReason)
            }
        }
    }

    @Test
    fun `an answer that has neither text nor a reason is a failure`() = blocking {
        listOf("""{"candidates":[{"content":{"role":"model"}}]}""", """{"candidates":[{}]}""").forEach { body ->
            val failed = failure { whole(body) }
            assertEquals(ProviderException::class.java, failed.javaClass)
            assertTrue(failed.isRetryable)
        }
    }

    @Test
    fun `what the model says of its end is shown without key and prompt`() = blocking {
        val words = "Malformed call: $KEY, tide(of='Tell me the tide of Brest harbour')"
        val body = """{"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"$words"}]}"""
        server.otherwise(FakeReply.raw(body))
        val request = ChatRequest.of("Tell me the tide of Brest harbour")
        val message = failure { model().chat(request) }.message!!
        assertFalse(KEY in message || "Brest" in message, message)
        assertTrue("Malformed call" in message, message)
    }

    @ParameterizedTest
    @ValueSource(
        strings = [
            "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
            "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION",
        ],
    )
    fun `what the filter held back is said by the finish reason, with text and without`(reason: String) = blocking {
        listOf(answer("", reason), answer(text("At"), reason)).forEach { body ->
            listOf(whole(body), streamed(body)).forEach {
                assertEquals(FinishReason.CONTENT_FILTER, it.finishReason)
                assertEquals(reason, it.rawFinishReason)
            }
        }
    }

    @Test
    fun `a prompt that is blocked behind an empty candidate, or behind text, is the filter's`() = blocking {
        val feedback = """"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}"""
        failures("""{"candidates":[{"index":0}],$feedback}""").forEach {
            assertEquals(ContentFilteredException::class.java, it.javaClass)
        }
        val late = failure { streamed(answer(text("At"), null), "{$feedback}") }
        assertEquals(ContentFilteredException::class.java, late.javaClass)
        assertEquals("At", late.partialText)
    }

    @Test
    fun `an error beside text, or of another form, is one in each place`() = blocking {
        val rows =
            listOf(
                answer(text("At"), null, ""","error":{"code":503,"status":"UNAVAILABLE"}""") to "At",
                """{"code":503,"message":"The model is busy"}""" to null,
                """{"error":"The model is busy"}""" to null,
                """{"detail":"The model is busy"}""" to null,
            )
        rows.forEach { (body, partial) ->
            failures(body).forEach { assertEquals(ProviderException::class.java, it.javaClass, body) }
            assertEquals(partial, failure { streamed(body) }.partialText)
        }
        listOf("null", "false", "\"\"").forEach { none ->
            val body = answer(text("six"), more = ""","error":$none""")
            listOf(whole(body), streamed(body)).forEach { assertEquals("six", it.text) }
        }
    }
}
