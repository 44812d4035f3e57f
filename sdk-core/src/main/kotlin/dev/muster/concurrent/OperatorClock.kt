package dev.muster.concurrent

import kotlinx.coroutines.currentCoroutineContext
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext
import kotlin.time.TimeMark
import kotlin.time.TimeSource

/**
 * The clock that operators and calls use to measure elapsed time. Default: the system's monotonic clock. Tests on
 * virtual time add `OperatorClock(testScheduler.timeSource)` to the coroutine context.
 */
public class OperatorClock(
    /** The source of the time. */
    public val timeSource: TimeSource,
) : AbstractCoroutineContextElement(Key) {
    /** The key of this context element. */
    public companion object Key : CoroutineContext.Key<OperatorClock>
}

/** The clock of this context. */
internal val CoroutineContext.clock: TimeSource get() = this[OperatorClock]?.timeSource ?: TimeSource.Monotonic

/** Starts a measurement with the clock of the calling coroutine. */
internal suspend fun startClock(): TimeMark = currentCoroutineContext().clock.markNow()
