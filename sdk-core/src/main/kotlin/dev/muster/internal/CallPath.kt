package dev.muster.internal

import dev.muster.chat.ModelId
import dev.muster.chat.Usage
import dev.muster.concurrent.clock
import dev.muster.concurrent.withinLimit
import dev.muster.error.Arrived
import dev.muster.error.ErrorContext
import dev.muster.error.LlmException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.TimeoutKind
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import dev.muster.resilience.internal.Admission
import dev.muster.resilience.internal.CallState
import dev.muster.resilience.internal.Retrying
import kotlinx.coroutines.currentCoroutineContext
import java.time.Duration
import kotlin.time.TimeMark
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration

/**
 * The way of one model's calls to its provider. From the outside in: the client's life, the total limit, retries,
 * the limiters, the attempt's own limit.
 */
internal class CallPath(
    val id: ModelId,
    val context: ErrorContext,
    private val lifecycle: Lifecycle,
    val timeouts: Timeouts,
    private val retry: RetryPolicy,
    private val retrying: Retrying,
    val admission: Admission,
) {
    /** Runs [block], a call or what belongs to one, for as long as the client is open. */
    suspend fun <T> running(block: suspend () -> T): T = lifecycle.run(block)

    /** Runs a call that is nothing but its attempts. */
    suspend fun <T> run(start: TimeMark, estimate: () -> Long, usage: (T) -> Usage?, attempt: suspend () -> T): T =
        running { attempts(start, estimate, usage, null, attempt) }

    /**
     * Runs [attempt] as often as it takes, within [running].
     *
     * @param estimate the tokens it will use, as far as one can tell
     * @param usage what its value says was used
     * @param output where a stream goes; once something has gone there the attempt is not repeated
     */
    suspend fun <T> attempts(
        start: TimeMark,
        estimate: () -> Long,
        usage: (T) -> Usage?,
        output: StreamOutput?,
        attempt: suspend () -> T,
    ): T = limited(timeouts.total, TimeoutKind.TOTAL) {
        val state = State(start, output)
        retrying.run(retry, state) { number ->
            admission.admit(state, estimate, usage, { output?.tokensSoFar() }) {
                limited(retry.limitOf(number) ?: timeouts.attempt, TimeoutKind.ATTEMPT, attempt)
            }
        }
    }

    private inner class State(private val start: TimeMark, private val output: StreamOutput?) : CallState(context) {
        override fun timeLeft(): Duration? = timeouts.total?.minus(start.elapsedNow().toJavaDuration())

        override fun begun(): String? = output?.handedOn()

        override fun isForeign(failure: LlmException): Boolean = failure === output?.thrownByCollector

        override fun arrived() =
            Arrived(told(), doing(), earlier, output?.answer?.partialText, output?.answer?.partialUsage)
    }

    /** Starts the clock of a call. */
    suspend fun start(): TimeMark = currentCoroutineContext().clock.markNow()

    private suspend fun <T> limited(limit: Duration?, kind: TimeoutKind, block: suspend () -> T): T =
        if (limit == null) block() else withinLimit(limit.toKotlinDuration(), { timeout(limit, kind) }, block)

    private fun timeout(limit: Duration, kind: TimeoutKind) = LlmTimeoutException(
        "$id: no whole answer within ${limit.toMillis()} ms, the ${kind.name.lowercase()} timeout",
        kind,
        limit,
        context,
    )
}
