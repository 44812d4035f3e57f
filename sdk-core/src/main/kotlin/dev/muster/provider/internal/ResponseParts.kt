package dev.muster.provider.internal

import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.ToolCall
import dev.muster.chat.estimateTokens

/** The parts of one response, as they arrive. */
internal class ResponseParts {
    val text = StringBuilder()
    val reasoning = StringBuilder()
    val reasoningParts = ArrayList<ContentPart.Reasoning>(0)
    val opaqueParts = ArrayList<ContentPart.Opaque>(0)
    val response: ChatResponse.Builder = ChatResponse.builder()
    private val calls = ArrayList<CallParts>(0)

    /** An estimate of the tokens in all parts. */
    val tokens: Long
        get() = estimateTokens(text) + estimateTokens(reasoning) + calls.sumOf { estimateTokens(it.arguments) }

    fun toolCall(index: Int, id: String?, name: String?, argumentsDelta: String) {
        val call = callAt(index)
        if (!id.isNullOrEmpty()) call.id = id
        if (!name.isNullOrEmpty()) call.name = name
        call.arguments.append(argumentsDelta)
    }

    fun toolCallSignature(index: Int, signature: String) {
        callAt(index).signature = signature
    }

    /** Returns [response] with all parts. */
    fun whole(): ChatResponse.Builder = response
        .text(text.toString())
        .reasoning(if (reasoning.isEmpty()) null else reasoning.toString())
        .reasoningParts(reasoningParts)
        .opaqueParts(opaqueParts)
        .toolCalls(calls.sortedBy { it.index }.map { it.toToolCall() })

    private fun callAt(index: Int) = calls.find { it.index == index } ?: CallParts(index).also { calls += it }

    private class CallParts(val index: Int) {
        var id = ""
        var name = ""
        var signature: String? = null
        val arguments = StringBuilder()

        // Some providers send no arguments at all for a tool that takes none.
        fun toToolCall() = ToolCall(id, name, if (arguments.isBlank()) "{}" else arguments.toString(), signature)
    }
}
