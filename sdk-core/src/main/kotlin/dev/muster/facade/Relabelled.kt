@file:JvmName("Relabelled")

package dev.muster.facade

import dev.muster.annotation.InternalMusterApi
import dev.muster.concurrent.Completed
import dev.muster.concurrent.RaceResult

/** Returns [winner] with [label]. */
@InternalMusterApi
public fun <T> relabelled(winner: RaceResult<T>, label: String): RaceResult<T> =
    RaceResult(winner.index, label, winner.elapsed, winner.value)

/** Returns [completed] with [item] and [label]. */
@InternalMusterApi
public fun <I, T> relabelled(completed: Completed<*, T>, item: I, label: String): Completed<I, T> =
    Completed(completed.index, item, label, completed.elapsed, completed.pending, completed.outcome)
