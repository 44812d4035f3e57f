package dev.muster.anthropic.internal

import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.ToolCall
import dev.muster.http.codec.CallIds
import kotlinx.serialization.json.JsonObject

/** Returns the response with this [content], without its finish reason, usage and other metadata. */
internal fun responseOf(content: List<Block>, container: JsonObject?, ids: CallIds): ChatResponse.Builder {
    val layout = Layout()
    val reasoning = ArrayList<ContentPart.Reasoning>(0)
    val opaque = ArrayList<ContentPart.Opaque>(0)
    val calls = ArrayList<ToolCall>(0)
    for (block in content) {
        val spot = layout.spot()
        block.toReasoning(spot)?.let(reasoning::add)
        if (block.isOpaque) {
            opaque += block.toOpaque(spot)
            layout.opaque++
        }
        layout.text += block.text.length
        if (block.isToolCall) {
            calls += ToolCall(ids.of(block.id), block.name, block.arguments.ifBlank { "{}" })
            layout.calls++
        }
    }
    container?.let { opaque += opaquePart(CONTAINER, it, layout.spot().place) }
    return ChatResponse.builder()
        .text(content.joinToString("") { it.text })
        .reasoning(content.joinToString("") { it.thinking }.ifEmpty { null })
        .reasoningParts(reasoning)
        .opaqueParts(opaque)
        .toolCalls(calls)
}
