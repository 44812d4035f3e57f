@file:JvmName("PipelineKt")

package dev.muster.concurrent

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.toList

/**
 * Items that pass through stages. All stages work at the same time, each on as many items as its concurrency allows.
 * Results keep the order of the items.
 *
 * A pipeline is a description: nothing runs until [toList] is called or [asFlow] is collected, and each of these runs
 * it anew.
 *
 * Backpressure reaches through all stages: a stage takes an item only when it can start it, and a stage whose results
 * are not taken stops. At most the sum of the stages' concurrency and buffers is in progress.
 *
 * The first failure in time, of any stage or of the source, cancels the running items of every stage. It is thrown, as
 * the same exception instance, when they have finished. A collector that stops early cancels them in the same way.
 */
public class Pipeline<out T> internal constructor(private val flow: Flow<T>) {
    /**
     * Adds a stage that maps each item with [transform], up to [concurrency] items at the same time.
     *
     * @param buffer how many results may wait for an earlier item that is still running. Default: twice [concurrency].
     * @throws IllegalArgumentException if [concurrency] is below 1 or [buffer] is below 0
     */
    @JvmOverloads
    public fun <R> stage(
        concurrency: Int,
        buffer: Int = defaultBuffer(concurrency),
        transform: suspend (T) -> R,
    ): Pipeline<R> = Pipeline(flow.mapConcurrent(concurrency, buffer, transform))

    /** Returns a flow of the results, in the order of the items. */
    public fun asFlow(): Flow<T> = flow

    /** Runs all items through the stages and returns the results, in the order of the items. */
    public suspend fun toList(): List<T> = flow.toList()
}

/**
 * Returns a [Pipeline] for [items] without any stage.
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

/** Returns a [Pipeline] for the items of a flow without any stage. */
public fun <T> pipeline(items: Flow<T>): Pipeline<T> = Pipeline(items)
