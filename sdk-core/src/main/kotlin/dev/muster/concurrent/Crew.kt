package dev.muster.concurrent

import dev.muster.concurrent.internal.Taker
import kotlinx.coroutines.CopyableThrowable
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancel
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import java.util.Collections
import java.util.IdentityHashMap
import java.util.concurrent.CancellationException
import kotlin.time.TimeMark
import kotlin.time.toJavaDuration

/**
 * Runs [call] for each item of [source], each in its own child coroutine, and emits the results in the order of
 * completion. Every operator of this package is built on this flow.
 *
 * - [window] limits the items in progress. The collector reports each result it has handed over ([Window.leave]).
 * - The first result for which [ends] is true is the last one emitted. At the moment it occurs, on the thread where it
 *   occurs, all other calls are cancelled and no further item is pulled. Of two results at the same time, the first
 *   one recorded counts.
 * - The flow completes, throws or is abandoned only when no child is running.
 * - Later failures are added as suppressed exceptions to the exception that ended the flow, if one did.
 * - An exception of [source] also ends the flow. It is thrown when the children have finished.
 * - If [taker] is an operator, it may be waiting for room. An exception that ends the flow then interrupts it and is
 *   thrown by this flow instead of being emitted.
 *
 * @param results creates the channel of results. It must be unlimited, so that a finished child never waits. [window]
 *   limits its content.
 */
@Suppress("LongParameterList") // Two of them have defaults.
internal fun <I, T> settled(
    source: Flow<I>,
    window: Window,
    ends: (Outcome<T>) -> Boolean,
    taker: Taker = Taker.ANYBODY,
    results: () -> Channel<Settled<I, T>> = { Channel(Channel.UNLIMITED) },
    call: suspend (I) -> T,
): Flow<Settled<I, T>> = flow {
    val crew = Crew(window, ends, results(), call)
    try {
        coroutineScope {
            if (taker == Taker.OPERATOR) crew.interrupt = { cancel(Interruption()) }
            crew.start(this, source)
            for (result in crew.results) emit(result)
        }
    } catch (_: Interruption) {
        crew.conclude()
        throw checkNotNull(crew.endedBy)
    }
    // Thrown outside the scope: a scope may throw a copy, but callers are promised the same instance.
    crew.conclude()?.let { throw it }
}

/** Interrupts an operator that collects a flow which has failed. */
@OptIn(ExperimentalCoroutinesApi::class)
private class Interruption :
    CancellationException("The collected flow failed"),
    CopyableThrowable<Interruption> {
    /** Not copied: it is only caught by its class and never seen. */
    override fun createCopy(): Interruption? = null
}

private class Crew<I, T>(
    private val window: Window,
    private val ends: (Outcome<T>) -> Boolean,
    val results: Channel<Settled<I, T>>,
    private val call: suspend (I) -> T,
) {
    /** Runs when an exception ends the flow. */
    var interrupt: () -> Unit = {}

    /** The exception that ended the flow, if one did. */
    var endedBy: Throwable? = null
        private set

    private val lock = Any()
    private var ended = false
    private var sourceFailure: Throwable? = null
    private val late = mutableListOf<Throwable>()

    /**
     * Starts pulling. The scope that pulls is the parent of all calls, so cancelling it also reaches calls that are
     * not launched yet.
     *
     * The end is reported by a coroutine, not by a completion handler: kotlinx.coroutines does not deliver an
     * exception of a handler to any waiting coroutine, and the end would be lost. A coroutine that fails cancels its
     * scope, and the scope throws.
     */
    fun start(scope: CoroutineScope, source: Flow<I>) {
        scope.launch(Taker.OPERATOR) {
            try {
                coroutineScope {
                    val pulled = settle { pull(source) }
                    if (pulled is Outcome.Failure) sourceFailed(pulled.exception, coroutineContext.job)
                }
            } finally {
                results.close()
            }
        }
    }

    private suspend fun CoroutineScope.pull(source: Flow<I>) {
        var next = 0
        source.collect { item ->
            goOn()
            val index = next++
            window.enter()
            launch(Taker.ANYBODY) { run(index, item, this@pull.coroutineContext.job) }
            // Before the next item is pulled, not after: an item is pulled only when it can start.
            window.awaitRoom()
            goOn()
        }
    }

    /**
     * Suspends if the flow has ended. The result that ends the flow also makes room in the window, and that room may
     * be visible before the cancellation. No item may start in between.
     */
    private suspend fun CoroutineScope.goOn() {
        ensureActive()
        if (synchronized(lock) { ended }) awaitCancellation()
    }

    private suspend fun run(index: Int, item: I, crew: Job) {
        val clock = startClock()
        val outcome = settle { call(item) }
        if (record(index, item, clock, outcome)) {
            crew.cancel(CancellationException("The operator has its result"))
            if (!outcome.isSuccess) interrupt()
        }
    }

    private fun record(index: Int, item: I, clock: TimeMark, outcome: Outcome<T>): Boolean = synchronized(lock) {
        if (ended) {
            outcome.exceptionOrNull()?.let(late::add)
            return false
        }
        ended = ends(outcome)
        if (ended) endedBy = outcome.exceptionOrNull()
        // After the flow is marked as ended: both calls may let the next item start, on another thread.
        window.settled(index)
        results.trySend(Settled(index, item, clock.elapsedNow().toJavaDuration(), outcome))
        ended
    }

    private fun sourceFailed(exception: Throwable, crew: Job) {
        synchronized(lock) {
            if (ended) {
                late += exception
                return
            }
            ended = true
            endedBy = exception
            sourceFailure = exception
        }
        crew.cancel(CancellationException("The source of the items failed"))
        interrupt()
    }

    /** Call it after the last child. Returns the source's failure, if that ended the flow. */
    fun conclude(): Throwable? {
        val first = endedBy ?: return null
        val seen = Collections.newSetFromMap(IdentityHashMap<Throwable, Boolean>())
        seen += first
        late.filter { it !is CancellationException && seen.add(it) }.forEach(first::addSuppressed)
        return sourceFailure
    }
}
