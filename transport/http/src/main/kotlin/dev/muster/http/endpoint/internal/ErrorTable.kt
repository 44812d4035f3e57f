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

/**
 * Maps the status of a response to an exception, in one place for all providers. The status decides first, then the
 * provider's error code.
 */
internal class ErrorTable(private val codes: ErrorCodes) {
    /** Returns the exception for [status], with [message] unchanged. */
    fun of(status: Int, body: ErrorBody, context: ErrorContext, message: String): LlmException = when (status) {
        400, 413, 422 -> invalid(status, body, context, message)
        401 -> AuthenticationException(message, context)
        402 -> InsufficientFundsException(message, context)
        403 -> forbidden(body, context, message)
        404 -> ModelNotFoundException(message, context)
        408, 409 -> ProviderException(message, context)
        429 -> tooMany(body, context, message)
        in 500..599 -> failed(body, context, message)
        else -> InvalidRequestException(message, context)
    }

    /** Returns the exception for an error inside a response that started with 200. */
    fun inStream(body: ErrorBody, context: ErrorContext, message: String): LlmException = when {
        // Checked before the status: a named code is final, whatever number a gateway puts next to it.
        body.isOneOf(codes.quota) -> InsufficientFundsException(message, context)

        body.isOneOf(codes.contextLength) -> ContextLengthExceededException(message, context)

        body.isOneOf(codes.contentFilter) -> ContentFilteredException(message, context)

        body.codeAsStatus != null -> of(body.codeAsStatus ?: 0, body, context, message)

        body.isOneOf(codes.rateLimit) -> RateLimitedException(message, context)

        body.isOneOf(codes.authentication) -> AuthenticationException(message, context)

        body.isOneOf(codes.modelNotFound) -> ModelNotFoundException(message, context)

        body.isOneOf(codes.invalidRequest) -> InvalidRequestException(message, context)

        else -> ProviderException(message, context)
    }

    private fun invalid(status: Int, body: ErrorBody, context: ErrorContext, message: String): LlmException = when {
        body.isOneOf(codes.contextLength) -> ContextLengthExceededException(message, context)
        body.isOneOf(codes.contentFilter) -> ContentFilteredException(message, context)
        status == 400 && body.isOneOf(codes.authentication) -> AuthenticationException(message, context)
        status == 400 && body.isOneOf(codes.modelNotFound) -> ModelNotFoundException(message, context)
        body.isOneOf(codes.quota) -> InsufficientFundsException(message, context)
        status == 400 && body.says(codes.quotaWords) -> InsufficientFundsException(message, context)
        status != 413 && body.says(codes.contextLengthWords) -> ContextLengthExceededException(message, context)
        else -> InvalidRequestException(message, context)
    }

    /** Some servers fail with 5xx instead of rejecting the request: a retry would fail the same way. */
    private fun failed(body: ErrorBody, context: ErrorContext, message: String): LlmException =
        if (body.isOneOf(codes.contextLength)) {
            ContextLengthExceededException(message, context)
        } else {
            ProviderException(message, context)
        }

    private fun forbidden(body: ErrorBody, context: ErrorContext, message: String): LlmException =
        if (body.isOneOf(codes.contentFilter)) {
            ContentFilteredException(message, context)
        } else if (body.isOneOf(codes.quota)) {
            InsufficientFundsException(message, context)
        } else {
            AuthenticationException(message, context)
        }

    private fun tooMany(body: ErrorBody, context: ErrorContext, message: String): LlmException =
        if (body.isOneOf(codes.quota) || body.details.any { names(it, codes.quotaParts) }) {
            InsufficientFundsException(message, context)
        } else {
            RateLimitedException(message, context)
        }

    private fun names(detail: String, parts: Set<String>) = detail.lowercase().let { parts.any(it::contains) }

    private fun ErrorBody.says(words: List<String>): Boolean {
        val text = message?.lowercase() ?: return false
        return words.any { it in text }
    }

    private fun ErrorBody.isOneOf(known: Set<String>): Boolean =
        code?.lowercase() in known || type?.lowercase() in known
}
