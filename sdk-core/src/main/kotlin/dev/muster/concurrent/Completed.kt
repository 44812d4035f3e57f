package dev.muster.concurrent

import java.time.Duration
import java.util.Objects

/**
 * One call that has ended, well or badly, while others may still run: what [asCompleted] emits, [selectFirst] returns.
 */
public class Completed<out I, out T>(
    /** The call's place in the input, from 0. */
    @get:JvmName("index") public val index: Int,
    /** The item the call was made for; for [selectFirst] the label. */
    @get:JvmName("item") public val item: I,
    /** The call's label; where none was given, its index as text. */
    @get:JvmName("label") public val label: String,
    /** How long the call ran. */
    @get:JvmName("elapsed") public val elapsed: Duration,
    /** How many calls come after this one, in order of completion; 0 for the last. */
    @get:JvmName("pending") public val pending: Int,
    /** How the call ended. */
    @get:JvmName("outcome") public val outcome: Outcome<T>,
) {
    /** Whether the call gave a value. */
    public val isSuccess: Boolean get() = outcome.isSuccess

    /** The call's value; where it failed, its exception is thrown as it is. */
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
