package dev.muster.spi

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
 * Runs coroutines on the user's [executor], with what [carried] holds current. For facades over the core.
 *
 * Both are the user's code. Where either throws in place of running a coroutine, that would wait for ever: it runs on a
 * thread of kotlinx.coroutines', after [failed] has been given what was thrown, to end the coroutine with it.
 */
public class CarryingDispatcher(
    private val executor: Executor,
    private val carried: CarriedContext?,
    private val failed: Consumer<Throwable>,
) : CoroutineDispatcher() {
    /** [context] with this dispatcher for its own, which goes on to keep the time if it has one, as a test's clock. */
    @OptIn(InternalCoroutinesApi::class) // Delay is how a dispatcher says that it has timers of its own.
    public fun over(context: CoroutineContext): CoroutineContext {
        val timers = context[ContinuationInterceptor] as? Delay
        return context + if (timers == null) this else Timed(this, timers)
    }

    @Suppress("TooGenericExceptionCaught") // It is told.
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

        @Suppress("TooGenericExceptionCaught") // It is told.
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

        /** False where the block runs, or has run: an executor may throw after that, too. */
        fun runElsewhere(failure: Throwable): Boolean {
            if (!begun.compareAndSet(false, true)) return false
            failed.accept(failure)
            Dispatchers.IO.dispatch(context, block)
            return true
        }
    }
}

/** Runs coroutines on [dispatcher], and lets [timers] keep their time. */
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
