package dev.muster.concurrent

import kotlinx.coroutines.currentCoroutineContext
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext
import kotlin.time.TimeMark
import kotlin.time.TimeSource

/**
 * The clock by which operators and calls measure what has elapsed. Without one in the context it is the system's
 * monotonic clock; a test on virtual time adds `OperatorClock(testScheduler.timeSource)`.
 */
public class OperatorClock(
    /** Where time is read. */
    public val timeSource: TimeSource,
) : AbstractCoroutineContextElement(Key) {
    /** The key of the element. */
    public companion object Key : CoroutineContext.Key<OperatorClock>
}

/** The clock of this context. */
internal val CoroutineContext.clock: TimeSource get() = this[OperatorClock]?.timeSource ?: TimeSource.Monotonic

/** Starts a measurement by the clock of the calling coroutine. */
internal suspend fun startClock(): TimeMark = currentCoroutineContext().clock.markNow()
