package dev.muster.anthropic.internal

import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import kotlinx.serialization.json.JsonObject

/** The answer that [content] is, without what stands beside it. */
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

/** Gives the calls of one answer their ids: each its own, unless another one of the conversation has it. */
internal class CallIds(private val messages: List<Message>) {
    private val taken by lazy { messages.flatMapTo(HashSet()) { message -> message.toolCalls.map { it.id } } }
    private var next = 0

    /** The id of a call that came with [id], or without one: its result has to name it, and it alone. */
    fun of(id: String?): String = id?.takeIf { it.isNotEmpty() && taken.add(it) } ?: made()

    private fun made(): String = generateSequence { "call_${next++}" }.first(taken::add)
}
