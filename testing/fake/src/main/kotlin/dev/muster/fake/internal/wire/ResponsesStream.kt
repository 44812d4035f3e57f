package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.node.ObjectNode

/**
 * An answer as the events of the Responses API: every item is added, filled and done. The last event contains all
 * items.
 */
internal class ResponsesStream(private val asked: Asked, private val answer: Answer) {
    private val format = ResponsesFormat
    private var number = 0
    private var at = 0

    fun frames(): Iterator<Frame> = iterator {
        for (type in listOf("response.created", "response.in_progress")) {
            val begun = format.response(answer, "in_progress", emptyList())
            yield(frame(event(type).set("response", begun)))
        }
        if (answer.reasons) reasoning()
        val saysSomething = answer.refusal.isNotEmpty() || answer.toolCalls.isEmpty() || answer.tokens.any()
        if (saysSomething) message()
        answer.toolCalls.forEachIndexed { number, call -> call(number, call) }
        val last = event("response.${format.status(answer)}")
        yield(frame(last.set("response", format.whole(asked, answer)), FrameKind.FINISH))
    }

    private suspend fun SequenceScope<Frame>.reasoning() {
        val text = answer.reasoning.joinToString("")
        val begun = format.reasoningItem(asked, answer, null)
        val id = begun.text("id").orEmpty()
        yield(frame(item("added", begun)))
        if (text.isNotEmpty()) summary(id, text)
        yield(frame(item("done", format.reasoningItem(asked, answer, text))))
        at++
    }

    private suspend fun SequenceScope<Frame>.summary(id: String, text: String) {
        fun summary(type: String) = within(id, "response.reasoning_summary_$type").put("summary_index", 0)
        yield(frame(summary("part.added").set("part", format.part("summary_text", "", answer))))
        for (piece in answer.reasoning) yield(frame(summary("text.delta").put("delta", piece), FrameKind.TOKEN))
        yield(frame(summary("text.done").put("text", text)))
        yield(frame(summary("part.done").set("part", format.part("summary_text", text, answer))))
    }

    private suspend fun SequenceScope<Frame>.message() {
        val begun = format.messageItem(answer, "in_progress")
        val id = begun.text("id").orEmpty()
        val refuses = answer.refusal.isNotEmpty()
        val type = if (refuses) "refusal" else "output_text"

        fun content(event: String): ObjectNode {
            val node = within(id, "response.$event").put("content_index", 0)
            if (!refuses && event.startsWith(type)) node.putArray("logprobs")
            return node
        }
        yield(frame(item("added", begun)))
        yield(frame(content("content_part.added").set("part", format.part(type, "", answer))))
        for (piece in if (refuses) answer.refusal.asSequence() else answer.tokens) {
            yield(frame(content("$type.delta").put("delta", piece), FrameKind.TOKEN))
        }
        val text = (if (refuses) answer.refusal.asSequence() else answer.tokens).joinToString("")
        yield(frame(content("$type.done").put(if (refuses) "refusal" else "text", text)))
        yield(frame(content("content_part.done").set("part", format.part(type, text, answer))))
        val done = format.messageItem(answer, "completed")
        format.contentOf(done).add(format.part(type, text, answer))
        yield(frame(item("done", done)))
        at++
    }

    private suspend fun SequenceScope<Frame>.call(number: Int, call: AnswerToolCall) {
        val begun = format.callItem(answer, number, call, "in_progress", "")
        val id = begun.text("id").orEmpty()
        yield(frame(item("added", begun)))
        val middle = call.arguments.length / 2
        val halves = listOf(call.arguments.substring(0, middle), call.arguments.substring(middle))
        for (half in halves.filter { it.isNotEmpty() }) {
            yield(frame(within(id, "response.function_call_arguments.delta").put("delta", half), FrameKind.TOKEN))
        }
        val whole = within(id, "response.function_call_arguments.done").put("name", call.name)
        yield(frame(whole.put("arguments", call.arguments)))
        yield(frame(item("done", format.callItem(answer, number, call, "completed", call.arguments))))
        at++
    }

    private fun item(what: String, item: ObjectNode): ObjectNode =
        event("response.output_item.$what").put("output_index", at).set("item", item)

    private fun within(item: String, type: String) = event(type).put("item_id", item).put("output_index", at)

    private fun event(type: String): ObjectNode =
        json.createObjectNode().put("type", type).put("sequence_number", number++)

    private fun frame(node: ObjectNode, kind: FrameKind = FrameKind.OPEN) =
        Frame(kind, node.decorated(answer).toString(), node.text("type"))
}
