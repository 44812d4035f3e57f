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
import dev.muster.http.JsonWriter
import java.security.MessageDigest
import java.time.Duration

/**
 * Writes what both forms of a chat have in common. What is not set is left out; a field of `extra` replaces the one of
 * the same name.
 */
internal class RequestWriter(val request: ChatRequest, val dialect: Dialect, private val context: ErrorContext) {
    /**
     * The body. `stream` is never from extra, for how the answer is read depends on it; and its options only stand
     * where there is a stream.
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

    /** Whether the field [name] of extra is not taken as it is. */
    fun isOurs(name: String, stream: Boolean): Boolean =
        name == "stream" || (name == OPTIONS && (!stream || asksForUsage))

    private val asksForUsage get() = dialect.streamOptions && !dialect.usesResponses

    /** Asks for the usage of a stream, beside what extra says of its options. */
    fun JsonWriter.streamOptions() {
        if (!asksForUsage) return
        val told = request.extra[OPTIONS]
        val isReplaced = OPTIONS in request.extra && told !is Map<*, *>
        name(OPTIONS).any(if (isReplaced) told else mapOf("include_usage" to true) + (told as? Map<*, *>).orEmpty())
    }

    /** Writes the field [name], unless extra has it. */
    inline fun JsonWriter.field(name: String, write: JsonWriter.() -> Unit) {
        if (name in request.extra) return
        name(name)
        write()
    }

    /** Whether tools may or must be called; [named] writes which. Without tools there is nothing to say. */
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

    /** The cache keeps whole prompts, so it is told once for all: the first key, the longest time. */
    fun JsonWriter.cache() {
        val controls = request.messages.mapNotNull { it.cacheControl }
        if (controls.isEmpty() || dialect.cache == CacheForm.IMPLICIT) return
        controls.firstNotNullOfOrNull { it.key }?.let { key -> field("prompt_cache_key") { value(key) } }
        if (dialect.cache == CacheForm.KEY_AND_TIME && controls.any { it.isLong() }) {
            field("prompt_cache_retention") { value("24h") }
        }
    }

    private fun CacheControl.isLong() = ttl.let { it != null && it > USUAL_TIME }

    /** The word for the effort; null where none is set. */
    fun effort(form: ReasoningForm.Effort): String? {
        val reasoning = request.reasoning ?: return null
        if (reasoning.budgetTokens != null) refuse("it takes no reasoning budget: set an effort instead")
        if (reasoning.includeText && !form.tellsText) {
            refuse("it does not tell its reasoning in this form: use openai-responses")
        }
        return reasoning.effort?.let { form.word(it) ?: refuse("it cannot be told not to reason") }
    }

    /** Writes what both forms say of the answer's form, [prefixed] by what only one says. */
    fun JsonWriter.schema(format: ResponseFormat, prefixed: JsonWriter.() -> Unit = {}) = obj {
        prefixed()
        val strict = if (format.isStrict) strictSchema(format.schema) else null
        name("name").value(format.name)
        name("schema").any(strict ?: format.schema)
        name("strict").any(strict != null)
    }

    /** What [tool] takes; OpenAI refuses an object that does not say which properties it has, be it none. */
    fun parametersOf(tool: ToolDefinition): Map<String, Any?> =
        mapOf("type" to "object", "properties" to emptyMap<String, Any?>()) + tool.parameters

    /** The id of a call as the endpoint takes it: the call may have been another provider's. */
    fun callId(id: String): String = if (!dialect.shortCallIds || SHORT_ID.matches(id)) id else shortened(id)

    private fun shortened(id: String): String =
        MessageDigest.getInstance("SHA-256").digest(id.toByteArray()).joinToString("") { "%02x".format(it) }.take(SHORT)

    /** Whether the model is asked to think. */
    fun asksToReason(): Boolean = request.reasoning.let { it != null && it.effort != ReasoningEffort.NONE }

    /** What is not text stands in the user's messages only. */
    fun refuseMedia(role: Role, part: ContentPart) {
        if (part is ContentPart.Media) refuse("images and documents are for user messages, not for $role ones")
    }

    /** The request asks for what the endpoint cannot do. */
    fun refuse(why: String): Nothing =
        throw InvalidRequestException("${context.provider}::${context.model}: $why", context)

    private companion object {
        const val OPTIONS = "stream_options"
        val USUAL_TIME: Duration = Duration.ofHours(1)
        const val SHORT = 9
        val SHORT_ID = Regex("[a-zA-Z0-9]{$SHORT}")
    }
}

/** What a document is sent under: OpenAI wants a name. */
internal val ContentPart.Document.fileName: String
    get() = name ?: if (mediaType == "application/pdf") "document.pdf" else "document"
