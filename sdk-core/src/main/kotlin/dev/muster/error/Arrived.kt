package dev.muster.error

import dev.muster.chat.Usage
import kotlinx.coroutines.TimeoutCancellationException
import java.util.concurrent.CancellationException

/**
 * What had arrived of a stream that was cancelled, kept with the reason of its cancellation as suppressed: a deadline
 * that is that reason looks there for what it has to report.
 */
internal class Arrived private constructor(val text: String?, val usage: Usage?) :
    Exception("A stream was cancelled", null, false, false) {
    companion object {
        /** Keeps [text] and [usage], if there is any, with [reason], where that is a limit of time. */
        fun keep(reason: CancellationException, text: String?, usage: Usage?) {
            val limit = first(reason) as? TimeoutCancellationException ?: return
            if (text != null || usage != null) limit.addSuppressed(Arrived(text, usage))
        }

        /** What was kept with [reason]; null where that is nothing, or of several streams. */
        fun of(reason: Throwable): Arrived? = first(reason).suppressed.filterIsInstance<Arrived>().singleOrNull()

        /** All that were cancelled for one reason have it at the end of their causes, some behind copies of it. */
        private fun first(reason: Throwable): Throwable =
            generateSequence(reason) { it.cause as? CancellationException }.take(MAX_CAUSES).last()

        private const val MAX_CAUSES = 16
    }
}
