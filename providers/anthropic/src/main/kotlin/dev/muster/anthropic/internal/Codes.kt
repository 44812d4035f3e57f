package dev.muster.anthropic.internal

import dev.muster.http.endpoint.ErrorCodes

/**
 * The error types of Anthropic's API, from its page "Errors". All others, such as `overloaded_error`, `api_error` and
 * `timeout_error`, are failures of the provider and may be temporary.
 */
internal val CODES =
    ErrorCodes(
        quota = setOf("billing_error"),
        authentication = setOf("authentication_error", "permission_error"),
        modelNotFound = setOf("not_found_error"),
        rateLimit = setOf("rate_limit_error"),
        invalidRequest = setOf("invalid_request_error", "request_too_large"),
        // The API also reports an empty account as an invalid request. The billing error type comes only with 402.
        quotaWords = listOf("credit balance is too low"),
        // Anthropic has no code for this. llama.cpp, which also implements this API format, has one.
        contextLength = setOf("exceed_context_size_error"),
        contextLengthWords =
        listOf(
            "prompt is too long",
            "exceed context limit",
            "exceeds the context limit",
            "context window",
            "too many total text bytes",
            "exceeds the available context size",
            "context size has been exceeded",
        ),
    )
