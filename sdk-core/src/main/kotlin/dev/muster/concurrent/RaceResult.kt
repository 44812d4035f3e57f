package dev.muster.concurrent

import java.time.Duration
import java.util.Objects

/** The branch that won a [race]: the first that succeeded. */
public class RaceResult<out T> internal constructor(
    /** The branch's position among the branches, from 0. */
    @get:JvmName("index") public val index: Int,
    /** The branch's label. Default: its index as text. */
    @get:JvmName("label") public val label: String,
    /** How long the branch ran. */
    @get:JvmName("elapsed") public val elapsed: Duration,
    /** The value of the branch. */
    @get:JvmName("value") public val value: T,
) {
    override fun equals(other: Any?): Boolean = other is RaceResult<*> &&
        other.index == index &&
        other.label == label &&
        other.elapsed == elapsed &&
        other.value == value

    override fun hashCode(): Int = Objects.hash(index, label, elapsed, value)

    override fun toString(): String = "RaceResult(index=$index, label=$label, elapsed=$elapsed, value=$value)"
}
