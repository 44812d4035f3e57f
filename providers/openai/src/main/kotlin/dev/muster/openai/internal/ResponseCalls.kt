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

        /** Whether its item was said to be done. */
        var isClosed = false
    }

    /** An item that calls a tool has begun, or is told once more. */
    fun begin(index: Int?, item: OutputItem): Call =
        known(item) ?: Call(item.id, index, item.callId, item.name, item.isCustomCall).also { calls += it }

    private fun known(item: OutputItem): Call? = calls.lastOrNull { it.callId != null && it.callId == item.callId }
        ?: item.id?.let { id -> calls.lastOrNull { it.itemId == id && it.callId == item.callId } }

    /** [item] is whole; one without any id is the last open call of its tool. */
    fun done(index: Int?, item: OutputItem) {
        val isNameless = item.id == null && item.callId == null
        val open = if (isNameless) calls.lastOrNull { !it.isClosed && it.name == item.name } else null
        val call = open ?: begin(index, item)
        call.isClosed = true
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
