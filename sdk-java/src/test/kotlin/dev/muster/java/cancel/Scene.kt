package dev.muster.java.cancel

import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import dev.muster.http.contract.HandClock
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.RetryPolicy
import java.time.Duration
import java.util.concurrent.Semaphore
import java.util.concurrent.TimeUnit

/** The peer of one cell's calls, of which there is one at a time. */
internal interface Scene : AutoCloseable {
    val url: String

    val tokens: Tokens get() = Tokens.NONE

    val retry: RetryPolicy get() = RetryPolicy.NONE

    val limiter: ConcurrencyLimiter? get() = null

    /** What a tool tells that the calls are to run; null where they run none. */
    val inside: Inside? get() = null

    /** A further call is about to be started. */
    fun begin()

    /** The reader of the call's answer has got a token. */
    fun token() = Unit

    /** Waits until the call is in the phase, [time] at most, and says whether it is. */
    fun entered(time: Duration): Boolean

    /**
     * Waits until the peer has seen the end of the call's connection, [time] at most, and says when that was; null
     * where there is none to be seen.
     */
    fun awaitClosed(time: Duration): Long?

    /** How many requests there have been beyond those that the calls had sent when they were cancelled. */
    fun surplus(): Int = 0

    /** Lets whatever still waits in the phase go on, where nothing of a call is open in it, and waits for its request. */
    fun goOn(clock: HandClock) = Unit
}

/** How long a scene waits for what has to come. */
internal val PATIENCE: Duration = Duration.ofSeconds(60)

/** Whether [condition] comes true within [time], where nobody tells when it does. */
internal fun polled(time: Duration, condition: () -> Boolean): Boolean {
    val end = System.nanoTime() + time.toNanos()
    while (!condition()) {
        if (System.nanoTime() > end) return false
        Thread.yield()
    }
    return true
}

private fun Semaphore.acquired(count: Int, time: Duration) = tryAcquire(count, time.toNanos(), TimeUnit.NANOSECONDS)

/** Whether the server has seen [requests] within [time]. */
internal fun FakeServer.hasSeen(requests: Int, time: Duration) = try {
    awaitRequests(requests, time)
    true
} catch (_: IllegalStateException) {
    false
}

/** A server that answers each call by [reply] and sees each connection close. */
internal class FakeScene(reply: FakeReply, override val tokens: Tokens) : Scene {
    private val server = FakeServer.start().otherwise(reply)
    private val read = Semaphore(0)
    private var calls = 0

    override val url: String get() = server.openAiUrl

    override fun begin() {
        calls++
        read.drainPermits()
    }

    override fun token() = read.release()

    override fun entered(time: Duration): Boolean = when (tokens) {
        Tokens.NONE -> server.hasSeen(calls, time)
        Tokens.FLOWING -> read.acquired(FLOWING_TOKENS, time)
        Tokens.STALLED -> read.acquired(1, time)
    }

    override fun awaitClosed(time: Duration): Long? {
        server.awaitDisconnects(calls, time)
        return server.requests[calls - 1].disconnectedAt
    }

    override fun surplus(): Int = server.requestCount - calls

    override fun close() = server.close()

    private companion object {
        const val FLOWING_TOKENS = 3
    }
}

/** A server that asks each call to come again later. The call sees to it alone then: nothing of it is open. */
internal class BackOffScene : Scene {
    private val server = FakeServer.start().otherwise(FakeReply.status(429).retryAfter(Duration.ofSeconds(30)))
    private val waits = Semaphore(0)
    private var calls = 0

    override val url: String get() = server.openAiUrl

    // All of the wait that the server asks for and no more: a back-off drawn by chance may be none at all.
    override val retry: RetryPolicy = RetryPolicy.builder()
        .maxRetryAfter(BACK_OFF)
        .onRetry { waits.release() }
        .build()

    override fun begin() {
        calls++
    }

    override fun entered(time: Duration): Boolean = waits.acquired(1, time)

    override fun awaitClosed(time: Duration): Long? = null

    override fun surplus(): Int = server.requestCount - calls

    override fun goOn(clock: HandClock) {
        if (clock.passAll() > 0) server.hasSeen(calls + 1, PATIENCE)
    }

    override fun close() = server.close()

    private companion object {
        val BACK_OFF: Duration = Duration.ofSeconds(30)
    }
}
