package dev.muster.context

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
