package dev.muster.http.transport.internal

import java.net.InetAddress
import java.net.http.HttpConnectTimeoutException
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.Executor
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException

/**
 * Resolves host names before the JDK client does so on an engine thread, where a slow DNS server would block all
 * exchanges. The JDK's own cache (30 s by default) then serves the client at once. One look-up per host at a time.
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
     * Returns when [host] is resolved.
     *
     * @throws java.net.UnknownHostException if [host] has no address
     * @throws HttpConnectTimeoutException if it is not resolved in time
     */
    suspend fun resolve(host: String) {
        if (isLiteral(host)) return
        val last = known[host]
        if (last != null && now() - last < FRESH_NANOS) return
        try {
            // The JDK's timer, not the coroutine clock: a test on virtual time must not time out a real look-up.
            start(host).copy().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).awaitShared()
        } catch (e: TimeoutException) {
            throw HttpConnectTimeoutException("Could not resolve $host within ${timeout.toMillis()} ms").initCause(e)
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
