package dev.muster.agent.internal

import dev.muster.chat.CacheControl
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Role
import dev.muster.chat.ToolCall
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.intOrNull
import kotlinx.serialization.json.put
import java.time.Duration
import java.time.format.DateTimeParseException
import java.util.Base64

/** To be raised if the meaning of saved data changes. Older versions must stay readable. */
private const val VERSION = 1

/** Returns [messages] as JSON. Optional fields that are null, empty or false are left out. */
internal fun writeHistory(messages: List<Message>): String = buildJsonObject {
    put("version", VERSION)
    put("messages", JsonArray(messages.map(::written)))
}.toString()

/**
 * Reads the messages in [json].
 *
 * @throws IllegalArgumentException if [json] is not a saved conversation. It has no cause, because a parser's message
 * would repeat private content.
 */
internal fun readHistory(json: String): List<Message> {
    val root = parsed(json) as? JsonObject ?: throw unreadable("it is not a JSON object")
    checkVersion((root["version"] as? JsonPrimitive)?.intOrNull ?: throw unreadable("it has no version"))
    return root.list("messages", "the conversation").mapIndexed { at, message ->
        Reader("message $at").message(message)
    }
}

private fun checkVersion(version: Int) {
    require(version <= VERSION) {
        "Cannot load the conversation: it has format version $version, but this SDK reads only up to $VERSION. " +
            "Update the SDK"
    }
    if (version < 1) throw unreadable("version $version is not valid")
}

private fun parsed(json: String): JsonElement? = try {
    Json.parseToJsonElement(json)
} catch (@Suppress("SwallowedException") e: SerializationException) {
    // Not kept as a cause: its message contains a piece of the input.
    null
}

private fun written(message: Message): JsonObject = buildJsonObject {
    put("role", message.role.name.lowercase())
    put("content", JsonArray(message.content.map(::written)))
    if (message.toolCalls.isNotEmpty()) put("toolCalls", JsonArray(message.toolCalls.map(::written)))
    some("toolCallId", message.toolCallId)
    if (message.isToolError) put("isToolError", true)
    message.cacheControl?.let { control ->
        put(
            "cacheControl",
            buildJsonObject {
                some("ttl", control.ttl?.toString())
                some("key", control.key)
            },
        )
    }
}

private fun written(call: ToolCall): JsonObject = buildJsonObject {
    put("id", call.id)
    put("name", call.name)
    put("arguments", call.arguments)
    some("signature", call.signature)
}

private fun written(part: ContentPart): JsonObject = buildJsonObject {
    when (part) {
        is ContentPart.Text -> {
            put("type", "text")
            put("text", part.text)
        }

        is ContentPart.Reasoning -> {
            put("type", "reasoning")
            put("text", part.text)
            some("signature", part.signature)
            put("apiFormat", part.apiFormat)
        }

        is ContentPart.Opaque -> {
            put("type", "opaque")
            put("opaqueType", part.type)
            put("json", part.json)
            put("apiFormat", part.apiFormat)
            put("textBefore", part.textBefore)
            put("callsBefore", part.callsBefore)
        }

        is ContentPart.Image -> {
            put("type", "image")
            media(part)
        }

        is ContentPart.Document -> {
            put("type", "document")
            media(part)
            some("name", part.name)
        }

        else -> error("${part.javaClass.name} cannot be saved")
    }
}

private fun JsonObjectBuilder.media(part: ContentPart.Media) {
    some("mediaType", part.mediaType)
    some("url", part.url)
    some("data", part.base64)
}

private fun JsonObjectBuilder.some(field: String, value: String?) {
    if (value != null) put(field, value)
}

private fun unreadable(why: String) = IllegalArgumentException("Cannot load the conversation: $why")

private fun JsonObject.list(field: String, of: String): List<JsonObject> {
    val list = this[field] as? JsonArray ?: throw unreadable("$of has no list \"$field\"")
    return list.map { it as? JsonObject ?: throw unreadable("$of has an element in \"$field\" that is not an object") }
}

/** Reads one message; [at] is its position for error messages. */
private class Reader(private val at: String) {
    fun message(json: JsonObject): Message {
        val read = withRole(json)
        val control = json["cacheControl"]?.takeIf { it !is JsonNull } ?: return read
        return read.cached(
            cacheControl(control as? JsonObject ?: throw unreadable("$at: cacheControl is not an object")),
        )
    }

    private fun withRole(json: JsonObject): Message {
        val name = json.text("role")
        val role = Role.entries.firstOrNull { it.name.lowercase() == name } ?: throw unreadable("$at: unknown role")
        val content = json.list("content", at).map(::part)
        return when (role) {
            Role.SYSTEM -> Message.system(textOf(content))
            Role.USER -> Message.user(content)
            Role.ASSISTANT -> Message.assistant(content, if ("toolCalls" in json) calls(json) else emptyList())
            Role.TOOL -> Message.tool(json.text("toolCallId"), textOf(content), isError(json))
        }
    }

    private fun isError(json: JsonObject): Boolean = when (val said = json["isToolError"]) {
        null, JsonNull -> false

        else -> (said as? JsonPrimitive)?.takeIf { !it.isString }?.content?.toBooleanStrictOrNull()
            ?: throw unreadable("$at: isToolError must be true or false")
    }

    private fun textOf(content: List<ContentPart>): String =
        content.joinToString("") { (it as? ContentPart.Text ?: throw unreadable("$at: only text is allowed")).text }

    private fun calls(json: JsonObject): List<ToolCall> = json.list("toolCalls", at).map {
        ToolCall(it.text("id"), it.text("name"), it.text("arguments"), it.textOrNull("signature"))
    }

    private fun part(json: JsonObject): ContentPart = when (json.text("type")) {
        "text" -> ContentPart.Text(json.text("text"))
        "reasoning" -> ContentPart.Reasoning(json.text("text"), json.textOrNull("signature"), json.text("apiFormat"))
        "opaque" -> opaque(json)
        "image" -> image(json)
        "document" -> document(json)
        else -> throw unreadable("$at: unknown content type")
    }

    private fun opaque(json: JsonObject) = ContentPart.Opaque(
        json.text("opaqueType"),
        json.text("json"),
        json.text("apiFormat"),
        json.number("textBefore"),
        json.number("callsBefore"),
    )

    private fun image(json: JsonObject): ContentPart {
        val url = json.textOrNull("url")
        return if (url != null) ContentPart.Image.url(url) else ContentPart.Image.of(data(json), json.text("mediaType"))
    }

    private fun document(json: JsonObject): ContentPart {
        val name = json.textOrNull("name")
        val url = json.textOrNull("url") ?: return ContentPart.Document.of(data(json), json.text("mediaType"), name)
        return ContentPart.Document.url(url, name)
    }

    private fun data(json: JsonObject): ByteArray {
        val data = json.text("data")
        return sound("data") { Base64.getDecoder().decode(data) }
    }

    private fun cacheControl(json: JsonObject): CacheControl {
        val ttl = json.textOrNull("ttl")
        return sound("cacheControl") { CacheControl(ttl?.let(Duration::parse), json.textOrNull("key")) }
    }

    /** Replaces the exception of [read], whose message may repeat private content. */
    private fun <T> sound(field: String, read: () -> T): T = try {
        read()
    } catch (@Suppress("SwallowedException") e: IllegalArgumentException) {
        throw unreadable("$at: $field is malformed")
    } catch (@Suppress("SwallowedException") e: DateTimeParseException) {
        throw unreadable("$at: $field is malformed")
    }

    private fun JsonObject.number(field: String): Int =
        (this[field] as? JsonPrimitive)?.intOrNull ?: throw unreadable("$at: \"$field\" is not a number")

    private fun JsonObject.text(field: String): String =
        textOrNull(field) ?: throw unreadable("$at: \"$field\" is missing")

    private fun JsonObject.textOrNull(field: String): String? = when (val value = this[field]) {
        null, JsonNull -> null
        is JsonPrimitive -> if (value.isString) value.content else throw unreadable("$at: \"$field\" is not a string")
        else -> throw unreadable("$at: \"$field\" is not a string")
    }
}
