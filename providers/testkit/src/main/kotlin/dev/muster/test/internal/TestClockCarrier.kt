package dev.muster.test.internal

import dev.muster.concurrent.OperatorClock
import dev.muster.spi.CallbackExecutor
import dev.muster.spi.ContextCarrier
import dev.muster.spi.ContextCarrier.Captured
import dev.muster.spi.ContextCarrier.Restored
import kotlin.coroutines.CoroutineContext

/** Which clock holds on which thread, and has the calls that start there, and in their callbacks, run on it. */
internal class TestClockCarrier : ContextCarrier {
    override fun capture(): Captured? = CURRENT.get()?.let(::CapturedClock)

    private class CapturedClock(private val clock: VirtualDispatcher) : Captured {
        override fun restore(): Restored {
            val before = install(clock)
            return Restored { install(before) }
        }

        override fun waiting(): Restored? {
            check(!clock.isOnItsThread) {
                "This thread moves the time of the TestClock, and would wait for it for ever: start the call by " +
                    "executeAsync() and wait by clock.await(…); run code that blocks on a thread of its own, " +
                    "by clock.around(…)"
            }
            return clock.leave()
        }

        override fun coroutineContext(): CoroutineContext =
            clock + OperatorClock(clock.timeSource) + CallbackExecutor(clock.callbacks)
    }

    companion object {
        private val CURRENT = ThreadLocal<VirtualDispatcher?>()

        /** Makes [clock] that of this thread; null for none. Returns the one before. */
        fun install(clock: VirtualDispatcher?): VirtualDispatcher? {
            val before = CURRENT.get()
            if (clock == null) CURRENT.remove() else CURRENT.set(clock)
            return before
        }
    }
}
