package dev.muster.http

/**
 * What a provider's own error codes mean, where the HTTP status alone does not say it. Compared without regard to case
 * with the code and with the type of an error.
 */
public class ErrorCodes(
    /** With 429: the account is out of credit or quota, so waiting does not help. */
    @get:JvmSynthetic
    internal val quota: Set<String> = emptySet(),
    /** The same, as parts of what the error's details name, lower case. */
    @get:JvmSynthetic
    internal val quotaParts: Set<String> = emptySet(),
    /** With 400, 413 or 422: the request is longer than the model takes. */
    @get:JvmSynthetic
    internal val contextLength: Set<String> = emptySet(),
    /** With 400, 403 or 422: the content filter refused the request. */
    @get:JvmSynthetic
    internal val contentFilter: Set<String> = emptySet(),
    /** With 400: the key is wrong. */
    @get:JvmSynthetic
    internal val authentication: Set<String> = emptySet(),
    /** With 400: there is no such model. */
    @get:JvmSynthetic
    internal val modelNotFound: Set<String> = emptySet(),
    /** In a stream that has begun: too many requests. */
    @get:JvmSynthetic
    internal val rateLimit: Set<String> = emptySet(),
    /** In a stream that has begun: the request is wrong. */
    @get:JvmSynthetic
    internal val invalidRequest: Set<String> = emptySet(),
    /** With 400 or 422 and no code that says it: words of a message about a request that is too long, lower case. */
    @get:JvmSynthetic
    internal val contextLengthWords: List<String> = emptyList(),
    /** With 400 and no code that says it: words of a message about an account without credit, lower case. */
    @get:JvmSynthetic
    internal val quotaWords: List<String> = emptyList(),
)
