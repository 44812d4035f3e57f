package dev.muster.resilience

import dev.muster.error.ErrorContext
import dev.muster.resilience.ConcurrencyLimiter.Ending
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions
import org.jetbrains.lincheck.datastructures.Operation
import org.jetbrains.lincheck.datastructures.StressOptions
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

/**
 * No interleaving of acquiring, releasing and cancelling loses a permit or hands one out twice.
 *
 * Slow, because the threads spin while they wait for each other: on a machine with busy processes the 14 seconds of the
 * short test become more than ten minutes.
 */
@Tag("slow")
@Timeout(1800)
class ConcurrencyLimiterLincheckTest {
    private val limiter = ConcurrencyLimiter.fixed(2)

    @Operation(cancellableOnSuspension = true, promptCancellation = true)
    suspend fun acquire(): Int = limiter.acquire(ErrorContext.NONE)

    @Operation
    fun release(): Unit = limiter.release(0, Ending.OTHER)

    @Operation
    fun waiting(): Int = limiter.waiting

    @Test
    fun `C18 the slots are linearizable`() = ModelCheckingOptions()
        .iterations(10)
        .invocationsPerIteration(300)
        .check(this::class)

    @Test
    fun `C18 the slots are linearizable, for longer`() {
        ModelCheckingOptions().iterations(100).threads(3).invocationsPerIteration(2_000).check(this::class)
        StressOptions().iterations(100).threads(3).invocationsPerIteration(5_000).check(this::class)
    }
}
