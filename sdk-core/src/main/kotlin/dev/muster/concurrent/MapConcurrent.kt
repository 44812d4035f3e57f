@file:JvmName("MapConcurrentKt")

package dev.muster.concurrent

import dev.muster.concurrent.internal.Taker
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.flow

/**
 * Maps each item with [transform], at most [limit] at the same time, and emits the results *in the order of the
 * items*. The next item starts as soon as any running one ends.
 *
 * ### Backpressure
 *
 * An item is pulled only when it can start. A result that waits for a slow collector keeps its slot, so at most
 * [limit] items are pulled and not yet collected.
 *
 * A result that waits for an earlier item that is still running frees its slot for the next item. Up to [buffer]
 * results may wait this way (default: twice [limit]). In total, at most [limit] + [buffer] items are ahead of the
 * collector. If one item may take much longer than the others, a larger [buffer] lets more items run behind it.
 *
 * ### Failure and cancellation
 *
 * The first failure in time, of [transform] or of this flow, cancels the running items at once. It is thrown, as the
 * same exception instance, when they have finished and the collector has returned. If the collector is another
 * [mapConcurrent], its running items are cancelled too. Results that were waiting for an earlier item are lost. A
 * collector that stops early cancels the running items.
 *
 * ```kotlin
 * prompts.mapConcurrent(limit = 4) { model.ask(it) }.collect { println(it) }
 * ```
 *
 * @throws IllegalArgumentException immediately, if [limit] is below 1 or [buffer] is below 0
 */
@JvmOverloads
public fun <I, T> Flow<I>.mapConcurrent(
    limit: Int,
    buffer: Int = defaultBuffer(limit),
    transform: suspend (I) -> T,
): Flow<T> {
    requireLimit(limit)
    require(buffer >= 0) { "buffer must not be negative, was $buffer" }
    return flow {
        val window = Window(limit, buffer)
        val waiting = HashMap<Int, T>()
        var next = 0
        val taker = Taker.of(currentCoroutineContext())
        mapSettled(this@mapConcurrent, window, taker, transform) { index, value ->
            waiting[index] = value
            while (next in waiting) handOver(waiting.take(next++), window, taker)
        }
    }
}

/**
 * Maps the elements of an [Iterable] like [mapConcurrent]. The iterator is asked for an item only when it can start.
 */
public fun <I, T> Iterable<I>.mapConcurrent(
    limit: Int,
    buffer: Int = defaultBuffer(limit),
    transform: suspend (I) -> T,
): Flow<T> = asFlow().mapConcurrent(limit, buffer, transform)

/**
 * Maps each item with [transform], at most [limit] at the same time, and emits the results *in the order of
 * completion*.
 *
 * An item keeps its slot until its result is handed to the collector, so at most [limit] items are pulled and not yet
 * collected. A `buffer(n)` after this operator takes n + 1 results: n are in the buffer, and one waits for room there.
 *
 * Failures and collectors that stop early are handled as in [mapConcurrent], but a result that was ready before the
 * failure is not lost.
 *
 * ```kotlin
 * prompts.mapConcurrentUnordered(limit = 4) { model.ask(it) }.collect { println(it) }
 * ```
 *
 * @throws IllegalArgumentException immediately, if [limit] is below 1
 */
public fun <I, T> Flow<I>.mapConcurrentUnordered(limit: Int, transform: suspend (I) -> T): Flow<T> {
    requireLimit(limit)
    return flow {
        val window = Window(limit)
        val taker = Taker.of(currentCoroutineContext())
        mapSettled(this@mapConcurrentUnordered, window, taker, transform) { _, value -> handOver(value, window, taker) }
    }
}

/**
 * Maps the elements of an [Iterable] like [mapConcurrentUnordered]. The iterator is asked only for items that can
 * start.
 */
public fun <I, T> Iterable<I>.mapConcurrentUnordered(limit: Int, transform: suspend (I) -> T): Flow<T> =
    asFlow().mapConcurrentUnordered(limit, transform)

/** Twice the limit, at most [Int.MAX_VALUE]. */
internal fun defaultBuffer(limit: Int): Int = minOf(limit, Int.MAX_VALUE / 2) * 2

private fun requireLimit(limit: Int) = require(limit >= 1) { "limit must be at least 1, was $limit" }

private suspend fun <T> FlowCollector<T>.handOver(value: T, window: Window, taker: Taker) =
    window.handingOver(taker) { emit(value) }

private suspend inline fun <I, T> mapSettled(
    source: Flow<I>,
    window: Window,
    taker: Taker,
    noinline transform: suspend (I) -> T,
    crossinline onValue: suspend (index: Int, value: T) -> Unit,
) {
    var failure: Throwable? = null
    settled(source, window, { !it.isSuccess }, taker, call = transform).collect { result ->
        when (val outcome = result.outcome) {
            is Outcome.Success -> onValue(result.index, outcome.value)
            is Outcome.Failure -> failure = outcome.exception
        }
    }
    failure?.let { throw it }
}

/** Removes an element that is known to be present and may be null. */
@Suppress("UNCHECKED_CAST")
private fun <T> HashMap<Int, T>.take(key: Int): T = remove(key) as T
