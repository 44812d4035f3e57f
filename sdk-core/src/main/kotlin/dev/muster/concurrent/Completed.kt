package dev.muster.concurrent

import java.time.Duration
import java.util.Objects

/** A call that has ended while others may still run, as emitted by [asCompleted] and returned by [selectFirst]. */
public class Completed<out I, out T> internal constructor(
    /** The call's position in the input, from 0. */
    @get:JvmName("index") public val index: Int,
    /** The item of the call. For [selectFirst]: the label. */
    @get:JvmName("item") public val item: I,
    /** The call's label. Default: its index as text. */
    @get:JvmName("label") public val label: String,
    /** How long the call ran. */
    @get:JvmName("elapsed") public val elapsed: Duration,
    /** The number of calls that come after this one in the order of completion. 0 for the last one. */
    @get:JvmName("pending") public val pending: Int,
    /** How the call ended. */
    @get:JvmName("outcome") public val outcome: Outcome<T>,
) {
    /** Whether the call succeeded. */
    public val isSuccess: Boolean get() = outcome.isSuccess

    /** Returns the call's value. If the call failed, throws its exception, the same instance. */
    public fun getOrThrow(): T = outcome.getOrThrow()

    override fun equals(other: Any?): Boolean = other is Completed<*, *> &&
        other.index == index &&
        other.item == item &&
        other.label == label &&
        other.elapsed == elapsed &&
        other.pending == pending &&
        other.outcome == outcome

    override fun hashCode(): Int = Objects.hash(index, item, label, elapsed, pending, outcome)

    override fun toString(): String =
        "Completed(index=$index, item=$item, label=$label, elapsed=$elapsed, pending=$pending, outcome=$outcome)"
}
