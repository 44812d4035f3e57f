@file:JvmName("MapChunkedKt")

package dev.muster.concurrent

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.flow

/**
 * Maps the items with [transform] in groups of [size]. All items of a group run at the same time.
 *
 * Groups run one after another: the results of a group are emitted, in the order of the items, when its last item has
 * ended; the next group is pulled and started when they are collected. The last group may be smaller.
 *
 * A failure ends its group like [gather] and is thrown; the results of earlier groups have been emitted. A collector
 * that stops early cancels the running items. [mapConcurrent] does not wait for whole groups and is faster.
 *
 * ```kotlin
 * val answers = prompts.mapChunked(size = 3) { model.ask(it) }.toList()
 * println(answers)
 * ```
 *
 * @throws IllegalArgumentException immediately, if [size] is below 1
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

/** Maps the elements of an [Iterable] like [mapChunked]. */
public fun <I, T> Iterable<I>.mapChunked(size: Int, transform: suspend (I) -> T): Flow<T> =
    asFlow().mapChunked(size, transform)
