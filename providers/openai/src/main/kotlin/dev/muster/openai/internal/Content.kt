package dev.muster.openai.internal

import dev.muster.http.codec.Fields
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** The content of a message, or one piece of it. */
@Serializable
internal class Content(
    private val content: JsonElement? = null,
    @SerialName("reasoning_content") private val reasoningContent: JsonElement? = null,
    private val reasoning: JsonElement? = null,
    private val thinking: JsonElement? = null,
    private val refusal: JsonElement? = null,
    @SerialName("tool_calls") private val toolCalls: List<WireToolCall>? = null,
    @SerialName("function_call") private val functionCall: WireToolCall? = null,
    private val audio: JsonElement? = null,
    private val images: JsonElement? = null,
    private val annotations: JsonElement? = null,
) {
    /** The text. If there is no other text, the refusal. */
    val text: String get() = text(content, "text").ifEmpty { refused }

    /** Whether this contains a refusal of the model. */
    val refuses: Boolean get() = refused.isNotEmpty()

    private val refused: String get() = refusal.string().ifEmpty { text(content, "refusal") }

    /** The tool calls. The older field for a single call is used only if it is alone. */
    val calls: List<WireToolCall> get() = toolCalls.orEmpty().ifEmpty { listOfNotNull(functionCall) }

    /** The audio, or a piece of it. */
    val sound: JsonObject? get() = (audio as? JsonObject)?.takeIf { it.isNotEmpty() }

    /** The text, if it is a string and there is nothing else; otherwise null. */
    val onlyText: String?
        get() = (content as? JsonPrimitive)?.takeIf { it.isString && !refuses && hasOnlyContent() }?.content

    private fun hasOnlyContent() = toolCalls == null && functionCall == null && reasoningText.isEmpty() &&
        sound == null && images.isNothing() && annotations.isNothing()

    /** The reasoning, which endpoints send in three different fields or as parts of the content. */
    val reasoningText: String
        get() =
            reasoningContent.string().ifEmpty {
                reasoning.string().ifEmpty { thinking.string().ifEmpty { text(content, "thinking") } }
            }

    /** The blocks that are not text, reasoning or tool calls, each with its type. */
    val others: List<Pair<String, JsonObject>>
        get() = if (content is JsonPrimitive? && images.isNothing() && annotations.isNothing()) {
            emptyList()
        } else {
            blocks(content, UNNAMED).filter { (type, block) -> !isRead(type, block) } +
                blocks(images, "image") + blocks(annotations, "annotation")
        }

    private fun isRead(type: String, block: JsonObject) = type in READ || (type == UNNAMED && "text" in block)

    private fun blocks(list: JsonElement?, unnamed: String): List<Pair<String, JsonObject>> =
        Fields.objects(list).map { it["type"].string().ifEmpty { unnamed } to it }
}

private const val UNNAMED = "part"

private val READ = setOf("text", "output_text", "input_text", "thinking", "refusal")

private fun JsonElement?.isNothing() = this == null || this is JsonNull || (this is JsonArray && isEmpty())

/**
 * The text of [content] if it is a string, else of its parts with the type [type]. Mistral nests them: `[{"type":
 * "thinking", "thinking": [{"text"}]}]`.
 */
private fun text(content: JsonElement?, type: String): String = when (content) {
    is JsonPrimitive -> if (type == "text") content.string() else ""
    is JsonArray -> content.joinToString("") { text(it, type) }
    is JsonObject -> part(content, type)
    else -> ""
}

private fun part(part: JsonObject, type: String): String {
    val named = part["type"].string()
    val isText = type == "text" && (named.isEmpty() || named == "output_text" || named == "input_text")
    return if (named == type || isText) nested(part[type]) else ""
}

private fun nested(part: JsonElement?): String = if (part is JsonArray) text(part, "text") else part.string()
