package dev.muster.http.internal

import dev.muster.error.ClientClosedException
import dev.muster.http.Abortable
import dev.muster.http.OpenExchanges
import java.io.UncheckedIOException
import java.net.http.HttpConnectTimeoutException
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger

/**
 * One exchange on the JDK client and how to close it in every phase. Until the headers are in, only `cancel(true)` on
 * the JDK's future closes the connection (`cancel(false)` lets the exchange run to its end); from then on only the
 * body's subscription does.
 *
 * The JDK settles that future on the common pool, and where that has but one thread, as on two processors before JDK
 * 24, on a new thread for each exchange: hundreds of them while thousands of answers come in. A future that is settled
 * already it leaves alone. So [answered] settles it when the headers are in, [closeNow] before it closes, and who waits
 * for the answer is told by the [JdkBody], on a thread of ours.
 */
internal class JdkExchange(
    private val threads: EngineThreads,
    private val open: OpenExchanges,
    private val opening: Opening,
    /** How many connections of the origin may lie in the pool. */
    private val idle: AtomicInteger,
    /** Told when a connection has been closed that had not yet opened. */
    private val onClosedEarly: () -> Unit,
    /** Told when nothing of the exchange is open any more. */
    private val onEnded: () -> Unit,
) : Abortable {
    init {
        opening.onLate = ::abort
    }

    private val lock = Any()
    private val aborted = AtomicBoolean()
    private val over = AtomicBoolean()
    private var future: CompletableFuture<*>? = null

    // Reaches the exchange when the future is settled: the JDK's futures hand their exchange on to those made of them.
    private var closer: CompletableFuture<*>? = null
    private var headersIn = false

    @Volatile
    private var keepsAlive = false

    @Volatile
    private var body: JdkBody? = null

    /** Nothing has been sent, or what was sent has failed before an answer: either way no connection is open. */
    @Volatile
    private var unanswered = true

    /** Starts the exchange by [send]. */
    fun <T> send(send: () -> CompletableFuture<T>): CompletableFuture<T> = synchronized(lock) {
        if (aborted.get()) throw closedByClient()
        unanswered = false
        val sent = send()
        future = sent
        closer = sent.newIncompleteFuture<Nothing>()
        if (headersIn) sent.complete(null)
        sent
    }

    /** The headers are in; [keepsAlive] tells whether the connection goes to the pool when the body has ended. */
    fun answered(keepsAlive: Boolean) {
        this.keepsAlive = keepsAlive
        synchronized(lock) {
            headersIn = true
            future
        }?.complete(null)
    }

    /** The exchange has failed before it was [answered]. */
    fun failed() {
        opening.over()
        // What is closed here and now is not closed yet.
        if (aborted.get()) return
        unanswered = true
        // The JDK leaves the connection open where it could not read the headers.
        synchronized(lock) { closer }?.cancel(true)
    }

    /** The subscriber for the body of the answer that arrives; [ready] runs once, when it can be read. */
    fun newBody(ready: (JdkBody) -> Unit): JdkBody = JdkBody(this, ready).also { body = it }

    /**
     * Closes the connection on one of the engine's threads: it costs about a millisecond, which the canceller keeps.
     */
    override fun abort() {
        if (over.get() || !aborted.compareAndSet(false, true)) return
        // What has not been sent yet will not be.
        opening.over()
        try {
            threads.workers.execute(::closeNow)
        } catch (_: RejectedExecutionException) {
            // The engine ended meanwhile, which has closed all connections.
            closeNow()
        }
    }

    /** The caller has left without the whole answer. */
    fun giveUp(): Unit = if (unanswered) ended() else abort()

    /** The body is here to its end. */
    fun whole() {
        if (keepsAlive) idle.incrementAndGet()
    }

    /** The body is here to its end or has failed; either way nothing is left to close. */
    fun bodyEnded() {
        if (!aborted.get()) ended()
    }

    /** Nothing of this exchange is open. */
    fun ended() {
        opening.over()
        if (!over.compareAndSet(false, true)) return
        // A connection in the pool keeps the objects of its last exchange: nothing hangs on them.
        body = null
        synchronized(lock) {
            future = null
            closer = null
        }
        open.remove(this)
        onEnded()
    }

    /** What a caller who was not cancelled is told when the exchange was closed under it. */
    fun closedByClient() = ClientClosedException("The client was closed while the call ran")

    /** The failure without the JDK's wrapping. */
    fun explain(failure: Throwable): Throwable {
        val outer = if (failure is CompletionException) failure.cause ?: failure else failure
        val cause = opening.explain(if (outer is UncheckedIOException) outer.cause ?: outer else outer)
        if (cause is HttpConnectTimeoutException) return cause
        // A CancellationException would vanish inside structured code: this is not the caller's own cancel.
        return if (cause is CancellationException || aborted.get()) closedByClient() else cause
    }

    private fun closeNow() {
        try {
            val (future, closer) = synchronized(lock) { future to closer }
            // Only where it had not been settled: later the connection may be in the pool, or in another's use.
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

/** Why the JDK's future ends where we close. No stack: thousands may be closed at once, and nobody gets to see it. */
private class Closed : CancellationException() {
    override fun fillInStackTrace(): Throwable = this
}
