package dev.muster.http.internal

import dev.muster.error.ClientClosedException
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.atomic.AtomicBoolean

/**
 * One exchange on the JDK client and how to close it in every phase. Until the headers are in, only `cancel(true)` on
 * the JDK's future closes the connection (`cancel(false)` lets the exchange run to its end); from then on that future
 * is done and only the body's subscription does.
 */
internal class JdkExchange(
    private val threads: EngineThreads,
    private val open: OpenExchanges,
    private val onWhole: () -> Unit,
) : Abortable {
    private val lock = Any()
    private val aborted = AtomicBoolean()
    private val over = AtomicBoolean()
    private var future: CompletableFuture<*>? = null

    @Volatile
    private var body: JdkBody? = null

    /** Nothing has been sent, or what was sent has failed before an answer: either way no connection is open. */
    @Volatile
    var unanswered: Boolean = true

    /** Starts or repeats the exchange by [send]. */
    fun <T> send(send: () -> CompletableFuture<T>): CompletableFuture<T> = synchronized(lock) {
        if (aborted.get()) throw closedByClient()
        unanswered = false
        send().also { future = it }
    }

    /** The subscriber for the body of the answer that arrives. */
    fun newBody(): JdkBody = JdkBody(this).also { body = it }

    /**
     * Closes the connection on one of the engine's threads: it costs about a millisecond, which the canceller keeps.
     */
    override fun abort() {
        if (over.get() || !aborted.compareAndSet(false, true)) return
        try {
            threads.workers.execute(::closeNow)
        } catch (_: RejectedExecutionException) {
            // The engine ended meanwhile, which has closed all connections.
            closeNow()
        }
    }

    /** The caller has left without the whole answer. */
    fun giveUp(): Unit = if (unanswered) ended() else abort()

    /** The body is here to its end or has failed; either way nothing is left to close. */
    fun bodyEnded(whole: Boolean) {
        if (whole) onWhole()
        if (!aborted.get()) ended()
    }

    /** Nothing of this exchange is open. */
    fun ended() {
        if (over.compareAndSet(false, true)) open.remove(this)
    }

    /** What a caller who was not cancelled is told when the exchange was closed under it. */
    fun closedByClient() = ClientClosedException("The client was closed while the call ran")

    /** The failure without the JDK's wrapping. */
    fun explain(failure: Throwable): Throwable {
        val cause = if (failure is CompletionException) failure.cause ?: failure else failure
        // A CancellationException would vanish inside structured code: this is not the caller's own cancel.
        return if (cause is CancellationException || aborted.get()) closedByClient() else cause
    }

    private fun closeNow() {
        try {
            synchronized(lock) { future }?.cancel(true)
            body?.cancel()
        } finally {
            ended()
        }
    }
}
