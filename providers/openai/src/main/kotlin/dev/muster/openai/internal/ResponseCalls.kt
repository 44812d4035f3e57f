package dev.muster.openai.internal

/**
 * The tool calls of one streamed response, while they come. Their events name their item; servers leave out the item's
 * id or its index, give all items one index, or change the id from event to event. So the id decides, then the index,
 * then which call is still open.
 */
internal class ResponseCalls {
    private val calls = ArrayList<Call>(0)

    val all: List<Call> get() = calls

    /** One call; its [input] may be more than once told, and the last counts. */
    class Call(val itemId: String?, val index: Int?, val callId: String?, val name: String?, val isCustom: Boolean) {
        val input = StringBuilder()
        var isDone = false
    }

    /** An item that calls a tool has begun, or is told once more. */
    fun begin(index: Int?, item: OutputItem): Call {
        val known = calls.lastOrNull { it.callId != null && it.callId == item.callId }
            ?: item.id?.let { id -> calls.lastOrNull { it.itemId == id && it.callId == item.callId } }
        return known ?: Call(item.id, index, item.callId, item.name, item.isCustomCall).also { calls += it }
    }

    /** [item] is whole. */
    fun done(index: Int?, item: OutputItem) {
        val call = begin(index, item)
        replace(call, if (item.isCustomCall) item.input else item.arguments)
        call.isDone = true
    }

    /** More of what a call is given. */
    fun add(event: ResponseEvent) {
        of(event)?.input?.append(event.delta.string())
    }

    /** All of what a call is given; counts where the pieces of it did not come, or not all. */
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
