package dev.muster.call.internal

import dev.muster.chat.ChatEvent
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.job
import kotlin.coroutines.Continuation
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.intrinsics.COROUTINE_SUSPENDED
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn

/**
 * Gives the collector of a stream its turns, through all attempts of the call. The turns run in [context], that of the
 * whole call, and not in that of the attempt: kotlinx.coroutines keeps a continuation for a collector that waits for
 * room in a channel, and if the job of its first wait has ended it may take that for its own cancellation. So a flow
 * that emits from a scope and again after it breaks, once in many thousand times, what buffers it.
 */
internal class CollectorTurns(private val collector: FlowCollector<ChatEvent>, private val context: CoroutineContext) {
    /** Whether the collector has had an event. */
    var used: Boolean = false
        private set

    /** What the collector threw, which is not the call's own failure. */
    var thrown: Throwable? = null
        private set

    private val turn = Turn()

    /** Gives [event] to the collector, and has [watch] know that meanwhile nobody waits for the provider. */
    suspend fun emit(event: ChatEvent, watch: SilenceWatch): Unit =
        suspendCoroutineUninterceptedOrReturn { turn.begin(event, watch, it) }

    /** Gives [event] to the collector when no attempt runs. */
    suspend fun emit(event: ChatEvent): Unit = collector.emit(event)

    /** The attempt is being cancelled: cancels the turn that the collector may have. */
    fun interrupt() {
        // Before the first turn there is none, and the call may go on with another attempt.
        if (used) context.job.cancel(CancellationException("The stream has ended while its collector had its turn"))
    }

    /**
     * The collector's turn, in place of the continuation that the compiler would make for each event: there may be
     * thousands, one after the other.
     */
    private inner class Turn : Continuation<Unit> {
        private var watch: SilenceWatch? = null
        private var caller: Continuation<Unit>? = null

        @Suppress("TooGenericExceptionCaught") // Remembered and thrown on, whatever it is.
        fun begin(event: ChatEvent, watch: SilenceWatch, caller: Continuation<Unit>): Any? {
            caller.context.ensureActive()
            used = true
            this.watch = watch
            this.caller = caller
            val outcome =
                try {
                    EMIT(collector, event, this)
                } catch (e: Throwable) {
                    thrown = e
                    throw e
                }
            if (outcome !== COROUTINE_SUSPENDED) watch.waiting()
            return outcome
        }

        override val context: CoroutineContext get() = this@CollectorTurns.context

        override fun resumeWith(result: Result<Unit>) {
            result.onSuccess { watch?.waiting() }.onFailure { thrown = it }
            caller!!.resumeWith(result)
        }
    }

    private companion object {
        @Suppress("UNCHECKED_CAST") // What a suspend function is on the JVM.
        val EMIT =
            FlowCollector<ChatEvent>::emit as (FlowCollector<ChatEvent>, ChatEvent, Continuation<Unit>) -> Any?
    }
}
