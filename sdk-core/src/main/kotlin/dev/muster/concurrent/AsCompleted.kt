@file:JvmName("AsCompletedKt")

package dev.muster.concurrent

import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.flow

/**
 * A flow of the endings of one call of [call] for each of [items], in the order in which the calls end, with
 * [Completed.pending] counting down to 0.
 *
 * The flow is cold: nothing runs until it is collected, each collector starts all calls anew and at once. A failing
 * call is an [Outcome.Failure] in the flow and stops no other. A collector that leaves early (`first`, `take`, an
 * exception, cancellation) cancels the calls that still run; they have finished when its `collect` returns. A slow
 * collector slows no call down.
 *
 * ```kotlin
 * asCompleted(prompts) { model.ask(it) }.collect { println("${it.item}: ${it.outcome}") }
 * ```
 *
 * @param label names each item's call; by default it is called by its index as text. An exception of this function is
 *   thrown to the collector before any call starts.
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
