package dev.muster.http.internal

import java.util.concurrent.Executor
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger

/**
 * The daemon threads of one engine, all in one thread group: [workers] for the JDK client and for closing exchanges,
 * and a few [resolvers] for name look-ups, which block.
 *
 * The JDK client's own pool is unbounded and was measured to add over a hundred threads under load.
 */
internal class EngineThreads {
    private val id = ENGINES.incrementAndGet()
    private val group = engineGroup("muster-http-$id")
    private val workerPool = pool("worker", Runtime.getRuntime().availableProcessors() * 2 + 2)
    private val resolverPool = pool("resolver", MAX_RESOLVERS)

    /** Short tasks that never wait. */
    val workers: Executor get() = workerPool

    /** Tasks that wait for a name server. */
    val resolvers: Executor get() = resolverPool

    /** Whether the current thread is one of these. */
    fun isCurrent(): Boolean = Thread.currentThread().threadGroup === group

    /**
     * Lets the threads end. On JDK 17 this also ends the selector of a client that was made on one of [workers]: it has
     * no method to close it, but ends when interrupted, and else would keep its idle connections open until it is
     * collected.
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

        // JDK 17 keeps an ended group in its parent for ever unless it is a daemon group; later ones ignore the flag.
        @Suppress("DEPRECATION")
        fun engineGroup(name: String) = ThreadGroup(name).apply { isDaemon = true }
    }
}
