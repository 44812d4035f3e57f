package dev.muster.gemini.internal

import dev.muster.http.ErrorCodes

/**
 * Google's words for failures: the reasons of its ErrorInfo and the codes of google.rpc.Code. What is not named, such
 * as INTERNAL, UNAVAILABLE and DEADLINE_EXCEEDED, is the provider's own failure and may pass.
 */
internal val CODES =
    ErrorCodes(
        // A quota's id ends in what it counts by: GenerateRequestsPerDayPerProjectPerModel-FreeTier.
        quotaParts = setOf("perday"),
        authentication = setOf("api_key_invalid", "api_key_expired", "unauthenticated", "permission_denied"),
        modelNotFound = setOf("not_found"),
        rateLimit = setOf("resource_exhausted"),
        invalidRequest = setOf("invalid_argument", "failed_precondition", "out_of_range"),
        // It has no code for this.
        contextLengthWords = listOf("exceeds the maximum number of tokens", "exceeds the maximum token"),
    )
