package dev.muster.spi

import org.slf4j.LoggerFactory
import java.lang.ref.Cleaner
import java.util.concurrent.ConcurrentHashMap

/**
 * Watches something that has to be closed. Where its owner is garbage-collected before [closed] was called, it is
 * closed then, and the log has a warning with the stack of where it was opened: once for each place in the program,
 * since a leak in a loop would fill the log. For facades over the core, such as muster-java.
 */
public class LeakWatch private constructor(owner: Any, private val leak: Leak) {
    private val cleanable = CLEANER.register(owner, leak)

    /** It was closed, or there is nothing left to close. */
    public fun closed() {
        leak.isClosed = true
        cleanable.clean()
    }

    /** What is left when the owner is gone. */
    private class Leak(private val what: String, private val close: Runnable) : Runnable {
        // The JVM notes where that is in a few microseconds and spells it out only when it is asked.
        private val opened = OpenedHere(Thread.currentThread().name)

        @Volatile
        var isClosed = false

        @Suppress("TooGenericExceptionCaught") // Nobody else would hear of it: Cleaner swallows everything.
        override fun run() {
            if (isClosed) return
            report()
            try {
                close.run()
            } catch (e: RuntimeException) {
                LOG.error("{} that was never closed could not be closed", what, e)
            }
        }

        private fun report() {
            val place = opened.stackTrace.asList()
            if (REPORTED.size >= MOST_PLACES || !REPORTED.add(place)) return
            LOG.warn("{} was garbage-collected without a close, and is closed now; others from there too", what, opened)
        }
    }

    private class OpenedHere(thread: String) : Throwable("It was opened here, on the thread $thread")

    /** Begins to watch. */
    public companion object {
        private const val MOST_PLACES = 1_000
        private val LOG = LoggerFactory.getLogger(LeakWatch::class.java)
        private val REPORTED: MutableSet<List<StackTraceElement>> = ConcurrentHashMap.newKeySet()
        private val CLEANER =
            Cleaner.create { task ->
                Thread(null, task, "muster-leaks", 0, false).apply {
                    isDaemon = true
                    // Or an application that is undeployed would stay in memory with its classes.
                    contextClassLoader = null
                }
            }

        /**
         * Watches [owner], of which the log says [what] it is.
         *
         * @param close closes it when [owner] is gone, which it must therefore not refer to; it must not block
         */
        @JvmStatic
        public fun watch(owner: Any, what: String, close: Runnable): LeakWatch = LeakWatch(owner, Leak(what, close))
    }
}
