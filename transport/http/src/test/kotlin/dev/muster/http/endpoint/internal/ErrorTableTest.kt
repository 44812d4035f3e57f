package dev.muster.http.endpoint.internal

import dev.muster.error.AuthenticationException
import dev.muster.error.ContentFilteredException
import dev.muster.error.ContextLengthExceededException
import dev.muster.error.ErrorContext
import dev.muster.error.InsufficientFundsException
import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmException
import dev.muster.error.ModelNotFoundException
import dev.muster.error.ProviderException
import dev.muster.error.RateLimitedException
import dev.muster.http.endpoint.ErrorBody
import dev.muster.http.endpoint.ErrorCodes
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.Arguments
import org.junit.jupiter.params.provider.Arguments.arguments
import org.junit.jupiter.params.provider.CsvSource
import org.junit.jupiter.params.provider.MethodSource

class ErrorTableTest {
    private val table =
        ErrorTable(
            ErrorCodes(
                quota = setOf("quota"),
                contextLength = setOf("too_long"),
                contentFilter = setOf("filter"),
                authentication = setOf("bad_key"),
                modelNotFound = setOf("no_model"),
                rateLimit = setOf("slow_down"),
                invalidRequest = setOf("invalid"),
                contextLengthWords = listOf("context length"),
            ),
        )

    @ParameterizedTest
    @MethodSource("rows")
    fun `C12 status and code decide the class`(
        status: Int,
        code: String?,
        message: String?,
        expected: Class<out LlmException>,
        retryable: Boolean,
    ) {
        val error = table.of(status, ErrorBody(code, null, message), ErrorContext.NONE, "m")
        assertEquals(expected, error.javaClass)
        assertEquals(retryable, error.isRetryable)
    }

    @ParameterizedTest
    @MethodSource("inStream")
    fun `C12 an error inside a 200 goes by its code`(code: String?, expected: Class<out LlmException>) {
        assertEquals(
            expected,
            table.inStream(ErrorBody(code, null, "context length"), ErrorContext.NONE, "m").javaClass,
        )
    }

    @ParameterizedTest
    @CsvSource(
        "filter, 400, ContentFilteredException",
        "filter, 500, ContentFilteredException",
        "quota, 429, InsufficientFundsException",
        "quota, 400, InsufficientFundsException",
        "too_long, 400, ContextLengthExceededException",
        "bad_key, 400, AuthenticationException",
        "no_model, 404, ModelNotFoundException",
        "other, 503, ProviderException",
        "other, 400, InvalidRequestException",
    )
    fun `C12 a status beside a code, in a stream`(code: String, status: Int, expected: String) {
        val body = ErrorBody.parse("""{"error":{"message":"m","type":null,"code":"$code","status":$status}}""")
        assertEquals(code, body.code)
        assertEquals(expected, table.inStream(body, ErrorContext.NONE, "m").javaClass.simpleName)
    }

    @Test
    fun `what the provider advises goes before the class`() {
        listOf(400, 401, 402, 403, 404, 413, 429, 500, 503).forEach { status ->
            listOf(true, false).forEach { advised ->
                val context = ErrorContext.builder().retryAdvised(advised).build()
                assertEquals(advised, table.of(status, ErrorBody(null, null, null), context, "m").isRetryable)
            }
        }
    }

    private companion object {
        @JvmStatic
        fun rows(): List<Arguments> = listOf(
            row(400, null, null, InvalidRequestException::class.java, false),
            row(400, "TOO_LONG", null, ContextLengthExceededException::class.java, false),
            row(400, null, "The Context Length is 8192", ContextLengthExceededException::class.java, false),
            row(400, "filter", null, ContentFilteredException::class.java, false),
            row(400, "bad_key", null, AuthenticationException::class.java, false),
            row(400, "no_model", null, ModelNotFoundException::class.java, false),
            row(401, "too_long", "context length", AuthenticationException::class.java, false),
            row(402, null, null, InsufficientFundsException::class.java, false),
            row(403, null, null, AuthenticationException::class.java, false),
            row(403, "filter", null, ContentFilteredException::class.java, false),
            row(404, "no_model", null, ModelNotFoundException::class.java, false),
            row(405, null, null, InvalidRequestException::class.java, false),
            row(408, null, null, ProviderException::class.java, true),
            row(409, null, null, ProviderException::class.java, true),
            row(400, "quota", null, InsufficientFundsException::class.java, false),
            row(403, "quota", null, InsufficientFundsException::class.java, false),
            row(413, null, "context length", InvalidRequestException::class.java, false),
            row(413, "too_long", null, ContextLengthExceededException::class.java, false),
            row(418, null, null, InvalidRequestException::class.java, false),
            row(422, null, null, InvalidRequestException::class.java, false),
            row(422, null, "context length", ContextLengthExceededException::class.java, false),
            row(429, null, "quota exceeded, context length", RateLimitedException::class.java, true),
            row(429, "quota", null, InsufficientFundsException::class.java, false),
            row(500, "quota", "context length", ProviderException::class.java, true),
            row(502, null, null, ProviderException::class.java, true),
            row(503, null, null, ProviderException::class.java, true),
            row(504, null, null, ProviderException::class.java, true),
            row(529, null, null, ProviderException::class.java, true),
        )

        @JvmStatic
        fun inStream(): List<Arguments> = listOf(
            arguments(null, ProviderException::class.java),
            arguments("server_error", ProviderException::class.java),
            arguments("502", ProviderException::class.java),
            arguments("429", RateLimitedException::class.java),
            arguments("400", ContextLengthExceededException::class.java),
            arguments("7", ProviderException::class.java),
            arguments("quota", InsufficientFundsException::class.java),
            arguments("slow_down", RateLimitedException::class.java),
            arguments("bad_key", AuthenticationException::class.java),
            arguments("no_model", ModelNotFoundException::class.java),
            arguments("too_long", ContextLengthExceededException::class.java),
            arguments("filter", ContentFilteredException::class.java),
            arguments("invalid", InvalidRequestException::class.java),
        )

        private fun row(
            status: Int,
            code: String?,
            message: String?,
            expected: Class<out LlmException>,
            retryable: Boolean,
        ) = arguments(status, code, message, expected, retryable)
    }
}
