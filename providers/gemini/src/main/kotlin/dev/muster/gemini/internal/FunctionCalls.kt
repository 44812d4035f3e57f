package dev.muster.gemini.internal

import dev.muster.http.codec.CallIds
import dev.muster.http.codec.Fields
import dev.muster.provider.StreamSink
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/**
 * Assembles the tool calls of one response. Usually each call arrives in one part. If `willContinue` is set, its
 * arguments arrive value by value, in later parts that have no name.
 */
internal class FunctionCalls(private val sink: StreamSink, private val ids: CallIds) {
    private val calls = ArrayList<Call>(1)

    val count: Int get() = calls.size

    /** Whether a call has started whose arguments are not complete. */
    val isOpen: Boolean get() = calls.any { it.open != null }

    /** Adds [json], a call or a piece of one; returns whether its arguments could be parsed. */
    suspend fun take(json: JsonObject, signature: String?): Boolean {
        val id = json["id"].string()
        val name = json["name"].string().orEmpty()
        val pieces = json["partialArgs"].objects()
        val goesOn = (json["willContinue"] as? JsonPrimitive)?.content == "true"
        val known = continued(id, name)
        // An empty object ends a call. Here there is no call to end.
        if (known == null && json.isEmpty()) return true
        val call = known ?: begin(id, name)
        signature?.let { sink.toolCallSignature(call.index, it) }
        if (!goesOn && pieces.isEmpty() && call.open == null) {
            whole(call, argumentsOf(json))
            return true
        }
        val open = call.open ?: PartialArguments().also { open(call, it) }
        (json["args"] as? JsonObject)?.let(open::addAll)
        val areRead = pieces.all(open::add)
        // If the call continues, the empty piece only signals progress.
        if (goesOn) sink.toolCall(call.index, null, null, "") else close(call, open, isWhole = true)
        return areRead
    }

    /** Called if the token limit cut the open calls: leaves their arguments incomplete, so that they are not valid. */
    suspend fun cut() {
        calls.forEach { call -> call.open?.let { close(call, it, isWhole = false) } }
    }

    /** Returns the call that a part with [id] and [name] continues; each of them may be missing. */
    private fun continued(id: String?, name: String): Call? = calls.lastOrNull {
        val fits = (name.isEmpty() || name == it.name) && (id == null || id == it.given)
        // Some gateways send the name first and the arguments in a later part without a name.
        fits && (it.open != null || (it.isEmpty && name.isEmpty()))
    }

    private suspend fun begin(id: String?, name: String): Call {
        val call = Call(calls.size, id, name)
        calls += call
        sink.toolCall(call.index, ids.of(id), name, "")
        return call
    }

    private suspend fun whole(call: Call, arguments: String) {
        // Empty arguments are not emitted yet: nothing could be appended after the closing brace.
        if (arguments == NOTHING) return
        call.isEmpty = false
        sink.toolCall(call.index, null, null, arguments)
    }

    private suspend fun open(call: Call, arguments: PartialArguments) {
        call.open = arguments
        call.isEmpty = false
        sink.toolCall(call.index, null, null, "{")
    }

    private suspend fun close(call: Call, arguments: PartialArguments, isWhole: Boolean) {
        call.open = null
        val rest = arguments.toString().substring(1)
        sink.toolCall(call.index, null, null, if (isWhole) rest else rest.dropLast(1))
    }

    private class Call(val index: Int, val given: String?, val name: String) {
        /** Whether no arguments have arrived. */
        var isEmpty = true

        /** The arguments so far, if more will arrive; otherwise null. */
        var open: PartialArguments? = null
    }

    private companion object {
        const val NOTHING = "{}"

        /** Some gateways send the object as text. */
        fun argumentsOf(json: JsonObject): String = Fields.json(json["args"]).ifBlank { NOTHING }
    }
}
