package dev.muster.http.transport.internal

import dev.muster.error.ClientClosedException
import dev.muster.http.transport.Abortable
import dev.muster.http.transport.OpenExchanges
import java.io.UncheckedIOException
import java.net.http.HttpConnectTimeoutException
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger

/**
 * One HTTP exchange on the JDK client, which can be closed in every phase. Until the headers arrive, only
 * `cancel(true)` on the JDK's future closes the connection: `cancel(false)` lets the exchange run to its end. After
 * that, only cancelling the body's subscription closes it.
 *
 * The JDK completes that future on the common pool. If the pool has only one thread, as on two processors before JDK
 * 24, it starts a new thread for each exchange: hundreds of them while thousands of responses arrive. It does not do
 * so for a future that is already completed. So [answered] completes the future when the headers arrive, and
 * [closeNow] completes it before it closes. The waiting caller is resumed by the [JdkBody], on one of our threads.
 */
internal class JdkExchange(
    private val threads: EngineThreads,
    private val open: OpenExchanges,
    private val opening: Opening,
    /** How many connections of the origin may be idle in the pool. */
    private val idle: AtomicInteger,
    /** Called when a connection was closed before it had opened. */
    private val onClosedEarly: () -> Unit,
    /** Called when nothing of the exchange is open any more. */
    private val onEnded: () -> Unit,
) : Abortable {
    init {
        opening.onLate = ::abort
    }

    private val lock = Any()
    private val aborted = AtomicBoolean()
    private val over = AtomicBoolean()
    private var future: CompletableFuture<*>? = null

    // Cancels the exchange after the future is completed: the JDK's futures pass their exchange on to futures made
    // from them.
    private var closer: CompletableFuture<*>? = null
    private var headersIn = false

    @Volatile
    private var keepsAlive = false

    @Volatile
    private var body: JdkBody? = null

    /** Nothing was sent, or it failed before a response: no connection is open. */
    @Volatile
    private var unanswered = true

    /** Starts the exchange by calling [send]. */
    fun <T> send(send: () -> CompletableFuture<T>): CompletableFuture<T> = synchronized(lock) {
        if (aborted.get()) throw closedByClient()
        unanswered = false
        val sent = send()
        future = sent
        closer = sent.newIncompleteFuture<Nothing>()
        if (headersIn) sent.complete(null)
        sent
    }

    /**
     * Called when the headers have arrived. [keepsAlive] is whether the connection returns to the pool after the
     * body.
     */
    fun answered(keepsAlive: Boolean) {
        this.keepsAlive = keepsAlive
        synchronized(lock) {
            headersIn = true
            future
        }?.complete(null)
    }

    /** Called when the exchange failed before [answered]. */
    fun failed() {
        opening.over()
        // An abort is under way and has not closed the connection yet.
        if (aborted.get()) return
        unanswered = true
        // The JDK leaves the connection open if it could not read the headers.
        synchronized(lock) { closer }?.cancel(true)
    }

    /** Returns the subscriber for the body of the response. [ready] runs once, when the body can be read. */
    fun newBody(ready: (JdkBody) -> Unit): JdkBody = JdkBody(this, ready).also { body = it }

    /**
     * Closes the connection on one of the engine's threads. That takes about a millisecond, which the canceller does
     * not wait for.
     */
    override fun abort() {
        if (over.get() || !aborted.compareAndSet(false, true)) return
        // A request that was not sent yet is not sent any more.
        opening.over()
        try {
            threads.workers.execute(::closeNow)
        } catch (_: RejectedExecutionException) {
            // The engine has ended meanwhile and closed all connections.
            closeNow()
        }
    }

    /** Called when the caller leaves without the whole response. */
    fun giveUp(): Unit = if (unanswered) ended() else abort()

    /** Called when the body has been read to its end. */
    fun whole() {
        if (keepsAlive) idle.incrementAndGet()
    }

    /** Called when the body has ended or failed: nothing is left to close. */
    fun bodyEnded() {
        if (!aborted.get()) ended()
    }

    /** Called when nothing of this exchange is open. */
    fun ended() {
        opening.over()
        if (!over.compareAndSet(false, true)) return
        // A pooled connection keeps references to the objects of its last exchange: drop what they hold.
        body = null
        synchronized(lock) {
            future = null
            closer = null
        }
        open.remove(this)
        onEnded()
    }

    /** The exception for a caller that was not cancelled itself when the exchange was closed. */
    fun closedByClient() = ClientClosedException("The client was closed while the call ran")

    /** Returns the failure without the JDK's wrapping. */
    fun explain(failure: Throwable): Throwable {
        val outer = if (failure is CompletionException) failure.cause ?: failure else failure
        val cause = opening.explain(if (outer is UncheckedIOException) outer.cause ?: outer else outer)
        if (cause is HttpConnectTimeoutException) return cause
        // A CancellationException would disappear in structured concurrency: this is not the caller's own cancel.
        return if (cause is CancellationException || aborted.get()) closedByClient() else cause
    }

    private fun closeNow() {
        try {
            val (future, closer) = synchronized(lock) { future to closer }
            // Only if it was not completed yet: later the connection may be in the pool or in use by another
            // exchange.
            if (future != null && future.completeExceptionally(Closed())) {
                closer?.cancel(true)
                if (!opening.isOpen) onClosedEarly()
            }
            body?.cancel()
        } finally {
            ended()
        }
    }
}

/**
 * Completes the JDK's future when we close. It has no stack trace: thousands may be closed at once, and nobody sees
 * it.
 */
private class Closed : CancellationException() {
    override fun fillInStackTrace(): Throwable = this
}
