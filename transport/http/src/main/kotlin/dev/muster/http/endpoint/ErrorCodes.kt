package dev.muster.http.endpoint

/**
 * The meaning of a provider's own error codes, for cases that the HTTP status alone does not decide. Compared with
 * the code and the type of an error, ignoring case.
 */
public class ErrorCodes(
    /** With 429: the account is out of credit or quota, so waiting does not help. */
    @get:JvmSynthetic
    internal val quota: Set<String> = emptySet(),
    /** With 429, also out of quota: parts of the names in the error's details, lower case. */
    @get:JvmSynthetic
    internal val quotaParts: Set<String> = emptySet(),
    /** With 400, 413 or 422: the request exceeds the model's context length. */
    @get:JvmSynthetic
    internal val contextLength: Set<String> = emptySet(),
    /** With 400, 403 or 422: the content filter refused the request. */
    @get:JvmSynthetic
    internal val contentFilter: Set<String> = emptySet(),
    /** With 400: the key is invalid. */
    @get:JvmSynthetic
    internal val authentication: Set<String> = emptySet(),
    /** With 400: the model does not exist. */
    @get:JvmSynthetic
    internal val modelNotFound: Set<String> = emptySet(),
    /** In a stream that has started: too many requests. */
    @get:JvmSynthetic
    internal val rateLimit: Set<String> = emptySet(),
    /** In a stream that has started: the request is invalid. */
    @get:JvmSynthetic
    internal val invalidRequest: Set<String> = emptySet(),
    /** With 400 or 422 and no known code: words of a message about a request that is too long, lower case. */
    @get:JvmSynthetic
    internal val contextLengthWords: List<String> = emptyList(),
    /** With 400 and no known code: words of a message about an account without credit, lower case. */
    @get:JvmSynthetic
    internal val quotaWords: List<String> = emptyList(),
)
