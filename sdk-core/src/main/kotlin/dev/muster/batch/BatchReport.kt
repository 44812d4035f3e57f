package dev.muster.batch

import dev.muster.concurrent.Outcome
import java.time.Duration
import java.util.Collections

/** The result of a batch. */
public class BatchReport<out I, out T> internal constructor(
    results: List<BatchResult<I, T>>,
    /** How long the whole batch took. */
    @get:JvmName("elapsed") public val elapsed: Duration,
) {
    /** One result for each item, in the order of the input. */
    @get:JvmName("results")
    public val results: List<BatchResult<I, T>> = Collections.unmodifiableList(results.toList())

    /** The number of items. */
    @get:JvmName("total")
    public val total: Int get() = results.size

    /** The number of items that succeeded. */
    @get:JvmName("succeeded")
    public val succeeded: Int get() = results.count { it.isSuccess }

    /** The number of items that failed. */
    @get:JvmName("failed")
    public val failed: Int get() = total - succeeded

    /** The values of the items that succeeded, in the order of the input. */
    @get:JvmName("values")
    public val values: List<T> get() = results.mapNotNull { it.outcome as? Outcome.Success }.map { it.value }

    /** The results of the items that failed, in the order of the input. */
    @get:JvmName("failures")
    public val failures: List<BatchResult<I, T>> get() = results.filterNot { it.isSuccess }

    override fun toString(): String =
        "BatchReport(total=$total, succeeded=$succeeded, failed=$failed, elapsed=$elapsed)"
}
