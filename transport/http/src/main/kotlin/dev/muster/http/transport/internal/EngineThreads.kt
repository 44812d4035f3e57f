package dev.muster.http.transport.internal

import java.util.concurrent.Executor
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger

/**
 * The daemon threads of one engine, all in one thread group: [workers] for the JDK client and for closing exchanges,
 * and a few [resolvers] for DNS look-ups, which block.
 *
 * The JDK client's own pool is unbounded: it was measured to add more than a hundred threads under load.
 */
internal class EngineThreads {
    private val id = ENGINES.incrementAndGet()
    private val group = engineGroup("muster-http-$id")
    private val workerPool = pool("worker", Runtime.getRuntime().availableProcessors() * 2 + 2)
    private val resolverPool = pool("resolver", MAX_RESOLVERS)

    /** Runs short tasks that never wait. */
    val workers: Executor get() = workerPool

    /** Runs tasks that wait for a DNS server. */
    val resolvers: Executor get() = resolverPool

    /** Whether the current thread is one of these. */
    fun isCurrent(): Boolean = Thread.currentThread().threadGroup === group

    /**
     * Ends the threads. On JDK 17 this also ends the selector of a client that was created on one of [workers]. The
     * client has no close method there, but its selector ends when interrupted. Otherwise idle connections would stay
     * open until the client is garbage collected.
     */
    fun end() {
        workerPool.shutdown()
        resolverPool.shutdown()
        group.interrupt()
    }

    override fun toString(): String = "muster-http-$id"

    private fun pool(role: String, size: Int): ThreadPoolExecutor {
        val count = AtomicInteger()
        val factory = { task: Runnable ->
            Thread(group, task, "muster-http-$id-$role-${count.incrementAndGet()}").apply { isDaemon = true }
        }
        return ThreadPoolExecutor(size, size, IDLE_SECONDS, TimeUnit.SECONDS, LinkedBlockingQueue(), factory)
            .apply { allowCoreThreadTimeOut(true) }
    }

    private companion object {
        const val IDLE_SECONDS = 5L
        const val MAX_RESOLVERS = 4
        val ENGINES = AtomicInteger()

        // JDK 17 keeps an ended group in its parent forever unless it is a daemon group. Later JDKs ignore the flag.
        @Suppress("DEPRECATION")
        fun engineGroup(name: String) = ThreadGroup(name).apply { isDaemon = true }
    }
}
