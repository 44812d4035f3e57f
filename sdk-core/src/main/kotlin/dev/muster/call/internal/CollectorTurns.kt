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
 * Emits the events of a stream to its collector, in all attempts of the call.
 *
 * The collector runs in [context], the context of the whole call, not of the attempt. kotlinx.coroutines reuses the
 * continuation of a collector that waits for room in a channel. If the job of its first wait has ended, it may take
 * that for its own cancellation: a flow that emits inside a scope, and again after it, then fails once in thousands of
 * runs.
 */
internal class CollectorTurns(private val collector: FlowCollector<ChatEvent>, private val context: CoroutineContext) {
    /** Whether the collector has received an event. */
    var used: Boolean = false
        private set

    /** The exception that the collector threw. It is not a failure of the call. */
    var thrown: Throwable? = null
        private set

    private val turn = Turn()

    /** Emits [event] to the collector. Tells [watch] when the collector is done: it does not wait for the provider. */
    suspend fun emit(event: ChatEvent, watch: SilenceWatch): Unit =
        suspendCoroutineUninterceptedOrReturn { turn.begin(event, watch, it) }

    /** Emits [event] to the collector while no attempt runs. */
    suspend fun emit(event: ChatEvent): Unit = collector.emit(event)

    /** Cancels the collector, if it is running, because the attempt is being cancelled. */
    fun interrupt() {
        // Before the first event the collector is not running, and the call may continue with another attempt.
        if (used) context.job.cancel(CancellationException("The stream ended while its collector was running"))
    }

    /** One continuation for all events, of which there may be thousands. The compiler would create one for each. */
    private inner class Turn : Continuation<Unit> {
        private var watch: SilenceWatch? = null
        private var caller: Continuation<Unit>? = null

        @Suppress("TooGenericExceptionCaught") // It is rethrown.
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
        @Suppress("UNCHECKED_CAST") // A suspend function has this type on the JVM.
        val EMIT =
            FlowCollector<ChatEvent>::emit as (FlowCollector<ChatEvent>, ChatEvent, Continuation<Unit>) -> Any?
    }
}
