package dev.muster.batch

import java.util.Objects

/** The progress of a batch. [done] takes each value from 1 to the number of items once, in order. */
public class BatchProgress internal constructor(
    /** The number of items that have ended. */
    @get:JvmName("done") public val done: Int,
    /** The number of all items. Null if the source is a flow; always set for an `Iterable`. */
    @get:JvmName("total") public val total: Int?,
    /** The number of items that succeeded. */
    @get:JvmName("succeeded") public val succeeded: Int,
) {
    /** The number of items that failed. */
    @get:JvmName("failed")
    public val failed: Int get() = done - succeeded

    override fun equals(other: Any?): Boolean =
        other is BatchProgress && other.done == done && other.total == total && other.succeeded == succeeded

    override fun hashCode(): Int = Objects.hash(done, total, succeeded)

    override fun toString(): String = "$done/${total ?: "?"} ($succeeded ok, $failed failed)"
}
