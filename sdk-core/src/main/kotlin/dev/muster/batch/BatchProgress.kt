package dev.muster.batch

import java.util.Objects

/** How far a batch is. [done] takes each value from 1 to the number of items once, in order. */
public class BatchProgress(
    /** How many items have ended. */
    @get:JvmName("done") public val done: Int,
    /** How many items there are; null where the source does not say. A batch over an `Iterable` always knows. */
    @get:JvmName("total") public val total: Int?,
    /** How many items gave a value. */
    @get:JvmName("succeeded") public val succeeded: Int,
) {
    /** How many items failed. */
    @get:JvmName("failed")
    public val failed: Int get() = done - succeeded

    override fun equals(other: Any?): Boolean =
        other is BatchProgress && other.done == done && other.total == total && other.succeeded == succeeded

    override fun hashCode(): Int = Objects.hash(done, total, succeeded)

    override fun toString(): String = "$done/${total ?: "?"} ($succeeded ok, $failed failed)"
}
