package dev.muster.error

import dev.muster.chat.Usage
import kotlinx.coroutines.TimeoutCancellationException
import java.util.concurrent.CancellationException

/**
 * How far a call had come when it was cancelled, kept with the reason of its cancellation as suppressed: a limit of
 * time that is that reason looks there for what it has to report.
 */
internal class Arrived(
    /** Who was asked, and the attempts so far; without a provider where it is no call but what runs calls again. */
    val context: ErrorContext,
    /** What the call was doing. */
    val doing: String,
    /** Failures of attempts that were followed by another. */
    val earlier: List<LlmException>,
    /** What had arrived of a stream. */
    val text: String?,
    /** What the provider had said of its usage. */
    val usage: Usage?,
) : Exception("A call was cancelled", null, false, false) {
    private val isCall get() = context.provider != null

    companion object {
        private const val MAX_CAUSES = 16
        private const val MAX_EARLIER = 20

        /** Keeps what [arrived] makes with [reason], where that is a limit of time. */
        fun keep(reason: CancellationException, arrived: () -> Arrived) {
            (first(reason) as? TimeoutCancellationException)?.addSuppressed(arrived())
        }

        /**
         * Tells [timeout], whose limit was the [reason], what was kept: all of it where it has cancelled one call, of
         * several the failures, and who was asked where that was one.
         */
        fun tell(reason: CancellationException, timeout: LlmTimeoutException) {
            val all = first(reason).suppressed.filterIsInstance<Arrived>()
            val calls = all.filter { it.isCall }
            val isNamed = timeout.context.provider != null
            val context = timeout.context.toBuilder()
            calls.map { it.context.provider }.distinct().singleOrNull()?.let(context::provider)
            calls.map { it.context.provider to it.context.model }.distinct().singleOrNull()
                ?.let { (_, model) -> context.model(model) }
            val call = calls.singleOrNull()
            call?.context?.attempts?.let(context::attempts)
            timeout.context = context.build()
            timeout.note =
                when {
                    calls.isEmpty() -> null
                    call == null -> "${calls.size} calls were cancelled"
                    isNamed -> call.doing
                    else -> "${call.context.provider}::${call.context.model}: ${call.doing}"
                }
            val stream = all.singleOrNull { it.text != null || it.usage != null }
            timeout.partialText = stream?.text
            timeout.partialUsage = stream?.usage
            all.flatMap { it.earlier }.distinct().take(MAX_EARLIER).forEach(timeout::addSuppressed)
        }

        /** All that were cancelled for one reason have it at the end of their causes, some behind copies of it. */
        private fun first(reason: Throwable): Throwable =
            generateSequence(reason) { it.cause as? CancellationException }.take(MAX_CAUSES).last()
    }
}
