package dev.muster.batch

import dev.muster.concurrent.Outcome
import java.time.Duration
import java.util.Collections

/** The result of a batch. */
public class BatchReport<out I, out T>(
    results: List<BatchResult<I, T>>,
    /** How long the whole batch took. */
    @get:JvmName("elapsed") public val elapsed: Duration,
) {
    /** One result for each item, in the order of the input. */
    @get:JvmName("results")
    public val results: List<BatchResult<I, T>> = Collections.unmodifiableList(results.toList())

    /** Returns the number of items. */
    public fun total(): Int = results.size

    /** Returns the number of items that succeeded. */
    public fun succeeded(): Int = results.count { it.isSuccess }

    /** Returns the number of items that failed. */
    public fun failed(): Int = total() - succeeded()

    /** Returns the values of the items that succeeded, in the order of the input. */
    public fun values(): List<T> = results.mapNotNull { it.outcome as? Outcome.Success }.map { it.value }

    /** Returns the results of the items that failed, in the order of the input. */
    public fun failures(): List<BatchResult<I, T>> = results.filterNot { it.isSuccess }

    override fun toString(): String =
        "BatchReport(total=${total()}, succeeded=${succeeded()}, failed=${failed()}, elapsed=$elapsed)"
}
