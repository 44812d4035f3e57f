package dev.muster.batch

import dev.muster.concurrent.Outcome
import java.time.Duration
import java.util.Objects

/** The result of one item of a batch. */
public class BatchResult<out I, out T> internal constructor(
    /** The item's id, unique in its batch. */
    @get:JvmName("id") public val id: String,
    /** The item's position in the input, from 0. */
    @get:JvmName("index") public val index: Int,
    /** The item. */
    @get:JvmName("item") public val item: I,
    metadata: Map<String, String>,
    /** How the item's call ended. */
    @get:JvmName("outcome") public val outcome: Outcome<T>,
    /** How long the item's call ran, not counting the time before it started. */
    @get:JvmName("elapsed") public val elapsed: Duration,
) {
    /** The result of [BatchOptions.metadata] for this item. */
    @get:JvmName("metadata")
    public val metadata: Map<String, String> = java.util.Map.copyOf(metadata)

    /** Whether the call succeeded. */
    public val isSuccess: Boolean get() = outcome.isSuccess

    override fun equals(other: Any?): Boolean = other is BatchResult<*, *> &&
        other.id == id &&
        other.index == index &&
        other.item == item &&
        other.metadata == metadata &&
        other.outcome == outcome &&
        other.elapsed == elapsed

    override fun hashCode(): Int = Objects.hash(id, index, item, metadata, outcome, elapsed)

    override fun toString(): String =
        "BatchResult(id=$id, index=$index, item=$item, metadata=$metadata, outcome=$outcome, elapsed=$elapsed)"
}
