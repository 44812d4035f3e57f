package dev.muster.spi

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
        val restored = captured.map { it.restore() }
        try {
            task.call()
        } finally {
            restored.asReversed().forEach { it.close() }
        }
    }

    /** [task] with what was captured current while it runs. */
    public fun around(task: Runnable): Runnable = Runnable { around(Callable { task.run() }).call() }

    /** Tells what was captured that this thread is about to wait: see [ContextCarrier.Captured.waiting]. */
    public fun waiting(): ContextCarrier.Restored? {
        val waits = captured.mapNotNull { it.waiting() }
        return if (waits.isEmpty()) null else ContextCarrier.Restored { waits.forEach { it.close() } }
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
