@file:JvmName("PipelineKt")

package dev.muster.concurrent

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.toList

/**
 * Items on their way through stages, all of which work at the same time, each on up to so many items as it may. Results
 * keep the order of the items. A description: nothing runs until [toList] is called or [asFlow] collected, and each of
 * these runs anew.
 *
 * Backpressure goes from end to end: a stage takes an item only when it can start on it, and one whose results nobody
 * takes stops, so that at most the sum of the stages' concurrency and buffers is under way.
 *
 * The first failure in time, in whatever stage or of the source, cancels all that runs in every stage, and is thrown,
 * the very instance, when that has finished. Leaving the flow early does the same.
 */
public class Pipeline<out T> internal constructor(private val flow: Flow<T>) {
    /**
     * A stage that turns each item into what [transform] gives for it, up to [concurrency] at the same time.
     *
     * @param buffer how many results may wait for an earlier item that still runs; twice [concurrency] by default
     * @throws IllegalArgumentException if [concurrency] is below 1 or [buffer] below 0
     */
    @JvmOverloads
    public fun <R> stage(
        concurrency: Int,
        buffer: Int = defaultBuffer(concurrency),
        transform: suspend (T) -> R,
    ): Pipeline<R> = Pipeline(flow.mapConcurrent(concurrency, buffer, transform))

    /** The results, in the order of the items. */
    public fun asFlow(): Flow<T> = flow

    /** Runs all items through and gives all results, in the order of the items. */
    public suspend fun toList(): List<T> = flow.toList()
}

/**
 * A [Pipeline] that [items] go through; add stages to it.
 *
 * ```kotlin
 * val translated = pipeline(topics)
 *     .stage(concurrency = 4) { model.ask("Write a line about $it") }
 *     .stage(concurrency = 2) { model.ask("Translate into French: $it") }
 *     .toList()
 * println(translated)
 * ```
 */
public fun <T> pipeline(items: Iterable<T>): Pipeline<T> = Pipeline(items.asFlow())

/** A [Pipeline] that the items of a flow go through; add stages to it. */
public fun <T> pipeline(items: Flow<T>): Pipeline<T> = Pipeline(items)
