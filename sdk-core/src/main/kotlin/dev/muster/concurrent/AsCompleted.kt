@file:JvmName("AsCompletedKt")

package dev.muster.concurrent

import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.flow

/**
 * Returns a flow of how one call of [call] for each of [items] ended, in the order of completion. [Completed.pending]
 * counts down to 0.
 *
 * The flow is cold: nothing runs until it is collected. Each collector starts all calls anew, at the same time. A
 * failed call is an [Outcome.Failure] in the flow and stops no other call. A slow collector does not slow down the
 * calls.
 *
 * A collector that stops early (`first`, `take`, an exception, cancellation) cancels the calls that are still running.
 * They have finished when its `collect` returns.
 *
 * ```kotlin
 * asCompleted(prompts) { model.ask(it) }.collect { println("${it.item}: ${it.outcome}") }
 * ```
 *
 * @param label returns the label of an item's call. Default: its index as text. If it throws, the collector gets the
 *   exception before any call starts.
 * @throws IllegalArgumentException to the collector, if there are more than 1,000,000 items that are not a
 *   [Collection] and so may have no end
 */
public fun <I, T> asCompleted(
    items: Iterable<I>,
    label: ((I) -> String)? = null,
    call: suspend (I) -> T,
): Flow<Completed<I, T>> = flow {
    val inputs = items.readAll(currentCoroutineContext(), "asCompleted", "mapConcurrentUnordered")
    val labels = label?.let(inputs::map)
    var pending = inputs.size
    settled(inputs.asFlow(), Window.unbounded(), { false }, call = call).collect {
        pending--
        emit(Completed(it.index, it.item, labels?.get(it.index) ?: "${it.index}", it.elapsed, pending, it.outcome))
    }
}
