package dev.muster.openai.internal

/**
 * Collects the tool calls of one streamed response. Their events name their item. But some servers leave out the id or
 * the index of the item, give all items the same index, or change the id from event to event. So the id decides first,
 * then the index, then which call is still open.
 */
internal class ResponseCalls {
    private val calls = ArrayList<Call>(0)

    val all: List<Call> get() = calls

    /** One call. Its whole [input] may be sent more than once; the last one counts. */
    class Call(val itemId: String?, val index: Int?, val callId: String?, val name: String?, val isCustom: Boolean) {
        val input = StringBuilder()
        var isDone = false

        /** Whether its item was marked as done. */
        var isClosed = false
    }

    /** Returns the call of [item], and adds it if it is new. */
    fun begin(index: Int?, item: OutputItem): Call =
        known(item) ?: Call(item.id, index, item.callId, item.name, item.isCustomCall).also { calls += it }

    private fun known(item: OutputItem): Call? = calls.lastOrNull { it.callId != null && it.callId == item.callId }
        ?: item.id?.let { id -> calls.lastOrNull { it.itemId == id && it.callId == item.callId } }

    /** Completes the call of [item]. An item without any id belongs to the last open call of its tool. */
    fun done(index: Int?, item: OutputItem) {
        val isNameless = item.id == null && item.callId == null
        val open = if (isNameless) calls.lastOrNull { !it.isClosed && it.name == item.name } else null
        val call = open ?: begin(index, item)
        call.isClosed = true
        replace(call, if (item.isCustomCall) item.input else item.arguments)
        call.isDone = true
    }

    /** Appends a piece of the input of a call. */
    fun add(event: ResponseEvent) {
        of(event)?.input?.append(event.delta.string())
    }

    /** Sets the whole input of a call, which replaces its pieces: some of them may be missing. */
    fun whole(event: ResponseEvent) {
        val call = of(event) ?: return
        replace(call, event.arguments.jsonText().ifEmpty { event.input.string() })
        call.isDone = true
    }

    private fun replace(call: Call, whole: String) {
        if (whole.isBlank()) return
        call.input.setLength(0)
        call.input.append(whole)
    }

    private fun of(event: ResponseEvent): Call? = event.itemId?.let { id -> calls.lastOrNull { it.itemId == id } }
        ?: event.outputIndex?.let { index -> calls.lastOrNull { it.index == index && !it.isDone } }
        ?: calls.lastOrNull { !it.isDone }
}
