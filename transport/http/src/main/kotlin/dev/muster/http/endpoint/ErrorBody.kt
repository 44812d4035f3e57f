package dev.muster.http.endpoint

import dev.muster.http.endpoint.internal.RetryAfter
import dev.muster.http.endpoint.internal.ShallowJson
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.time.Duration

/** The error details in the body of a failed response, read from any of the usual formats. */
public class ErrorBody private constructor(
    /** The provider's error code, else its error type. */
    public val code: String?,
    /** The error type, or null if there is none besides the code. */
    public val type: String?,
    /** The provider's message. It may quote the request. */
    public val message: String?,
    private val number: Int?,
    /** Additional codes from Google's `details`. */
    @get:JvmSynthetic
    internal val details: List<String>,
    /** How long to wait before a retry, if the body says so. */
    @get:JvmSynthetic
    internal val retryAfter: Duration?,
    /** Whether the body has a documented error format. Other formats may contain anything. */
    @get:JvmSynthetic
    internal val isFormal: Boolean = true,
) {
    /** Creates an error from [code], [type] and [message] as given. */
    public constructor(code: String?, type: String?, message: String?) :
        this(code, type, message, code?.toIntOrNull(), emptyList(), null)

    /** The same error, marked as not having a documented format. */
    private fun informal() = ErrorBody(code, type, message, number, details, retryAfter, isFormal = false)

    /** The code as an HTTP status: gateways put one into a stream that started with 200. */
    @get:JvmSynthetic
    internal val codeAsStatus: Int? get() = number?.takeIf { it in ERROR_STATUSES }

    /** Parses error bodies. */
    public companion object {
        private val ERROR_STATUSES = 400..599
        private val STATUSES = 100..599
        private const val NO_TYPE = "about:blank"

        /** Parses the body of a failed response. If it is not a JSON object, code and message are null. */
        @JvmStatic
        public fun parse(text: String): ErrorBody = ShallowJson.parse(text)?.let(::of) ?: NONE

        /** Like [parse], for a body that may be cut off. */
        @JvmSynthetic
        internal fun parseCut(text: String): ErrorBody = ShallowJson.parseCut(text)?.let(::of) ?: NONE

        /**
         * Returns the error that [element] reports, or null if it reports none.
         *
         * Known formats: `{"error": {"code", "type", "message"}}`; Google's `{"error": {"code", "message", "status",
         * "details"}}`, whose code is the reason in its details, else its status; `{"error": "text"}`, `{"error":
         * "text", "code"}`, `{"object": "error", "message", "code"}`, `{"detail": "text"}`, `{"title", "status"}`,
         * `{"errors": [{"code", "message"}]}`, `{"__type", "Message"}` and a list of one of these. A `message` or
         * `detail` may also be a list of errors such as `[{"loc": ["body", "model"], "msg": "text"}]`.
         *
         * If the code is only the number of an HTTP status and there is a type, the type becomes the code: it says
         * more.
         */
        @JvmStatic
        public fun of(element: JsonElement): ErrorBody? = when (element) {
            is JsonArray -> element.firstOrNull()?.let(::of)
            is JsonObject -> of(element)
            else -> null
        }

        /** Reads the value of the field `error` of a response: an object or a text. */
        @JvmStatic
        public fun ofError(error: JsonElement): ErrorBody = when (error) {
            is JsonObject -> fields(error)
            is JsonPrimitive -> ErrorBody(null, null, error.content)
            is JsonArray -> ErrorBody(null, null, words(error))
        }

        private val NONE = ErrorBody(null, null, null)

        private fun of(body: JsonObject): ErrorBody? = when (val error = body["error"]) {
            is JsonObject -> fields(error)
            is JsonPrimitive -> if (error.isNo()) null else named(error.content, body)
            is JsonArray -> words(error)?.let { ErrorBody(code(body), type(body), it).informal() }
            null -> listed(body) ?: if (said(body) != null) fields(body).informal() else null
        }

        private fun JsonPrimitive.isNo() = this is JsonNull || content == "false"

        /** A body whose `error` is a text: either the whole message, or a name for the message next to it. */
        private fun named(error: String, body: JsonObject): ErrorBody {
            val beside = words(body["error_description"]) ?: message(body)
            val isName = error.none { it.isWhitespace() }
            return when {
                beside == null -> ErrorBody(code(body), type(body), error)
                error == "true" -> ErrorBody(code(body), type(body), beside)
                isName -> ErrorBody(code(body) ?: error, type(body), beside)
                else -> ErrorBody(code(body), type(body), "$error: $beside")
            }.informal()
        }

        /** Cloudflare's list of errors. */
        private fun listed(body: JsonObject): ErrorBody? {
            val errors = (body["errors"] as? JsonArray)?.ifEmpty { null } ?: return null
            val first = errors.firstOrNull() as? JsonObject
            return ErrorBody(first?.let(::code), first?.let(::type), words(errors)).informal()
        }

        private fun fields(error: JsonObject): ErrorBody {
            val type = type(error)
            val status = error.text("status")
            val code = code(error)
            if (type == null && isWord(status) && !isWord(code)) return google(error, status.orEmpty(), said(error))
            val word = code.takeIf(::isWord) ?: innerCode(error) ?: type ?: status.takeIf(::isWord)
            val number = code?.toIntOrNull() ?: status?.toIntOrNull()
            // A number that is not a valid HTTP status is the provider's own code.
            val own = code.takeIf { number != null && number !in STATUSES }
            return ErrorBody(own ?: word ?: code ?: status, type, said(error), number, emptyList(), null)
        }

        private fun isWord(text: String?) = text != null && text.toIntOrNull() == null

        /** Azure's inner code, which names the filter. */
        private fun innerCode(error: JsonObject) = (error["innererror"] as? JsonObject)?.let(::code)

        /**
         * AWS puts a namespace before the type. The type of problem+json is usually `about:blank`, which says
         * nothing.
         */
        private fun type(error: JsonObject): String? =
            (error.text("type") ?: error.text("__type")?.substringAfterLast('#') ?: error.text("error_type"))
                ?.takeIf { it != NO_TYPE }

        private fun said(error: JsonObject): String? =
            message(error) ?: words(error["Message"]) ?: words(error["title"])?.takeIf { "status" in error }

        private fun google(error: JsonObject, status: String, message: String?): ErrorBody {
            val details = (error["details"] as? JsonArray)?.filterIsInstance<JsonObject>().orEmpty()
            val reason = details.firstNotNullOfOrNull { it.text("reason") }
            val quotas =
                details
                    .flatMap { (it["violations"] as? JsonArray).orEmpty() }
                    .mapNotNull { (it as? JsonObject)?.text("quotaId") }
            val wait = details.firstNotNullOfOrNull { it.text("retryDelay") }?.let(RetryAfter::span)
            val number = (code(error) ?: status).toIntOrNull()
            return ErrorBody(reason ?: status, status, message, number, quotas, wait)
        }

        private fun message(error: JsonObject): String? = words(error["message"]) ?: words(error["detail"])

        /** Returns the message text: a text, or the text of each error with the location that it refers to. */
        private fun words(element: JsonElement?): String? = when (element) {
            null, JsonNull -> null

            is JsonPrimitive -> element.content.ifBlank { null }

            is JsonArray -> element.mapNotNull(::words).joinToString("; ").ifEmpty { null }

            is JsonObject -> {
                val place = (element["loc"] as? JsonArray)?.mapNotNull(::words)?.joinToString(".")
                val text = words(element["msg"]) ?: message(element)
                if (place.isNullOrEmpty() || text == null) text else "$place: $text"
            }
        }

        private fun code(error: JsonObject): String? = error.text("code")

        private fun JsonObject.text(name: String): String? =
            (get(name) as? JsonPrimitive)?.takeIf { it !is JsonNull }?.content?.ifBlank { null }
    }
}
