package dev.muster.gemini.internal

import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.http.codec.Fields
import dev.muster.http.codec.JsonWriter

/** Whether the message has more than parts of another provider: the API refuses a turn without parts. */
internal fun Message.saysSomething(): Boolean = toolCalls.isNotEmpty() ||
    content.any { part ->
        when (part) {
            is ContentPart.Reasoning -> part.apiFormat == API_FORMAT
            is ContentPart.Opaque -> part.isOurs()
            else -> !part.isBlank()
        }
    }

internal fun ContentPart.isBlank() = this is ContentPart.Text && text.isBlank()

private fun ContentPart.Opaque.isOurs() = apiFormat == API_FORMAT && type !in CANDIDATE_METADATA

/**
 * Google's own placeholder for the signature of a tool call that has none, because it comes from another provider or
 * was created by a program. The API requires a signature only for the first call of a response.
 */
private const val NO_SIGNATURE = "skip_thought_signature_validator"

/**
 * Writes a response of the model, each signature on its original part. If [isSigned], the first call gets a signature
 * even if it has none.
 */
internal fun JsonWriter.answer(message: Message, isSigned: Boolean) {
    if (message.saysSomething()) content("model") { ModelTurn(this, message).write(isSigned) }
}

/** Writes the parts of [message], with the opaque parts at their original positions between text and calls. */
private class ModelTurn(private val out: JsonWriter, private val message: Message) {
    private val opaque =
        message.content
            .filterIsInstance<ContentPart.Opaque>()
            .filter { it.isOurs() }
            .sortedWith(compareBy({ it.callsBefore }, { it.textBefore }))
    private var opaqueDone = 0
    private var textDone = 0
    private var signature: String? = null

    fun write(isSigned: Boolean) {
        message.content.forEach { part ->
            when (part) {
                is ContentPart.Reasoning -> if (part.apiFormat == API_FORMAT) reasoning(part)
                is ContentPart.Text -> text(part.text)
                is ContentPart.Opaque -> Unit
                else -> out.part(part)
            }
        }
        // A remaining signature belongs to a part without text, usually at the end of the response.
        opaqueBefore(calls = 0, text = Int.MAX_VALUE)
        loneSignature()
        message.toolCalls.forEachIndexed { at, call ->
            opaqueBefore(calls = at, text = Int.MAX_VALUE)
            out.functionCall(call, call.signature ?: NO_SIGNATURE.takeIf { isSigned && at == 0 })
        }
        opaqueBefore(calls = Int.MAX_VALUE, text = Int.MAX_VALUE)
    }

    private fun reasoning(part: ContentPart.Reasoning) {
        loneSignature()
        signature = part.signature.takeIf { part.text.isEmpty() }
        if (part.text.isNotEmpty()) out.said(part.text, part.signature, isThought = true)
    }

    private fun text(text: String) {
        if (text.isBlank() && signature == null) {
            textDone += text.length
            return
        }
        var from = 0
        while (true) {
            opaqueBefore(calls = 0, text = textDone)
            val next = opaque.getOrNull(opaqueDone)?.takeIf { it.callsBefore == 0 }?.textBefore ?: Int.MAX_VALUE
            val to = minOf(text.length.toLong(), from + (next.toLong() - textDone)).toInt()
            if (from == to) break
            out.said(text.substring(from, to), signature, isThought = false)
            signature = null
            textDone += to - from
            from = to
        }
    }

    /** Writes the opaque parts that were before this number of calls and characters of text. */
    private fun opaqueBefore(calls: Int, text: Int) {
        while (true) {
            val next = opaque.getOrNull(opaqueDone) ?: return
            if (next.callsBefore > calls || (next.callsBefore == calls && next.textBefore > text)) return
            out.raw(next.json)
            opaqueDone++
        }
    }

    private fun loneSignature() {
        signature?.let { out.said("", it, isThought = false) }
        signature = null
    }
}

private fun JsonWriter.said(text: String, signature: String?, isThought: Boolean) {
    obj {
        name("text").value(text)
        if (isThought) name("thought").any(true)
        signature?.let { name("thoughtSignature").value(it) }
    }
}

private fun JsonWriter.functionCall(call: ToolCall, signature: String?) {
    obj {
        name("functionCall").obj {
            name("id").value(call.id)
            name("name").value(TOOL_NAMES.sent(call.name))
            name("args").raw(Fields.objectOrEmpty(call.arguments))
        }
        signature?.let { name("thoughtSignature").value(it) }
    }
}
