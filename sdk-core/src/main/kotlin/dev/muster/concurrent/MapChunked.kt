@file:JvmName("MapChunkedKt")

package dev.muster.concurrent

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.flow

/**
 * Maps the items by [transform] in groups of [size], each group at once, with a barrier: a group's results are emitted
 * in the order of the items when its last one is there, and the next group is pulled and started when they are
 * collected. The last group may be smaller.
 *
 * A failure ends the group as [gather] does and is thrown; the results of earlier groups have been emitted. Leaving
 * early cancels what runs. Where no barrier is wanted, [mapConcurrent] is faster.
 *
 * ```kotlin
 * val answers = prompts.mapChunked(size = 3) { model.ask(it) }.toList()
 * println(answers)
 * ```
 *
 * @throws IllegalArgumentException if [size] is below 1, at the call
 */
public fun <I, T> Flow<I>.mapChunked(size: Int, transform: suspend (I) -> T): Flow<T> {
    require(size >= 1) { "size must be at least 1, was $size" }
    return flow {
        val group = mutableListOf<I>()
        collect { item ->
            group += item
            if (group.size == size) {
                gather(group, transform).forEach { emit(it) }
                group.clear()
            }
        }
        gather(group, transform).forEach { emit(it) }
    }
}

/** [mapChunked] over the elements of an [Iterable]. */
public fun <I, T> Iterable<I>.mapChunked(size: Int, transform: suspend (I) -> T): Flow<T> =
    asFlow().mapChunked(size, transform)
