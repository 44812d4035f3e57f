package dev.muster.concurrent

import kotlinx.coroutines.ensureActive
import kotlin.coroutines.CoroutineContext

/** The maximum number of items to read from an [Iterable] that is not a collection, and so may have no end. */
internal const val MAX_UNCOUNTED = 1_000_000

/**
 * Reads all elements for [operator], which needs all of them before it starts. Stops if [context] is cancelled.
 *
 * @param instead the operator to use if there are too many
 * @throws IllegalArgumentException if there are more than [MAX_UNCOUNTED] and this is not a collection
 */
internal fun <I> Iterable<I>.readAll(context: CoroutineContext, operator: String, instead: String): List<I> {
    if (this is Collection) return toList()
    val read = ArrayList<I>()
    for (item in this) {
        context.ensureActive()
        require(read.size < MAX_UNCOUNTED) {
            "$operator got more than $MAX_UNCOUNTED items, which may have no end, but needs all of them before it " +
                "starts: use $instead, or pass a collection"
        }
        read += item
    }
    return read
}
