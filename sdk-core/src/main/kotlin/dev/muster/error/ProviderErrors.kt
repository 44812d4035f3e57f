package dev.muster.error

/** The provider refused the key (401, 403): check the key and what it may do. */
public class AuthenticationException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    override val isRetryable: Boolean get() = context.retryAdvised ?: false
}

/** No key was given and none found; nothing was sent. The message names the environment variable to set. */
public class MissingApiKeyException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    override val isRetryable: Boolean get() = false
}

/** The account has no credit or quota left (402, or 429 with a quota code): waiting does not help. */
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

/** The request is wrong (400, 413, 422), or was seen to be before it was sent: mend it. */
public open class InvalidRequestException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    override val isRetryable: Boolean get() = context.retryAdvised ?: false
}

/** The request has more tokens than the model takes: shorten it. */
public class ContextLengthExceededException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : InvalidRequestException(message, context, cause)

/** The provider's content filter refused the request. */
public class ContentFilteredException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : InvalidRequestException(message, context, cause)

/** Too many requests or tokens (429): wait for [retryAfter], or send less at once. */
public class RateLimitedException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    override val isRetryable: Boolean get() = context.retryAdvised ?: true
}

/** The provider failed (408, 409, 5xx, 529): try again, after [retryAfter] where it says so. */
public class ProviderException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    override val isRetryable: Boolean get() = context.retryAdvised ?: true
}

/** The exchange failed below HTTP: refused, reset, DNS, TLS. */
public class NetworkException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
    /** False for what will fail again in the same way, such as a certificate that is not trusted. */
    override val isRetryable: Boolean = true,
) : LlmException(message, context, cause)

/**
 * The answer broke off before the provider said it was whole. [partialText] is what had arrived; it is not an answer.
 */
public class StreamTruncatedException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    /** Only while nothing of the answer had arrived. */
    override val isRetryable: Boolean get() = partialText.isNullOrEmpty()
}

/** The provider said OK and sent what its protocol does not allow. */
public class MalformedResponseException @JvmOverloads constructor(
    message: String,
    context: ErrorContext = ErrorContext.NONE,
    /** What came, cut to a few thousand characters. */
    @get:JvmName("raw")
    public val raw: String? = null,
    cause: Throwable? = null,
) : LlmException(message, context, cause) {
    override val isRetryable: Boolean get() = false
}
