package dev.muster.test.internal

import dev.muster.concurrent.OperatorClock
import dev.muster.context.ContextCarrier
import dev.muster.context.ContextCarrier.Captured
import dev.muster.context.ContextCarrier.Restored
import dev.muster.facade.CallbackExecutor
import kotlin.coroutines.CoroutineContext

/** Stores the clock of each thread, and applies it to the calls that start there and to their callbacks. */
internal class TestClockCarrier : ContextCarrier {
    override fun capture(): Captured? = CURRENT.get()?.let(::CapturedClock)

    private class CapturedClock(private val clock: VirtualDispatcher) : Captured {
        override fun restore(): Restored {
            val before = install(clock)
            return Restored { install(before) }
        }

        override fun waiting(): Restored? {
            check(!clock.isOnItsThread) {
                "The thread that advances the TestClock must not block on a call, it would wait forever: start the " +
                    "call with executeAsync() and wait with clock.await(…), or run the blocking code on another " +
                    "thread with clock.around(…)"
            }
            return clock.leave()
        }

        override fun coroutineContext(): CoroutineContext =
            clock + OperatorClock(clock.timeSource) + CallbackExecutor(clock.callbacks)
    }

    companion object {
        private val CURRENT = ThreadLocal<VirtualDispatcher?>()

        /** Sets the clock of this thread; null removes it. Returns the previous one. */
        fun install(clock: VirtualDispatcher?): VirtualDispatcher? {
            val before = CURRENT.get()
            if (clock == null) CURRENT.remove() else CURRENT.set(clock)
            return before
        }
    }
}
