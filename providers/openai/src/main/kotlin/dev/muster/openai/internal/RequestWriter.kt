package dev.muster.openai.internal

import dev.muster.chat.CacheControl
import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.ResponseFormat
import dev.muster.chat.Role
import dev.muster.chat.ToolDefinition
import dev.muster.error.ErrorContext
import dev.muster.error.InvalidRequestException
import dev.muster.http.codec.JsonWriter
import java.security.MessageDigest
import java.time.Duration

/**
 * Writes the parts of a request that chat completions and the Responses API share. Settings that are not set are left
 * out. A field of `extra` replaces the field of the same name.
 */
internal class RequestWriter(val request: ChatRequest, val dialect: Dialect, private val context: ErrorContext) {
    /**
     * Returns the body. `stream` is never taken from extra, because it decides how the response is read. The stream
     * options are sent only with a stream.
     */
    inline fun body(model: String, stream: Boolean, fields: JsonWriter.() -> Unit): ByteArray = JsonWriter()
        .obj {
            field("model") { value(model) }
            fields()
            request.temperature?.let { field("temperature") { any(it) } }
            request.topP?.let { field("top_p") { any(it) } }
            cache()
            if (stream) name("stream").any(true)
            request.extra.forEach { (name, value) -> if (isOurs(name, stream)) Unit else name(name).any(value) }
        }.toByteArray()

    /** Whether the field [name] of extra is not copied as it is. */
    fun isOurs(name: String, stream: Boolean): Boolean =
        name == "stream" || (name == OPTIONS && (!stream || asksForUsage))

    private val asksForUsage get() = dialect.streamOptions && !dialect.usesResponses

    /** Asks for the usage of a stream, in addition to the stream options in extra. */
    fun JsonWriter.streamOptions() {
        if (!asksForUsage) return
        val told = request.extra[OPTIONS]
        val isReplaced = OPTIONS in request.extra && told !is Map<*, *>
        name(OPTIONS).any(if (isReplaced) told else mapOf("include_usage" to true) + (told as? Map<*, *>).orEmpty())
    }

    /** Writes the field [name], unless extra contains it. */
    inline fun JsonWriter.field(name: String, write: JsonWriter.() -> Unit) {
        if (name in request.extra) return
        name(name)
        write()
    }

    /** Writes the tool choice; [named] writes the name of a required tool. Writes nothing if there are no tools. */
    inline fun JsonWriter.toolChoice(named: JsonWriter.(String) -> Unit) {
        if (request.tools.isEmpty()) return
        request.toolChoice?.let { choice ->
            field("tool_choice") {
                val tool = choice.toolName
                if (tool == null) {
                    value(choice.mode.name.lowercase())
                } else {
                    obj {
                        name("type").value("function")
                        named(tool)
                    }
                }
            }
        }
        request.parallelToolCalls?.let { field("parallel_tool_calls") { any(it) } }
    }

    /** The cache settings apply to the whole prompt: writes the first key, and the longest time. */
    fun JsonWriter.cache() {
        val controls = request.messages.mapNotNull { it.cacheControl }
        if (controls.isEmpty() || dialect.cache == CacheFormat.IMPLICIT) return
        controls.firstNotNullOfOrNull { it.key }?.let { key -> field("prompt_cache_key") { value(key) } }
        if (dialect.cache == CacheFormat.KEY_AND_TIME && controls.any { it.isLong() }) {
            field("prompt_cache_retention") { value("24h") }
        }
    }

    private fun CacheControl.isLong() = ttl.let { it != null && it > USUAL_TIME }

    /** Returns the endpoint's word for the effort; null if no effort is set. */
    fun effort(format: ReasoningFormat.Effort): String? {
        val reasoning = request.reasoning ?: return null
        if (reasoning.budgetTokens != null) refuse("reasoning budgets are not supported: set an effort instead")
        if (reasoning.includeText && !format.tellsText) {
            refuse("this API format does not return the reasoning text: use openai-responses")
        }
        return reasoning.effort?.let { format.word(it) ?: refuse("reasoning cannot be turned off: set another effort") }
    }

    /** Writes the schema of the response, after the fields that [prefixed] writes. */
    fun JsonWriter.schema(format: ResponseFormat, prefixed: JsonWriter.() -> Unit = {}) = obj {
        prefixed()
        val strict = if (format.isStrict) strictSchema(format.schema) else null
        name("name").value(format.name)
        name("schema").any(strict ?: format.schema)
        name("strict").any(strict != null)
    }

    /** Returns the parameters of [tool]. OpenAI refuses an object schema without `properties`, even if it has none. */
    fun parametersOf(tool: ToolDefinition): Map<String, Any?> =
        mapOf("type" to "object", "properties" to emptyMap<String, Any?>()) + tool.parameters

    /** Returns [id] in the format that the endpoint accepts: the tool call may come from another provider. */
    fun callId(id: String): String = if (!dialect.shortCallIds || SHORT_ID.matches(id)) id else shortened(id)

    private fun shortened(id: String): String =
        MessageDigest.getInstance("SHA-256").digest(id.toByteArray()).joinToString("") { "%02x".format(it) }.take(SHORT)

    /** Whether the request turns reasoning on. */
    fun asksToReason(): Boolean = request.reasoning.let { it != null && it.effort != ReasoningEffort.NONE }

    /** Refuses media outside of user messages. */
    fun refuseMedia(role: Role, part: ContentPart) {
        if (part is ContentPart.Media) {
            refuse("images and documents are allowed only in user messages, not in $role messages")
        }
    }

    /** Throws, because the request asks for something that the endpoint does not support. */
    fun refuse(why: String): Nothing =
        throw InvalidRequestException("${context.provider}::${context.model}: $why", context)

    private companion object {
        const val OPTIONS = "stream_options"
        val USUAL_TIME: Duration = Duration.ofHours(1)
        const val SHORT = 9
        val SHORT_ID = Regex("[a-zA-Z0-9]{$SHORT}")
    }
}

/** The file name of a document. OpenAI requires one. */
internal val ContentPart.Document.fileName: String
    get() = name ?: if (mediaType == "application/pdf") "document.pdf" else "document"
