package dev.muster.internal

import dev.muster.chat.ChatEvent
import kotlinx.coroutines.flow.FlowCollector

/** The collector of a streamed call, through all its attempts. */
internal class StreamOutput(private val collector: FlowCollector<ChatEvent>) {
    /** Whether something has been handed on: from then on another attempt would tell the answer twice. */
    var used: Boolean = false
        private set

    /** What the attempt that runs, or the last one, has brought. */
    var answer: StreamedAnswer? = null

    /** What the collector threw, which is not the call's own failure. */
    var thrownByCollector: Throwable? = null
        private set

    /** Hands [event] on, and has [watch] know that meanwhile nobody waits for the provider. */
    @Suppress("TooGenericExceptionCaught") // Remembered and thrown on, whatever it is.
    suspend fun emit(event: ChatEvent, watch: TokenWatch?) {
        used = true
        watch?.arrived()
        try {
            collector.emit(event)
        } catch (e: Throwable) {
            thrownByCollector = e
            throw e
        }
        watch?.waiting()
    }
}
