package dev.muster.gemini.internal

import dev.muster.http.CallIds
import dev.muster.http.Fields
import dev.muster.spi.StreamSink
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/**
 * Puts together the calls of one answer. As a rule each comes whole. Where `willContinue` says that there is more, its
 * arguments come value by value, by parts that have no name.
 */
internal class FunctionCalls(private val sink: StreamSink, private val ids: CallIds) {
    private val calls = ArrayList<Call>(1)

    val count: Int get() = calls.size

    /** Whether a call has begun whose arguments are not whole. */
    val isOpen: Boolean get() = calls.any { it.open != null }

    /** Takes [json], a call or a piece of one; returns whether its arguments could be read. */
    suspend fun take(json: JsonObject, signature: String?): Boolean {
        val id = json["id"].string()
        val name = json["name"].string().orEmpty()
        val pieces = json["partialArgs"].objects()
        val goesOn = (json["willContinue"] as? JsonPrimitive)?.content == "true"
        val known = continued(id, name)
        // What ends a call says nothing else: here there is none to end.
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
        // Nothing new, but a sign of life.
        if (goesOn) sink.toolCall(call.index, null, null, "") else close(call, open, isWhole = true)
        return areRead
    }

    /** The token limit has cut the calls that are open: what there is of their arguments does not pass for all. */
    suspend fun cut() {
        calls.forEach { call -> call.open?.let { close(call, it, isWhole = false) } }
    }

    /** The call that a part with [id] and [name] goes on with; each may be missing. */
    private fun continued(id: String?, name: String): Call? = calls.lastOrNull {
        val fits = (name.isEmpty() || name == it.name) && (id == null || id == it.given)
        // Some gateways send a name first, and arguments without one behind it.
        fits && (it.open != null || (it.isEmpty && name.isEmpty()))
    }

    private suspend fun begin(id: String?, name: String): Call {
        val call = Call(calls.size, id, name)
        calls += call
        sink.toolCall(call.index, ids.of(id), name, "")
        return call
    }

    private suspend fun whole(call: Call, arguments: String) {
        // None are the same as an empty object, behind which nothing could be written any more.
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
        /** Whether no arguments have come. */
        var isEmpty = true

        /** The arguments so far, where more are to come. */
        var open: PartialArguments? = null
    }

    private companion object {
        const val NOTHING = "{}"

        /** Some gateways send the text of the object. */
        fun argumentsOf(json: JsonObject): String = Fields.json(json["args"]).ifBlank { NOTHING }
    }
}
