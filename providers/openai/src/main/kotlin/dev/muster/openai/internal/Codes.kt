package dev.muster.openai.internal

import dev.muster.http.endpoint.ErrorCodes

/** The error codes of OpenAI and of the endpoints with its API format. */
internal val CODES =
    ErrorCodes(
        quota =
        setOf(
            "insufficient_quota",
            "billing_hard_limit_reached",
            "billing_not_active",
            "insufficient_balance",
            "quota_exceeded",
            "exceeded_current_quota_error",
            "access_terminated",
        ),
        contextLength =
        setOf(
            "context_length_exceeded",
            "exceed_context_size_error",
            "context_window_exceeded",
            "string_above_max_length",
        ),
        contentFilter =
        setOf(
            "content_filter",
            "content_policy_violation",
            "responsibleaipolicyviolation",
            "moderation_blocked",
            "image_content_policy_violation",
            "bio_policy",
        ),
        authentication = setOf("invalid_api_key", "authentication_error", "invalid_authentication"),
        modelNotFound = setOf("model_not_found", "invalid_model", "model_not_available", "unknown_model"),
        rateLimit = setOf("rate_limit_exceeded", "rate_limit_error", "rate_limited", "too_many_requests"),
        invalidRequest =
        setOf(
            "invalid_request_error",
            "invalid_request",
            "invalid_prompt",
            "invalid_image",
            "invalid_image_format",
            "invalid_base64_image",
            "invalid_image_url",
            "image_too_large",
            "image_too_small",
            "image_parse_error",
            "image_file_too_large",
            "unsupported_image_media_type",
            "empty_image_file",
            "failed_to_download_image",
            "image_file_not_found",
        ),
        contextLengthWords =
        listOf(
            "context length",
            "context_length",
            "context window",
            "context size",
            "maximum context",
            "too many tokens",
            "prompt is too long",
            "maximum prompt length",
            "reduce the length of the messages",
        ),
    )
