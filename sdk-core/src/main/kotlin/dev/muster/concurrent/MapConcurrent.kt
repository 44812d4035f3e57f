@file:JvmName("MapConcurrentKt")

package dev.muster.concurrent

import dev.muster.concurrent.internal.Taker
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.flow

/**
 * Maps each item by [transform], at most [limit] at a time, and emits the results *in the order of the items*. The next
 * item starts when any running one ends: a window, not groups.
 *
 * Backpressure: items are pulled only when they can start. A result that waits for a slow collector keeps its place in
 * the window, so that at most [limit] items are pulled and not yet collected. A result that waits for an earlier item
 * which still runs gives its place to the next item, up to [buffer] such results (twice [limit] by default); in all, at
 * most [limit] + [buffer] items are ever ahead of the collector. Where one item may take very much longer than the
 * rest, a larger [buffer] keeps the window full behind it.
 *
 * The first failure in time, of [transform] or of this flow, cancels the running items at once; it is thrown, the very
 * instance, when they have finished and the collector has come back; where the collector is a further [mapConcurrent]
 * that cancels what runs in it as well. Results that were waiting for an earlier item are then lost. Leaving early
 * cancels what runs.
 *
 * ```kotlin
 * prompts.mapConcurrent(limit = 4) { model.ask(it) }.collect { println(it) }
 * ```
 *
 * @throws IllegalArgumentException if [limit] is below 1 or [buffer] below 0, at the call
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

/** [mapConcurrent] over the elements of an [Iterable], whose iterator is asked for an item only when it can start. */
public fun <I, T> Iterable<I>.mapConcurrent(
    limit: Int,
    buffer: Int = defaultBuffer(limit),
    transform: suspend (I) -> T,
): Flow<T> = asFlow().mapConcurrent(limit, buffer, transform)

/**
 * Maps each item by [transform], at most [limit] at a time, and emits the results *in the order in which they are
 * ready*.
 *
 * Backpressure: an item keeps its place until its result is handed to the collector, so that at most [limit] items are
 * pulled and not yet collected. A `buffer(n)` after this operator takes n + 1 results off it: n in the buffer, and one
 * that waits for room there.
 *
 * Failures and leaving early are as for [mapConcurrent], but no result that was ready before the failure is lost.
 *
 * ```kotlin
 * prompts.mapConcurrentUnordered(limit = 4) { model.ask(it) }.collect { println(it) }
 * ```
 *
 * @throws IllegalArgumentException if [limit] is below 1, at the call
 */
public fun <I, T> Flow<I>.mapConcurrentUnordered(limit: Int, transform: suspend (I) -> T): Flow<T> {
    requireLimit(limit)
    return flow {
        val window = Window(limit)
        val taker = Taker.of(currentCoroutineContext())
        mapSettled(this@mapConcurrentUnordered, window, taker, transform) { _, value -> handOver(value, window, taker) }
    }
}

/** [mapConcurrentUnordered] over the elements of an [Iterable], whose iterator is asked only for what can start. */
public fun <I, T> Iterable<I>.mapConcurrentUnordered(limit: Int, transform: suspend (I) -> T): Flow<T> =
    asFlow().mapConcurrentUnordered(limit, transform)

/** Twice the limit, as far as an Int goes. */
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

/** Removes what is known to be there, be it null. */
@Suppress("UNCHECKED_CAST")
private fun <T> HashMap<Int, T>.take(key: Int): T = remove(key) as T
