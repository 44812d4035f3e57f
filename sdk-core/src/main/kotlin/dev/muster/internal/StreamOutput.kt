package dev.muster.internal

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import kotlinx.coroutines.flow.FlowCollector
import kotlin.coroutines.Continuation
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.intrinsics.COROUTINE_SUSPENDED
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn

/** The collector of a streamed call, through all its attempts. */
internal class StreamOutput(private val collector: FlowCollector<ChatEvent>, private val request: ChatRequest) {
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

    private val turn = Turn()

    /** Hands [event] on, and has [watch] know that meanwhile nobody waits for the provider. */
    suspend fun emit(event: ChatEvent, watch: TokenWatch?) {
        used = true
        watch?.arrived()
        return suspendCoroutineUninterceptedOrReturn { turn.begin(event, watch, it) }
    }

    /**
     * The collector's turn, in the place of the continuation that the compiler would make for each event: there may be
     * thousands, one after the other.
     */
    private inner class Turn : Continuation<Unit> {
        private var watch: TokenWatch? = null
        private var caller: Continuation<Unit>? = null

        @Suppress("TooGenericExceptionCaught") // Remembered and thrown on, whatever it is.
        fun begin(event: ChatEvent, watch: TokenWatch?, caller: Continuation<Unit>): Any? {
            this.watch = watch
            this.caller = caller
            val outcome =
                try {
                    EMIT(collector, event, this)
                } catch (e: Throwable) {
                    thrownByCollector = e
                    throw e
                }
            if (outcome !== COROUTINE_SUSPENDED) watch?.waiting()
            return outcome
        }

        override val context: CoroutineContext get() = caller!!.context

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
