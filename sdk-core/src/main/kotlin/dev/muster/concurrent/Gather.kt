@file:JvmName("GatherKt")

package dev.muster.concurrent

import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.asFlow
import java.util.Collections

/**
 * Runs all [calls] at once and returns their values in the order of the calls.
 *
 * The first failure *in time* is thrown, the very instance; the other calls are cancelled at that moment, and have
 * finished when this function throws. What they threw meanwhile is attached as suppressed. Cancelling the caller
 * cancels every call. There is no limit to how many run at once: for a limit see [mapConcurrent]. No calls give an
 * empty list.
 */
public suspend fun <T> gather(vararg calls: suspend () -> T): List<T> = gather(calls.asList()) { it() }

/**
 * [gather] with one call of [call] for each of [items], which are read once, before the first call starts.
 *
 * ```kotlin
 * val answers = gather(prompts) { model.ask(it) }
 * println(answers)
 * ```
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
 * Runs all [calls] at once and returns how each ended, in the order of the calls. A failing call stops no other and
 * nothing is thrown, but for an [Error]; see [Outcome]. Cancelling the caller cancels every call.
 */
public suspend fun <T> gatherSettled(vararg calls: suspend () -> T): List<Outcome<T>> =
    gatherSettled(calls.asList()) { it() }

/**
 * [gatherSettled] with one call of [call] for each of [items], which are read once, before the first call starts.
 *
 * ```kotlin
 * val outcomes = gatherSettled(prompts) { model.ask(it) }
 * println(outcomes.count { it.isSuccess })
 * ```
 */
public suspend fun <I, T> gatherSettled(items: Iterable<I>, call: suspend (I) -> T): List<Outcome<T>> {
    val inputs = items.readAll(currentCoroutineContext(), "gatherSettled", "mapConcurrent")
    val outcomes = arrayOfNulls<Any?>(inputs.size)
    settled(inputs.asFlow(), Window.unbounded(), { false }, call = call).collect { outcomes[it.index] = it.outcome }
    return outcomes.asResults()
}

/** Every slot has been filled with an [R]. */
@Suppress("UNCHECKED_CAST")
private fun <R> Array<Any?>.asResults(): List<R> = Collections.unmodifiableList(asList()) as List<R>
