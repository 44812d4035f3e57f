package dev.muster.http.transport.internal

import java.io.IOException
import java.net.http.HttpConnectTimeoutException
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executor
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicReference

/**
 * Finds out about one exchange's connection whether it came from the pool and whether it opens in time.
 *
 * The JDK reports neither. But it asks a request for its length when the connection is open, including tunnel and
 * TLS, and before anything is sent ([opened]). With a pooled connection it does so in the first task of the exchange.
 * Else it does so in a later task, unless the connection opens before the first task ends. So a connection counts as
 * pooled only if an earlier exchange has also left one in the pool. The timeout starts when the first task has
 * started to connect: time in the queue before does not count, and an exchange on a pooled connection needs no timer.
 */
internal class Opening(
    private val limit: Duration,
    /** Whether the JDK may send the request a second time. It does so if an HTTP/2 server did not process it. */
    private val mayRepeat: Boolean,
    /** The executor on which the JDK learns that a connection is open. */
    private val queue: Executor,
    /** How many connections of the origin may be idle in the pool. */
    private val idle: AtomicInteger,
    private val now: () -> Long = System::nanoTime,
) {
    private enum class State { CLOSED, OPEN, LATE, OVER }

    private val state = AtomicReference(State.CLOSED)

    @Volatile
    private var starter: Thread? = null

    @Volatile
    private var mayBePooled = false

    @Volatile
    private var clock: CompletableFuture<Unit>? = null

    @Volatile
    private var openedAt = 0L

    /** Called when the limit has passed. */
    @Volatile
    var onLate: () -> Unit = {}

    /** Called when the connection is open. */
    @Volatile
    var onOpen: () -> Unit = {}

    /** Whether the connection was open before the exchange started. */
    @Volatile
    var isReused = false
        private set

    /** Whether the connection has opened. */
    val isOpen: Boolean get() = state.get() == State.OPEN

    /** Called on the thread that runs the first task of the exchange, before that task. */
    fun starting() {
        mayBePooled = idle.getAndUpdate { maxOf(0, it - 1) } > 0
        starter = Thread.currentThread()
    }

    /** Called when the first task has ended. */
    fun started() {
        starter = null
        if (state.get() == State.CLOSED) startClock(limit.toNanos())
    }

    private fun startClock(nanos: Long) {
        val clock = CompletableFuture<Unit>()
        this.clock = clock
        clock.orTimeout(nanos, TimeUnit.NANOSECONDS).whenComplete { _, passed -> if (passed != null) judge() }
        if (state.get() != State.CLOSED) clock.complete(Unit)
    }

    /**
     * Called when the limit has passed. If thousands of exchanges start at once or the machine is busy, the news that
     * the connection is open may still wait in our own queue. So the check goes through the same queue. If it takes
     * long to get through, the engine is late and not the network, and the connection gets that much time again.
     */
    private fun judge() {
        val asked = now()
        try {
            queue.execute {
                val lag = now() - asked
                if (lag > maxOf(limit.toNanos() / LAG_SHARE, LAG_NANOS)) startClock(lag) else expire()
            }
        } catch (_: RejectedExecutionException) {
            // The engine has ended, and its connections with it.
            expire()
        }
    }

    /**
     * Called when the connection is open and the request is about to be sent.
     *
     * @throws IOException if the request must not be sent: the connection opened too late, the exchange was abandoned
     * meanwhile, or the request was sent before
     */
    fun opened() {
        if (state.compareAndSet(State.CLOSED, State.OPEN)) {
            isReused = mayBePooled && starter === Thread.currentThread()
            openedAt = now()
            settle()
            onOpen()
            return
        }
        val refusal =
            when (state.get()) {
                State.LATE -> late()
                State.OVER -> IOException("The exchange was abandoned before its request was sent")
                else -> if (mayRepeat) null else SentBeforeException()
            }
        if (refusal != null) throw refusal
    }

    /** Called when the exchange has ended: nobody waits for the connection any more. */
    fun over() {
        if (state.compareAndSet(State.CLOSED, State.OVER)) settle()
    }

    /** Stops the timer and drops the reference to the exchange: a pooled connection keeps its last request. */
    private fun settle() {
        clock?.complete(Unit)
        clock = null
        onLate = {}
    }

    /**
     * Returns [failure], or the exception that describes a connection that opened too late, has no stream left, or
     * was dead.
     */
    fun explain(failure: Throwable): Throwable = when {
        state.get() == State.LATE -> late()
        failure is IOException && !isOpen && isOutOfStreams(failure) -> NoStreamException(failure)
        failure is IOException && mayGoAgain(failure) -> RepeatableException(failure)
        else -> failure
    }

    private fun mayGoAgain(failure: IOException) = failure is SentBeforeException ||
        isUnprocessed(failure) ||
        (isReused && now() - openedAt < AT_ONCE_NANOS && isDeadConnection(failure))

    private fun expire() {
        if (!state.compareAndSet(State.CLOSED, State.LATE)) return
        val then = onLate
        settle()
        then()
    }

    private fun late() = HttpConnectTimeoutException("No open connection within ${limit.toMillis()} ms")

    private companion object {
        // A round trip to the other side of the world: a dead connection fails when the request gets there.
        val AT_ONCE_NANOS: Long = TimeUnit.MILLISECONDS.toNanos(250)

        // The longest time through a queue that is not overloaded.
        const val LAG_SHARE = 20
        val LAG_NANOS: Long = TimeUnit.MILLISECONDS.toNanos(20)
    }
}
