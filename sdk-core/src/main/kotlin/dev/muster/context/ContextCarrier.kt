package dev.muster.context

import dev.muster.concurrent.forEachSurely
import dev.muster.facade.each
import kotlinx.coroutines.currentCoroutineContext
import java.util.ServiceLoader
import java.util.concurrent.Callable
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext

/**
 * Carries thread-bound context, such as SLF4J's MDC or a trace, along with a call. It is captured on the thread that
 * starts the call, and restored around user code that runs for the call on another thread. Implementations are found by
 * `java.util.ServiceLoader`. The one for MDC is built in.
 */
public interface ContextCarrier {
    /** Returns the current context of this thread, or null if there is none. Called often, so it must be fast. */
    public fun capture(): Captured?

    /** The captured context. */
    public fun interface Captured {
        /** Makes it current on this thread. Closing the result, on the same thread, restores the previous context. */
        public fun restore(): Restored

        /** Returns further elements for the context of the call's coroutines, such as a test's clock. Default: none. */
        public fun coroutineContext(): CoroutineContext = EmptyCoroutineContext

        /**
         * Called by a blocking method on the thread that is about to wait for the call. The result is closed, on any
         * thread, before the waiting thread is woken. Default: returns null, nothing to close.
         *
         * If it throws, the call is cancelled and the blocking method throws the same exception. For example, a test's
         * clock rejects a wait on the thread that has to advance its time.
         */
        public fun waiting(): Restored? = null
    }

    /** Restores the previous context when closed. */
    public fun interface Restored : AutoCloseable {
        override fun close()
    }
}

/** The context that all [ContextCarrier]s captured when a call was started. */
public class CarriedContext private constructor(private val captured: List<ContextCarrier.Captured>) :
    AbstractCoroutineContextElement(CarriedContext) {
    /** Returns [task], which then runs with the captured context. */
    public fun <T> around(task: Callable<T>): Callable<T> = Callable {
        val restored = restore()
        try {
            task.call()
        } finally {
            restored.close()
        }
    }

    /** Makes the captured context current on this thread: all of it, or nothing if a carrier throws. */
    public fun restore(): ContextCarrier.Restored = all { it.restore() }

    /** Calls [begin] for each and returns one object that closes all results, in reverse order. */
    @Suppress("TooGenericExceptionCaught") // It is rethrown.
    private fun all(begin: (ContextCarrier.Captured) -> ContextCarrier.Restored?): ContextCarrier.Restored {
        val begun = ArrayList<ContextCarrier.Restored>(captured.size)
        val all = ContextCarrier.Restored { begun.asReversed().forEachSurely { it.close() } }
        try {
            captured.forEach { one -> begin(one)?.let(begun::add) }
        } catch (e: Throwable) {
            all.close()
            throw e
        }
        return all
    }

    /** Returns [task], which then runs with the captured context. */
    public fun around(task: Runnable): Runnable = Runnable { around(Callable { task.run() }).call() }

    /** Reports that this thread is about to wait: see [ContextCarrier.Captured.waiting]. Null: nothing to close. */
    public fun waiting(): ContextCarrier.Restored? {
        var waits = false
        val all = all { one -> one.waiting()?.also { waits = true } }
        return if (waits) all else null
    }

    /** Returns the coroutine context of a call: [base] plus the captured context. */
    public fun over(base: CoroutineContext): CoroutineContext =
        captured.fold(base + this) { context, one -> context + one.coroutineContext() }

    /** Captures the context. */
    public companion object Key : CoroutineContext.Key<CarriedContext> {
        private val CARRIERS: List<ContextCarrier> =
            ServiceLoader.load(ContextCarrier::class.java, ContextCarrier::class.java.classLoader).toList()

        /** Captures the current context of this thread, or returns null if there is none. */
        @JvmStatic
        public fun capture(): CarriedContext? {
            val captured = CARRIERS.mapNotNull { it.capture() }
            return if (captured.isEmpty()) null else CarriedContext(captured)
        }
    }
}

/** Runs user [code] with the carried context of the current call. */
internal suspend fun <T> carried(code: () -> T): T {
    val carried = currentCoroutineContext()[CarriedContext] ?: return code()
    return carried.around(Callable(code)).call()
}
