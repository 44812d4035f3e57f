package dev.muster.http.internal

import java.net.InetAddress
import java.net.http.HttpConnectTimeoutException
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.Executor
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException

/**
 * Looks host names up before the JDK client does it on a thread of the engine, where a slow name server would hold up
 * all exchanges. The JDK's own cache (30 s by default) then answers the client at once. One look-up a host at a time.
 */
internal class Resolver(
    private val executor: Executor,
    private val timeout: Duration,
    private val now: () -> Long = System::nanoTime,
    private val lookup: (String) -> Unit = { InetAddress.getByName(it) },
) {
    private val known = ConcurrentHashMap<String, Long>()
    private val running = ConcurrentHashMap<String, CompletableFuture<Unit>>()

    /**
     * Returns when [host] has an address.
     *
     * @throws java.net.UnknownHostException where it has none
     * @throws HttpConnectTimeoutException where none was found in time
     */
    suspend fun resolve(host: String) {
        if (isLiteral(host)) return
        val last = known[host]
        if (last != null && now() - last < FRESH_NANOS) return
        try {
            // The JDK's timer and not the coroutine's clock: a test on virtual time must not time a real look-up out.
            start(host).copy().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).awaitShared()
        } catch (e: TimeoutException) {
            throw HttpConnectTimeoutException("No address of $host within ${timeout.toMillis()} ms").initCause(e)
        }
    }

    private fun start(host: String): CompletableFuture<Unit> {
        val mine = CompletableFuture<Unit>()
        val running = running.putIfAbsent(host, mine)
        if (running != null) return running
        CompletableFuture.runAsync({ lookup(host) }, executor).whenComplete { _, failure ->
            this.running.remove(host, mine)
            if (failure == null) {
                known[host] = now()
                mine.complete(Unit)
            } else {
                mine.completeExceptionally(failure)
            }
        }
        return mine
    }

    private fun isLiteral(host: String) =
        host == "localhost" || host.startsWith("[") || host.all { it.isDigit() || it == '.' }

    private companion object {
        val FRESH_NANOS: Long = TimeUnit.SECONDS.toNanos(20)
    }
}
