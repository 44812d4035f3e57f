package dev.muster.error

/** The provider rejected the API key (401, 403): check the key and its permissions. */
public class AuthenticationException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    override val isRetryable: Boolean get() = context.retryAdvised ?: false
}

/** No API key was given and none was found. Nothing was sent. The message names the environment variable to set. */
public class MissingApiKeyException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    override val isRetryable: Boolean get() = false
}

/** The account has no credit or quota left (402, or 429 with a quota code). Waiting does not help. */
public class InsufficientFundsException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    override val isRetryable: Boolean get() = context.retryAdvised ?: false
}

/** The provider does not know the model (404). */
public class ModelNotFoundException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    override val isRetryable: Boolean get() = context.retryAdvised ?: false
}

/**
 * The request is invalid: correct it. Either the provider rejected it (400, 413, 422), or the client did before
 * sending it.
 */
public open class InvalidRequestException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    override val isRetryable: Boolean get() = context.retryAdvised ?: false
}

/** The request has more tokens than the model accepts: shorten it. */
public class ContextLengthExceededException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : InvalidRequestException(message, context, cause)

/** The provider's content filter rejected the request. */
public class ContentFilteredException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : InvalidRequestException(message, context, cause)

/** Too many requests or tokens (429): wait for [retryAfter], or send fewer requests at once. */
public class RateLimitedException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    override val isRetryable: Boolean get() = context.retryAdvised ?: true
}

/** The provider failed (408, 409, 5xx, 529): try again, after [retryAfter] if it is set. */
public class ProviderException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    override val isRetryable: Boolean get() = context.retryAdvised ?: true
}

/** The HTTP exchange failed on the network: connection refused or reset, DNS, TLS. */
public class NetworkException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
    /** False for a failure that would repeat, such as a certificate that is not trusted. */
    override val isRetryable: Boolean = true,
) : LlmException(message, context, cause)

/**
 * The stream ended before the provider's end marker. [partialText] has the text received so far, which is not a
 * complete response.
 */
public class StreamTruncatedException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    /** True only if no text was received. */
    override val isRetryable: Boolean get() = partialText.isNullOrEmpty()
}

/** The provider reported success, but its response does not follow its protocol. */
public class MalformedResponseException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    /** The response as received, cut to a few thousand characters. */
    @get:JvmName("raw")
    public val raw: String? = null,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    override val isRetryable: Boolean get() = false
}
