package dev.muster.java.cancel

import dev.muster.http.JdkTransport
import dev.muster.http.contract.HandClock
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.RetryPolicy
import java.time.Duration
import java.util.concurrent.CompletableFuture

/** One way to cancel a call, as a program has it in its hand. */
interface Handle {
    /** The name for it. */
    val name: String

    /** The language of the program. */
    val style: String

    /** What the call then fails with for the one who waits for it; null where that one gets no failure. */
    val ending: Class<out Throwable>?

    /** Whether a cancel takes the whole session with it. */
    val endsSession: Boolean get() = false

    /** Makes a client of this style for calls of [kind]. */
    fun open(kind: Kind): Session

    companion object {
        /** What every call asks. */
        const val PROMPT = "Go on"
    }
}

/** What the calls of one cell are. */
class Kind internal constructor(
    /** Where they go. */
    @get:JvmName("url") val url: String,
    /** What of an answer comes before the cancel. */
    @get:JvmName("tokens") val tokens: Tokens,
    @get:JvmName("retry") val retry: RetryPolicy,
    /** Whose slots they need; null for none. */
    @get:JvmName("limiter") val limiter: ConcurrencyLimiter?,
    /** Where they are agents' that run a tool which never ends by itself: whom it tells; else null. */
    @get:JvmName("inside") val inside: Inside?,
    /** What they go by; the client closes it. */
    @get:JvmName("transport") val transport: JdkTransport,
    /** By which their deadlines and back-offs pass. */
    @get:JvmName("clock") val clock: HandClock,
) {
    /** The deadline of a call that is cancelled by one. */
    @get:JvmName("limit")
    val limit: Duration = Duration.ofSeconds(1)
}

/** Whom a tool tells that it runs. */
interface Inside {
    /** It has begun. */
    fun entered()

    /** It has ended, in whatever way. */
    fun left()

    companion object {
        /** What the tool is called. */
        const val TOOL = "wait"
    }
}

/** What has come of the answer when it is cancelled. */
enum class Tokens {
    /** Nothing: the call is one for a whole answer. */
    NONE,

    /** Tokens, one after the other. */
    FLOWING,

    /** One token, and then silence. */
    STALLED,
}

/** An open client. */
interface Session : AutoCloseable {
    /** Starts a call and does not wait for it; [onToken] runs at each token that its reader gets. */
    fun start(onToken: Runnable): Running

    override fun close()
}

/** A call under way. */
interface Running {
    /** Cancels it, and says when that was to happen, by [System.nanoTime]. */
    fun cancel(): Long

    /** Completes when the one who waits for the call goes on: with what it failed with, or null. */
    val ending: CompletableFuture<Throwable?>
}

/** Runs [cancel] and says when it began to. */
internal inline fun now(cancel: () -> Unit): Long = System.nanoTime().also { cancel() }
