package dev.muster.openai.internal

import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.http.codec.JsonWriter
import dev.muster.http.codec.Place
import kotlinx.serialization.json.JsonObject

/**
 * Writes an assistant message as items of the Responses API in their original order: reasoning before the text or call
 * that it led to, text before the calls that followed it, and the items of server tools in between.
 */
internal class AssistantItems(
    private val json: JsonWriter,
    private val writer: RequestWriter,
    private val message: Message,
    private val customs: CustomCalls,
) {
    private val text = message.text
    private val calls = message.toolCalls
    private val opaque = message.content.filter { it is ContentPart.Opaque && it.apiFormat == RESPONSES_FORMAT }
        .map { it as ContentPart.Opaque }
    private var said = 0
    private var called = 0
    private var shown = 0
    private var phase: String? = null

    fun write() {
        val isEmpty = text.isEmpty() && calls.isEmpty() && opaque.none { it.goesBack() }
        message.content.forEach { part ->
            val kept = Kept.of(part) ?: return@forEach
            showUpTo(kept.at.opaqueBefore)
            upTo(kept.at.place)
            when (kept) {
                is Kept.Phase -> phase = kept.name

                // The API refuses a reasoning item that nothing follows.
                is Kept.Thought -> if (isEmpty || isMoreToCome()) {
                    json.reasoningItem(kept, (part as ContentPart.Reasoning).text)
                }
            }
        }
        showUpTo(opaque.size)
        upTo(Place(text.length, calls.size))
        if (isEmpty) json.spoken("", phase)
    }

    private fun isMoreToCome() = said < text.length || called < calls.size || opaque.drop(shown).any { it.goesBack() }

    /** Writes the opaque parts up to the number [count]. */
    private fun showUpTo(count: Int) {
        while (shown < minOf(count, opaque.size)) {
            val part = opaque[shown++]
            if (!part.goesBack()) continue
            upTo(Place(part.textBefore, part.callsBefore))
            json.raw(part.sent())
        }
    }

    // The message may have been shortened since, so positions are limited to what is left.
    private fun upTo(place: Place) {
        val piece = text.substring(said, place.text.coerceIn(said, text.length))
        said += piece.length
        if (piece.isNotEmpty()) json.spoken(piece, phase)
        while (called < minOf(place.calls, calls.size)) call(calls[called++])
    }

    private fun call(call: ToolCall) {
        val custom = customs[call.id]
        if (custom == null) json.functionCall(call, writer.sentName(call.name)) else json.raw(custom.json)
    }
}

/** The calls of custom tools in a whole conversation, by id. Their results have another format. */
internal class CustomCalls(messages: List<Message>) {
    private val byId: Map<String, ContentPart.Opaque> = messages
        .flatMap { it.content }
        .filterIsInstance<ContentPart.Opaque>()
        .filter { it.apiFormat == RESPONSES_FORMAT && it.type == CUSTOM_CALL }
        .mapNotNull { part -> part.field("call_id")?.let { it to part } }
        .toMap()

    operator fun get(id: String): ContentPart.Opaque? = byId[id]

    operator fun contains(id: String): Boolean = id in byId
}

/** Whether the API accepts the part. Calls of custom tools are written in place of their tool calls instead. */
private fun ContentPart.Opaque.goesBack(): Boolean = type in TAKEN_BACK && (type != IMAGE || field("result") != null)

/** Returns the part in the format that the API accepts: it refuses the settings of a generated image. */
private fun ContentPart.Opaque.sent(): String {
    val image = (if (type == IMAGE) readWire(JsonObject.serializer(), json) else null) ?: return json
    return JsonObject(image.filterKeys { it in OF_IMAGES }).toString()
}

private fun ContentPart.Opaque.field(name: String): String? =
    readWire(JsonObject.serializer(), json)?.get(name).string().ifEmpty { null }

private fun JsonWriter.spoken(text: String, phase: String?) = obj {
    name("type").value("message")
    name("role").value("assistant")
    name("content").value(text)
    phase?.let { name("phase").value(it) }
}

private fun JsonWriter.reasoningItem(thought: Kept.Thought, text: String) = obj {
    name("type").value("reasoning")
    name("id").value(thought.id)
    name("summary").array {
        if (text.isNotEmpty()) {
            obj {
                name("type").value("summary_text")
                name("text").value(text)
            }
        }
    }
    name("encrypted_content").value(thought.encrypted)
}

private fun JsonWriter.functionCall(call: ToolCall, name: String) = obj {
    name("type").value("function_call")
    name("call_id").value(call.id)
    name("name").value(name)
    name("arguments").value(call.arguments)
}

private const val IMAGE = "image_generation_call"

private val OF_IMAGES = setOf("type", "id", "status", "result")

/** The items that the API accepts in a request. It refuses a request with an unknown item. */
private val TAKEN_BACK = setOf(
    IMAGE, "web_search_call", "file_search_call", "code_interpreter_call", "computer_call", "computer_call_output",
    "mcp_call", "mcp_list_tools", "mcp_approval_request", "mcp_approval_response", "local_shell_call",
    "local_shell_call_output", "shell_call", "shell_call_output", "apply_patch_call", "apply_patch_call_output",
    "tool_search_call", "tool_search_output", "compaction",
)
