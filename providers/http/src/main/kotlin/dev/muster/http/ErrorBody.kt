package dev.muster.http

import dev.muster.http.internal.RetryAfter
import dev.muster.http.internal.ShallowJson
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.time.Duration

/** What a provider says about a failure, in whichever of the usual forms. */
public class ErrorBody private constructor(
    /** The provider's code, else its type of error. */
    public val code: String?,
    /** The type of error, where there is one beside the code. */
    public val type: String?,
    /** In the provider's words; may repeat what was sent. */
    public val message: String?,
    private val number: Int?,
    /** Further codes, from Google's details. */
    @get:JvmSynthetic
    internal val details: List<String>,
    /** How long to wait, where the body says it. */
    @get:JvmSynthetic
    internal val retryAfter: Duration?,
    /** Whether the body has a form that its provider has promised; in others may stand anything. */
    @get:JvmSynthetic
    internal val isFormal: Boolean = true,
) {
    /** A failure with [code], [type] and [message] as they are. */
    public constructor(code: String?, type: String?, message: String?) :
        this(code, type, message, code?.toIntOrNull(), emptyList(), null)

    /** The same, of whose form no more is known. */
    private fun informal() = ErrorBody(code, type, message, number, details, retryAfter, isFormal = false)

    /** The HTTP status that the code is, as gateways put it into a stream that began with 200. */
    @get:JvmSynthetic
    internal val codeAsStatus: Int? get() = number?.takeIf { it in ERROR_STATUSES }

    /** Reads failures. */
    public companion object {
        private val ERROR_STATUSES = 400..599
        private val STATUSES = 100..599
        private const val NO_TYPE = "about:blank"

        /** Reads the body of a failed exchange; what is no JSON object has neither code nor message. */
        @JvmStatic
        public fun parse(text: String): ErrorBody = ShallowJson.parse(text)?.let(::of) ?: NONE

        /** [parse] for what may have been cut off. */
        @JvmSynthetic
        internal fun parseCut(text: String): ErrorBody = ShallowJson.parseCut(text)?.let(::of) ?: NONE

        /**
         * Reads [element] where it reports a failure, else gives null. Known forms: `{"error": {"code", "type",
         * "message"}}`; Google's `{"error": {"code", "message", "status", "details"}}`, whose code is the reason in its
         * details, else its status; `{"error": "text"}`, `{"error": "text", "code"}`, `{"object": "error", "message",
         * "code"}`, `{"detail": "text"}`, `{"title", "status"}`, `{"errors": [{"code", "message"}]}`, `{"__type",
         * "Message"}` and a list of one of these. A `message` or `detail` may be a list of faults too, such as
         * `[{"loc": ["body", "model"], "msg": "text"}]`.
         *
         * A code that is only the number of an HTTP status is the type where there is one: it says more.
         */
        @JvmStatic
        public fun of(element: JsonElement): ErrorBody? = when (element) {
            is JsonArray -> element.firstOrNull()?.let(::of)
            is JsonObject -> of(element)
            else -> null
        }

        /** Reads what stands as the `error` of an answer: an object or a text. */
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

        /** A body whose `error` is a text: the whole message, or a name for what stands beside it. */
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
            // A number that can be no status is the provider's own.
            val own = code.takeIf { number != null && number !in STATUSES }
            return ErrorBody(own ?: word ?: code ?: status, type, said(error), number, emptyList(), null)
        }

        private fun isWord(text: String?) = text != null && text.toIntOrNull() == null

        /** Azure's, which names the filter. */
        private fun innerCode(error: JsonObject) = (error["innererror"] as? JsonObject)?.let(::code)

        /** AWS has a name space before it; that of problem+json is most often none. */
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

        /** What is said in words: a text, or the text of each fault with the place that it is about. */
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
