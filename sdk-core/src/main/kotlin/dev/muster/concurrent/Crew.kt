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
 * Calls [call] for each item of [source], each in a child coroutine of its own, and emits the endings in the order in
 * which they happen. Every operator of this package is a view of this flow.
 *
 * - [window] says how many items may be under way; who collects tells it when a result is handed on ([Window.leave]).
 * - The first ending for which [ends] holds is the last one emitted: at the moment it happens, on the thread where it
 *   happens, all other calls are cancelled and no further item is pulled. Who settled first decides a tie.
 * - The flow completes, throws or is left only when no child runs any more.
 * - What fails after the end is attached as suppressed to the exception that made the end, if one did.
 * - An exception of [source] itself makes an end too and is thrown when the children have finished.
 * - Where [taker] is an operator, which may be waiting for room, an exception that makes the end interrupts it and is
 *   thrown by this flow in place of being emitted.
 *
 * @param results makes the channel of endings. It must be unlimited, so that a settled child never waits: [window]
 *   bounds how much can be in it.
 */
@Suppress("LongParameterList") // Half of them have a default.
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
    // Thrown here, outside of the scope: a scope may throw a copy, callers are promised the instance itself.
    crew.conclude()?.let { throw it }
}

/** Ends the wait of an operator that collects a flow which has failed. */
@OptIn(ExperimentalCoroutinesApi::class)
private class Interruption :
    CancellationException("The flow has failed that is collected here"),
    CopyableThrowable<Interruption> {
    /** It is known by its class, and never seen. */
    override fun createCopy(): Interruption? = null
}

private class Crew<I, T>(
    private val window: Window,
    private val ends: (Outcome<T>) -> Boolean,
    val results: Channel<Settled<I, T>>,
    private val call: suspend (I) -> T,
) {
    /** What is to be done when an exception makes the end. */
    var interrupt: () -> Unit = {}

    /** The exception that made the end, if one did. */
    var endedBy: Throwable? = null
        private set

    private val lock = Any()
    private var ended = false
    private var sourceFailure: Throwable? = null
    private val late = mutableListOf<Throwable>()

    /**
     * The scope that pulls is the parent of all calls: cancelling it reaches those not yet launched, too.
     *
     * The end is told by a coroutine and not by a completion handler: kotlinx.coroutines hands what a handler throws to
     * nobody who waits, and with it the end would be lost. A coroutine that fails cancels its scope, and that throws.
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
            // Before the next item is asked for, not after it has come: nothing is pulled that cannot start.
            window.awaitRoom()
            goOn()
        }
    }

    /**
     * The ending that ends all makes room in the window, too, and that may be seen before the cancellation that follows
     * it: no item may slip in between.
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
        // After the mark: both may let the next item start, on another thread.
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
        crew.cancel(CancellationException("The source of the items has failed"))
        interrupt()
    }

    /** After the last child: the source's failure, if it made the end. */
    fun conclude(): Throwable? {
        val first = endedBy ?: return null
        val seen = Collections.newSetFromMap(IdentityHashMap<Throwable, Boolean>())
        seen += first
        late.filter { it !is CancellationException && seen.add(it) }.forEach(first::addSuppressed)
        return sourceFailure
    }
}
