package dev.muster.facade

import dev.muster.annotation.InternalMusterApi
import org.slf4j.LoggerFactory
import java.lang.ref.Cleaner
import java.util.concurrent.ConcurrentHashMap

/**
 * Watches a resource that must be closed. If its owner is garbage-collected before [closed] was called, the resource is
 * closed then, and a warning is logged with the stack trace of where it was opened. Each place in the program is logged
 * once, because a leak in a loop would fill the log. For facades over the core, such as muster-java.
 */
@InternalMusterApi
public class LeakWatch private constructor(owner: Any, private val leak: Leak) {
    private val cleanable = CLEANER.register(owner, leak)

    /** Ends the watch: the resource was closed, or there is nothing left to close. */
    public fun closed() {
        leak.isClosed = true
        cleanable.clean()
    }

    /** The state that outlives the owner, so it must not refer to it. */
    private class Leak(private val what: String, private val close: Runnable) : Runnable {
        // Cheap: the JVM captures the stack in a few microseconds and resolves it only when it is read.
        private val opened = OpenedHere(Thread.currentThread().name)

        @Volatile
        var isClosed = false

        @Suppress("TooGenericExceptionCaught") // Cleaner swallows every exception, so it is logged here.
        override fun run() {
            if (isClosed) return
            report()
            try {
                close.run()
            } catch (e: RuntimeException) {
                LOG.error("{} was never closed, and closing it after garbage collection failed", what, e)
            }
        }

        private fun report() {
            val place = opened.stackTrace.asList()
            if (REPORTED.size >= MOST_PLACES || !REPORTED.add(place)) return
            LOG.warn(
                "{} was garbage-collected without being closed, and is closed now. Close it in the program. " +
                    "Further ones opened at the same place are closed without a warning",
                what,
                opened,
            )
        }
    }

    private class OpenedHere(thread: String) : Throwable("Opened here, on thread $thread")

    /** Starts watches. */
    public companion object {
        private const val MOST_PLACES = 1_000
        private val LOG = LoggerFactory.getLogger(LeakWatch::class.java)
        private val REPORTED: MutableSet<List<StackTraceElement>> = ConcurrentHashMap.newKeySet()
        private val CLEANER =
            Cleaner.create { task ->
                Thread(null, task, "muster-leaks", 0, false).apply {
                    isDaemon = true
                    // Otherwise the class loader of an undeployed application would stay in memory.
                    contextClassLoader = null
                }
            }

        /**
         * Starts to watch [owner].
         *
         * @param what the name of the resource in the log
         * @param close closes the resource after [owner] was garbage-collected; must not refer to [owner] or block
         */
        @JvmStatic
        public fun watch(owner: Any, what: String, close: Runnable): LeakWatch = LeakWatch(owner, Leak(what, close))
    }
}
