package dev.muster.anthropic.internal

import dev.muster.http.ErrorCodes

/**
 * The types of error of Anthropic's API, from its page "Errors". What is not named, such as `overloaded_error`,
 * `api_error` and `timeout_error`, is the provider's own failure and may pass.
 */
internal val CODES =
    ErrorCodes(
        quota = setOf("billing_error"),
        authentication = setOf("authentication_error", "permission_error"),
        modelNotFound = setOf("not_found_error"),
        rateLimit = setOf("rate_limit_error"),
        invalidRequest = setOf("invalid_request_error", "request_too_large"),
        // An empty account is an invalid request to the API, too; its type of error for billing comes with 402 only.
        quotaWords = listOf("credit balance is too low"),
        // Anthropic has no code for this; llama.cpp, which speaks this form too, has one.
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
