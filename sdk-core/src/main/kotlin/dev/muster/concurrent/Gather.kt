@file:JvmName("GatherKt")

package dev.muster.concurrent

import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.asFlow
import java.util.Collections

/**
 * Runs all [calls] at the same time and returns their values in the order of the calls. Without calls the list is
 * empty.
 *
 * The first failure *in time* is thrown, as the same exception instance. The other calls are cancelled at that moment
 * and have finished when this function throws. Their later exceptions are added as suppressed exceptions. Cancelling
 * the caller cancels every call.
 *
 * The number of calls that run at the same time is not limited. To limit it, use [mapConcurrent].
 */
public suspend fun <T> gather(vararg calls: suspend () -> T): List<T> = gather(calls.asList()) { it() }

/**
 * Runs [call] for each of [items] like [gather]. The items are read once, before the first call starts.
 *
 * ```kotlin
 * val answers = gather(prompts) { model.ask(it) }
 * println(answers)
 * ```
 *
 * @throws IllegalArgumentException if there are more than 1,000,000 items that are not a [Collection] and so may have
 *   no end
 */
public suspend fun <I, T> gather(items: Iterable<I>, call: suspend (I) -> T): List<T> {
    val inputs = items.readAll(currentCoroutineContext(), "gather", "mapConcurrent")
    val values = arrayOfNulls<Any?>(inputs.size)
    var failure: Throwable? = null
    settled(inputs.asFlow(), Window.unbounded(), { !it.isSuccess }, call = call).collect { result ->
        when (val outcome = result.outcome) {
            is Outcome.Success -> values[result.index] = outcome.value
            is Outcome.Failure -> failure = outcome.exception
        }
    }
    failure?.let { throw it }
    return values.asResults()
}

/**
 * Runs all [calls] at the same time and returns how each ended, in the order of the calls.
 *
 * A failed call stops no other call. Nothing is thrown except an [Error], see [Outcome]. Cancelling the caller cancels
 * every call.
 */
public suspend fun <T> gatherSettled(vararg calls: suspend () -> T): List<Outcome<T>> =
    gatherSettled(calls.asList()) { it() }

/**
 * Runs [call] for each of [items] like [gatherSettled]. The items are read once, before the first call starts.
 *
 * ```kotlin
 * val outcomes = gatherSettled(prompts) { model.ask(it) }
 * println(outcomes.count { it.isSuccess })
 * ```
 *
 * @throws IllegalArgumentException if there are more than 1,000,000 items that are not a [Collection] and so may have
 *   no end
 */
public suspend fun <I, T> gatherSettled(items: Iterable<I>, call: suspend (I) -> T): List<Outcome<T>> {
    val inputs = items.readAll(currentCoroutineContext(), "gatherSettled", "mapConcurrent")
    val outcomes = arrayOfNulls<Any?>(inputs.size)
    settled(inputs.asFlow(), Window.unbounded(), { false }, call = call).collect { outcomes[it.index] = it.outcome }
    return outcomes.asResults()
}

/** Every element is an [R] by now. */
@Suppress("UNCHECKED_CAST")
private fun <R> Array<Any?>.asResults(): List<R> = Collections.unmodifiableList(asList()) as List<R>
