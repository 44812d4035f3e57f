package dev.muster.spi

import dev.muster.concurrent.forEachSurely
import kotlinx.coroutines.currentCoroutineContext
import java.util.ServiceLoader
import java.util.concurrent.Callable
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext

/**
 * Takes what belongs to a thread, such as SLF4J's MDC or a trace, along with a call: captured where the call is
 * started, restored around user code that runs for it on another thread. Found by `java.util.ServiceLoader`; MDC's is
 * built in.
 */
public interface ContextCarrier {
    /** What is current on this thread, or null where that is nothing. Called often: be quick. */
    public fun capture(): Captured?

    /** What was captured. */
    public fun interface Captured {
        /** Makes it current on this thread. Closing the result, on this thread, puts back what was there before. */
        public fun restore(): Restored

        /** What the call's coroutines run with besides, such as a test's clock. Nothing by default. */
        public fun coroutineContext(): CoroutineContext = EmptyCoroutineContext

        /**
         * Told on the thread that is about to wait for the call, in a blocking method; what it gives is closed, on any
         * thread, before that one is woken. Nothing by default. What it throws the method throws, and the call is
         * cancelled: so a test's clock refuses the thread that has to move its time.
         */
        public fun waiting(): Restored? = null
    }

    /** Puts back what was there. */
    public fun interface Restored : AutoCloseable {
        override fun close()
    }
}

/** What all [ContextCarrier]s have captured where a call was started. */
public class CarriedContext private constructor(private val captured: List<ContextCarrier.Captured>) :
    AbstractCoroutineContextElement(CarriedContext) {
    /** [task] with what was captured current while it runs. */
    public fun <T> around(task: Callable<T>): Callable<T> = Callable {
        val restored = restore()
        try {
            task.call()
        } finally {
            restored.close()
        }
    }

    /** Makes what was captured current on this thread; all of it or, where one throws, nothing. */
    public fun restore(): ContextCarrier.Restored = all { it.restore() }

    /** What [begin] gives for each, to be closed as one, in the opposite order. */
    @Suppress("TooGenericExceptionCaught") // It is thrown on.
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

    /** [task] with what was captured current while it runs. */
    public fun around(task: Runnable): Runnable = Runnable { around(Callable { task.run() }).call() }

    /** Tells what was captured that this thread is about to wait: see [ContextCarrier.Captured.waiting]. */
    public fun waiting(): ContextCarrier.Restored? {
        var waits = false
        val all = all { one -> one.waiting()?.also { waits = true } }
        return if (waits) all else null
    }

    /** What a call runs in that would run in [base] if nothing had been captured. */
    public fun over(base: CoroutineContext): CoroutineContext =
        captured.fold(base + this) { context, one -> context + one.coroutineContext() }

    /** Captures. */
    public companion object Key : CoroutineContext.Key<CarriedContext> {
        private val CARRIERS: List<ContextCarrier> =
            ServiceLoader.load(ContextCarrier::class.java, ContextCarrier::class.java.classLoader).toList()

        /** What is current on this thread, or null where that is nothing. */
        @JvmStatic
        public fun capture(): CarriedContext? {
            val captured = CARRIERS.mapNotNull { it.capture() }
            return if (captured.isEmpty()) null else CarriedContext(captured)
        }
    }
}

/** Runs [code], the user's, with what the call that it runs for carries. */
internal suspend fun <T> carried(code: () -> T): T {
    val carried = currentCoroutineContext()[CarriedContext] ?: return code()
    return carried.around(Callable(code)).call()
}
