package dev.muster.java.cancel

import dev.muster.contract.HandClock
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.RetryPolicy
import java.time.Duration
import java.util.concurrent.Semaphore
import java.util.concurrent.TimeUnit

/** The peer of the calls of one cell, which run one at a time. */
internal interface Scene : AutoCloseable {
    val url: String

    val tokens: Tokens get() = Tokens.NONE

    val retry: RetryPolicy get() = RetryPolicy.NONE

    val limiter: ConcurrencyLimiter? get() = null

    /** Receives the reports of the tool that the calls run; null if they run none. */
    val inside: Inside? get() = null

    /** Another call is about to start. */
    fun begin()

    /** The reader of the response has received a token. */
    fun token() = Unit

    /** Waits up to [time] until the call is in the phase, and returns whether it is. */
    fun entered(time: Duration): Boolean

    /**
     * Waits up to [time] until the peer has seen the call's connection close, and returns when that was; null if it saw
     * none.
     */
    fun awaitClosed(time: Duration): Long?

    /** Returns the number of requests beyond those that the calls had sent when they were cancelled. */
    fun surplus(): Int = 0

    /**
     * If nothing of a call is open in the phase: lets everything that waits in it continue, and waits for its request.
     */
    fun goOn(clock: HandClock) = Unit
}

/** How long a scene waits for something that must happen. */
internal val PATIENCE: Duration = Duration.ofSeconds(60)

/** Polls [condition] for up to [time], and returns whether it became true. */
internal fun polled(time: Duration, condition: () -> Boolean): Boolean {
    val end = System.nanoTime() + time.toNanos()
    while (!condition()) {
        if (System.nanoTime() > end) return false
        Thread.yield()
    }
    return true
}

private fun Semaphore.acquired(count: Int, time: Duration) = tryAcquire(count, time.toNanos(), TimeUnit.NANOSECONDS)

/** Waits up to [time] until the server has seen [requests], and returns whether it has. */
internal fun FakeServer.hasSeen(requests: Int, time: Duration) = try {
    awaitRequests(requests, time)
    true
} catch (_: IllegalStateException) {
    false
}

/** A server that answers each call with [reply] and sees each connection close. */
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

/** A server that tells each call to retry later. During the back-off nothing of the call is open. */
internal class BackOffScene : Scene {
    private val server = FakeServer.start().otherwise(FakeReply.status(429).retryAfter(Duration.ofSeconds(30)))
    private val waits = Semaphore(0)
    private var calls = 0

    override val url: String get() = server.openAiUrl

    // The whole wait that the server asks for and nothing more: a random back-off could be zero.
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
