package dev.muster.gemini.internal

import dev.muster.http.endpoint.ErrorCodes

/**
 * Google's error codes: the reasons of its ErrorInfo and the codes of google.rpc.Code. All others, such as INTERNAL,
 * UNAVAILABLE and DEADLINE_EXCEEDED, are failures of the provider and may be temporary.
 */
internal val CODES =
    ErrorCodes(
        // The id of a quota contains its period: GenerateRequestsPerDayPerProjectPerModel-FreeTier.
        quotaParts = setOf("perday"),
        authentication = setOf("api_key_invalid", "api_key_expired", "unauthenticated", "permission_denied"),
        modelNotFound = setOf("not_found"),
        rateLimit = setOf("resource_exhausted"),
        invalidRequest = setOf("invalid_argument", "failed_precondition", "out_of_range"),
        // Google has no code for this.
        contextLengthWords = listOf("exceeds the maximum number of tokens", "exceeds the maximum token"),
    )
