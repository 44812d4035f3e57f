package dev.muster.http.internal

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
 * The opening of one exchange's connection: whether it came from the pool, and whether it opens in time.
 *
 * The JDK says neither. But it asks a request for its length when its connection is open, tunnel and TLS included, and
 * nothing has been sent yet ([opened]). With a connection from the pool it does so in the first task of the exchange,
 * else in a later one, unless the connection opens faster than that task ends: so one from the pool is also one that
 * an earlier exchange has left there. The clock of the limit starts when that first task has begun to connect, so time
 * in the queue before it does not count, and an exchange on a pooled connection needs no clock.
 */
internal class Opening(
    private val limit: Duration,
    /** Whether the JDK may send the request a second time: it does so where an HTTP/2 server has not processed it. */
    private val mayRepeat: Boolean,
    /** The queue through which the JDK learns that a connection is open. */
    private val queue: Executor,
    /** How many connections of the origin may lie in the pool. */
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

    /** What to do when the limit has passed. */
    @Volatile
    var onLate: () -> Unit = {}

    /** What to do when the connection is open. */
    @Volatile
    var onOpen: () -> Unit = {}

    /** The connection was open before the exchange began. */
    @Volatile
    var isReused = false
        private set

    /** The connection has opened. */
    val isOpen: Boolean get() = state.get() == State.OPEN

    /** The first task of the exchange runs on this thread. */
    fun starting() {
        mayBePooled = idle.getAndUpdate { maxOf(0, it - 1) } > 0
        starter = Thread.currentThread()
    }

    /** The first task has ended. */
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
     * The limit has passed. That the connection is open may be waiting in our own queue, where thousands begin at once
     * or the machine is busy: so the question goes through that queue. Where it took long to get through, the engine
     * and not the network is late, and the connection is given as much time again.
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
     * The connection is open and the request goes out now.
     *
     * @throws IOException where it must not: too late, given up meanwhile, or it has been sent before
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
                State.OVER -> IOException("The exchange was given up before its request was sent")
                else -> if (mayRepeat) null else SentBeforeException()
            }
        if (refusal != null) throw refusal
    }

    /** The exchange has ended: nobody waits for the connection any more. */
    fun over() {
        if (state.compareAndSet(State.CLOSED, State.OVER)) settle()
    }

    /** Stops the clock, and lets go of the exchange: a connection in the pool keeps what its last request was. */
    private fun settle() {
        clock?.complete(Unit)
        clock = null
        onLate = {}
    }

    /** [failure], or what it means for a connection that was late, or was dead. */
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
        // A round trip to the other side of the world: a dead connection says so when the request gets there.
        val AT_ONCE_NANOS: Long = TimeUnit.MILLISECONDS.toNanos(250)

        // What a queue that is not behind takes at most.
        const val LAG_SHARE = 20
        val LAG_NANOS: Long = TimeUnit.MILLISECONDS.toNanos(20)
    }
}
