package dev.muster.internal

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.job
import kotlin.coroutines.Continuation
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.intrinsics.COROUTINE_SUSPENDED
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn

/**
 * The collector of a streamed call, through all its attempts. It has its turns in [context], that of the whole call,
 * and not in that of the attempt: kotlinx.coroutines keeps a continuation for a collector that waits for room in a
 * channel, and where the job of its first wait has ended it may take that for its own cancellation. So a flow that
 * emits from a scope and again after it breaks, once in many thousand times, what buffers it.
 */
internal class StreamOutput(
    private val collector: FlowCollector<ChatEvent>,
    private val request: ChatRequest,
    private val context: CoroutineContext,
) {
    /** Whether something has been handed on: from then on another attempt would tell the answer twice. */
    var used: Boolean = false
        private set

    /** What the attempt that runs, or the last one, has brought. */
    var answer: StreamedAnswer? = null

    /** What the collector threw, which is not the call's own failure. */
    var thrownByCollector: Throwable? = null
        private set

    /** What the attempt that runs, or the last one, has used so far; null where nobody can tell. */
    fun tokensSoFar(): Long? = answer?.tokensSoFar(request)

    /** Why no other attempt may be made: what has been handed on; null where nothing has. */
    fun handedOn(): String? = when {
        !used -> null
        answer?.partialText != null -> "part of the answer has been handed on, which another attempt would tell again"
        else -> "reasoning has been handed on, which another attempt would tell again"
    }

    private val turn = Turn()

    /** Hands [event] on, and has [watch] know that meanwhile nobody waits for the provider. */
    suspend fun emit(event: ChatEvent, watch: TokenWatch): Unit =
        suspendCoroutineUninterceptedOrReturn { turn.begin(event, watch, it) }

    /** The attempt is being cancelled: so is the turn that the collector may have. */
    fun interrupt() {
        // Before the first turn there is none, and the call may go on with another attempt.
        if (used) context.job.cancel(CancellationException("The stream has ended while its collector had its turn"))
    }

    /**
     * The collector's turn, in the place of the continuation that the compiler would make for each event: there may be
     * thousands, one after the other.
     */
    private inner class Turn : Continuation<Unit> {
        private var watch: TokenWatch? = null
        private var caller: Continuation<Unit>? = null

        @Suppress("TooGenericExceptionCaught") // Remembered and thrown on, whatever it is.
        fun begin(event: ChatEvent, watch: TokenWatch, caller: Continuation<Unit>): Any? {
            caller.context.ensureActive()
            used = true
            this.watch = watch
            this.caller = caller
            val outcome =
                try {
                    EMIT(collector, event, this)
                } catch (e: Throwable) {
                    thrownByCollector = e
                    throw e
                }
            if (outcome !== COROUTINE_SUSPENDED) watch.waiting()
            return outcome
        }

        override val context: CoroutineContext get() = this@StreamOutput.context

        override fun resumeWith(result: Result<Unit>) {
            result.onSuccess { watch?.waiting() }.onFailure { thrownByCollector = it }
            caller!!.resumeWith(result)
        }
    }

    private companion object {
        @Suppress("UNCHECKED_CAST") // What a suspend function is on the JVM.
        val EMIT =
            FlowCollector<ChatEvent>::emit as (FlowCollector<ChatEvent>, ChatEvent, Continuation<Unit>) -> Any?
    }
}
