@file:OptIn(InternalMusterApi::class)

package dev.muster.facade

import dev.muster.annotation.InternalMusterApi
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Delay
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.DisposableHandle
import kotlinx.coroutines.InternalCoroutinesApi
import java.util.concurrent.Executor
import java.util.concurrent.atomic.AtomicBoolean
import java.util.function.Consumer
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext

/**
 * Runs coroutines on the user's [executor], with the context in [carried] restored on its threads. For facades over the
 * core.
 *
 * Both are user code. If either throws instead of running a coroutine, the coroutine would wait forever. In that case
 * [failed] gets the exception, so that it can end the coroutine with it, and the coroutine runs on
 * [Dispatchers.IO].
 */
@InternalMusterApi
public class CarryingDispatcher(
    private val executor: Executor,
    private val carried: CarriedContext?,
    private val failed: Consumer<Throwable>,
) : CoroutineDispatcher() {
    /** Returns [context] with this dispatcher. Keeps the timers of its previous dispatcher, such as a test's clock. */
    @OptIn(InternalCoroutinesApi::class) // A dispatcher with its own timers implements Delay.
    public fun over(context: CoroutineContext): CoroutineContext {
        val timers = context[ContinuationInterceptor] as? Delay
        return context + if (timers == null) this else Timed(this, timers)
    }

    @Suppress("TooGenericExceptionCaught") // Reported to failed, or rethrown.
    override fun dispatch(context: CoroutineContext, block: Runnable) {
        val task = Task(context, block)
        try {
            executor.execute(task)
        } catch (e: Throwable) {
            if (!task.runElsewhere(e)) throw e
        }
    }

    private inner class Task(private val context: CoroutineContext, private val block: Runnable) : Runnable {
        private val begun = AtomicBoolean()

        @Suppress("TooGenericExceptionCaught") // Reported to failed.
        override fun run() {
            val restored =
                try {
                    carried?.restore()
                } catch (e: Throwable) {
                    runElsewhere(e)
                    return
                }
            try {
                if (begun.compareAndSet(false, true)) block.run()
            } finally {
                restored?.close()
            }
        }

        /** Returns false if the block is running or has run: an executor may also throw after that. */
        fun runElsewhere(failure: Throwable): Boolean {
            if (!begun.compareAndSet(false, true)) return false
            failed.accept(failure)
            Dispatchers.IO.dispatch(context, block)
            return true
        }
    }
}

/** Runs coroutines on [dispatcher] and delegates their timers to [timers]. */
@OptIn(InternalCoroutinesApi::class)
private class Timed(private val dispatcher: CoroutineDispatcher, private val timers: Delay) :
    CoroutineDispatcher(),
    Delay {
    override fun dispatch(context: CoroutineContext, block: Runnable): Unit = dispatcher.dispatch(context, block)

    override fun scheduleResumeAfterDelay(timeMillis: Long, continuation: CancellableContinuation<Unit>): Unit =
        timers.scheduleResumeAfterDelay(timeMillis, continuation)

    override fun invokeOnTimeout(timeMillis: Long, block: Runnable, context: CoroutineContext): DisposableHandle =
        timers.invokeOnTimeout(timeMillis, block, context)
}
