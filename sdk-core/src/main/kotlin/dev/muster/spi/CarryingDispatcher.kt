package dev.muster.spi

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CopyableThrowable
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.cancel
import java.util.concurrent.CancellationException
import java.util.concurrent.Executor
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.coroutines.CoroutineContext

/**
 * Runs coroutines on the user's [executor], with what [carried] holds current. For facades over the core.
 *
 * Both are the user's code. Where either throws in place of running the coroutine, that would wait for ever: it is
 * cancelled then, with what was thrown, and ends on a thread of kotlinx.coroutines'. [original] gives what was thrown.
 */
public class CarryingDispatcher(private val executor: Executor, private val carried: CarriedContext?) :
    CoroutineDispatcher() {
    @Suppress("TooGenericExceptionCaught") // The coroutine ends with it.
    override fun dispatch(context: CoroutineContext, block: Runnable) {
        val task = Task(context, block)
        try {
            executor.execute(task)
        } catch (e: Throwable) {
            if (!task.runInstead(e)) throw e
        }
    }

    private inner class Task(private val context: CoroutineContext, private val block: Runnable) : Runnable {
        private val begun = AtomicBoolean()

        @Suppress("TooGenericExceptionCaught") // The coroutine ends with it.
        override fun run() {
            val restored =
                try {
                    carried?.restore()
                } catch (e: Throwable) {
                    runInstead(e)
                    return
                }
            try {
                if (begun.compareAndSet(false, true)) block.run()
            } finally {
                restored?.close()
            }
        }

        /** False where the block runs, or has run: an executor may throw after that, too. */
        fun runInstead(failure: Throwable): Boolean {
            if (!begun.compareAndSet(false, true)) return false
            context.cancel(NotDispatched(failure))
            Dispatchers.IO.dispatch(context, block)
            return true
        }
    }
}

/** Ends a coroutine that cannot be run where it has to be. */
@OptIn(ExperimentalCoroutinesApi::class)
internal class NotDispatched(failure: Throwable) :
    CancellationException("The callback executor or a ContextCarrier has thrown"),
    CopyableThrowable<NotDispatched> {
    init {
        initCause(failure)
    }

    /** Never seen: its cause is told. */
    override fun createCopy(): NotDispatched? = null
}
