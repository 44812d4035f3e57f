package dev.muster.concurrent

import kotlinx.coroutines.ensureActive
import kotlin.coroutines.CoroutineContext

/** How many items are read of what is not a collection, and may have no end, where all are needed at first. */
internal const val MAX_UNCOUNTED = 1_000_000

/**
 * The elements, read for [operator], which needs them all. Reading ends where [context] is cancelled.
 *
 * @param instead what to use where there are too many
 * @throws IllegalArgumentException if there are more than [MAX_UNCOUNTED] and this is not a collection
 */
internal fun <I> Iterable<I>.readAll(context: CoroutineContext, operator: String, instead: String): List<I> {
    if (this is Collection) return toList()
    val read = ArrayList<I>()
    for (item in this) {
        context.ensureActive()
        require(read.size < MAX_UNCOUNTED) {
            "$operator was given more than $MAX_UNCOUNTED items, which may have no end, and needs all of them before " +
                "it starts. Use $instead, or pass a collection"
        }
        read += item
    }
    return read
}
