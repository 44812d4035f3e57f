package dev.muster.http.transport.internal

import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import java.net.http.HttpResponse
import java.nio.ByteBuffer
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.concurrent.Flow
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/**
 * The body of one response, read on demand. The next chunk is requested when the reader wants it, so a busy reader
 * slows the socket down. For the JDK the body is ready as soon as the headers have arrived. Its reader is resumed
 * only when the first chunk or the end has arrived too, because resuming it twice costs more than most responses.
 */
internal class JdkBody(private val exchange: JdkExchange, private val ready: (JdkBody) -> Unit) :
    HttpResponse.BodySubscriber<JdkBody> {
    private val lock = Any()
    private val told = AtomicBoolean()
    private var subscription: Flow.Subscription? = null
    private var end: End? = null
    private var first: List<ByteBuffer>? = null
    private var reader: CancellableContinuation<List<ByteBuffer>?>? = null
    private var cancelled = false

    // How many bytes may still be discarded before the connection is closed. Negative while the body is being read.
    private var drainable = -1L

    private class End(val failure: Throwable?) {
        fun tell(reader: CancellableContinuation<List<ByteBuffer>?>) =
            if (failure == null) reader.resume(null) else reader.resumeWithException(failure)
    }

    override fun getBody(): CompletionStage<JdkBody> = CompletableFuture.completedFuture(this)

    /** Returns the next chunk, or null at the end. One reader at a time. */
    suspend fun read(): List<ByteBuffer>? = takeFirst() ?: next()

    private fun takeFirst(): List<ByteBuffer>? = synchronized(lock) { first.also { first = null } }

    private suspend fun next(): List<ByteBuffer>? = suspendCancellableCoroutine { continuation ->
        val ready: End?
        val come: List<ByteBuffer>?
        val upstream: Flow.Subscription?
        synchronized(lock) {
            // A reader that was resumed before the first chunk may have requested more than one.
            come = first.also { first = null }
            ready = end
            upstream = subscription
            if (ready == null && come == null) reader = continuation
        }
        if (come != null) {
            continuation.resume(come)
        } else if (ready != null) {
            ready.tell(continuation)
        } else {
            continuation.invokeOnCancellation { exchange.abort() }
            // May deliver immediately, on this thread.
            upstream?.request(1)
        }
    }

    /**
     * Drains the body to keep the connection, if at most [limit] bytes are left. Returns whether the end has already
     * been reached.
     */
    fun drain(limit: Long): Boolean {
        val upstream: Flow.Subscription?
        synchronized(lock) {
            if (end != null) return true
            drainable = (limit - (first?.sumOf { it.remaining() } ?: 0)).coerceAtLeast(0)
            first = null
            upstream = subscription
        }
        upstream?.request(Long.MAX_VALUE)
        return synchronized(lock) { end != null }
    }

    /**
     * Closes the connection if it still belongs to this exchange. This takes time: call it only on the engine's
     * threads.
     */
    fun cancel() {
        val upstream: Flow.Subscription?
        synchronized(lock) {
            if (end != null) return
            cancelled = true
            upstream = subscription
        }
        upstream?.cancel()
        finish(End(exchange.closedByClient()))
    }

    override fun onSubscribe(subscription: Flow.Subscription) {
        val demand: Long
        synchronized(lock) {
            this.subscription = subscription
            demand =
                when {
                    cancelled -> -1
                    drainable >= 0 -> Long.MAX_VALUE
                    else -> 1
                }
        }
        // Headers and cancel have crossed: nobody else cancels this subscription.
        if (demand < 0) subscription.cancel() else subscription.request(demand)
    }

    override fun onNext(item: List<ByteBuffer>) {
        var waiting: CancellableContinuation<List<ByteBuffer>?>? = null
        var giveUp = false
        synchronized(lock) {
            if (drainable >= 0) {
                drainable -= item.sumOf { it.remaining() }
                giveUp = drainable < 0
                if (giveUp) drainable = 0
            } else {
                waiting = reader
                reader = null
                if (waiting == null) first = item
            }
        }
        if (giveUp) exchange.abort()
        waiting?.resume(item) ?: tellReady()
    }

    override fun onError(throwable: Throwable): Unit = finish(End(exchange.explain(throwable)))

    override fun onComplete(): Unit = finish(End(null))

    /** Resumes the reader, even if no chunk has arrived. */
    fun tellReady() {
        if (told.compareAndSet(false, true)) ready(this)
    }

    private fun finish(now: End) {
        val waiting: CancellableContinuation<List<ByteBuffer>?>?
        // Counted before anyone can see the end and use the connection again.
        if (now.failure == null) exchange.whole()
        synchronized(lock) {
            if (end != null) return
            end = now
            waiting = reader
            reader = null
            subscription = null
        }
        tellReady()
        exchange.bodyEnded()
        waiting?.let(now::tell)
    }
}
