package dev.muster.java.cancel

import dev.muster.contract.HandClock
import dev.muster.http.transport.JdkTransport
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.RetryPolicy
import java.time.Duration
import java.util.concurrent.CompletableFuture

/** One way in which a program can cancel a call. */
interface Handle {
    /** Its name in the issue. */
    val name: String

    /** The language of the program. */
    val style: String

    /** The exception that the caller gets; null if it gets none. */
    val ending: Class<out Throwable>?

    /** Whether cancelling ends the whole session. */
    val endsSession: Boolean get() = false

    /** Creates a client of this style for calls of [kind]. */
    fun open(kind: Kind): Session

    companion object {
        /** The prompt of every call. */
        const val PROMPT = "Go on"
    }
}

/** The kind of calls in one cell. */
class Kind internal constructor(
    /** The URL of the provider. */
    @get:JvmName("url") val url: String,
    /** The part of the response that arrives before the cancel. */
    @get:JvmName("tokens") val tokens: Tokens,
    @get:JvmName("retry") val retry: RetryPolicy,
    /** The limiter whose slots the calls need; null for none. */
    @get:JvmName("limiter") val limiter: ConcurrencyLimiter?,
    /**
     * If the calls are those of an agent with a tool that never ends by itself: the object that the tool reports to.
     * Otherwise null.
     */
    @get:JvmName("inside") val inside: Inside?,
    /** The transport of the calls; the client closes it. */
    @get:JvmName("transport") val transport: JdkTransport,
    /** The clock of their deadlines and back-offs. */
    @get:JvmName("clock") val clock: HandClock,
) {
    /** The deadline of calls that are cancelled by a deadline. */
    @get:JvmName("limit")
    val limit: Duration = Duration.ofSeconds(1)
}

/** Receives the reports of a tool. */
interface Inside {
    /** The tool has started. */
    fun entered()

    /** The tool has ended, in any way. */
    fun left()

    companion object {
        /** The name of the tool. */
        const val TOOL = "wait"
    }
}

/** The part of the response that has arrived at the time of the cancel. */
enum class Tokens {
    /** Nothing: the call is not streamed. */
    NONE,

    /** Tokens, one after the other. */
    FLOWING,

    /** One token, then silence. */
    STALLED,
}

/** An open client. */
interface Session : AutoCloseable {
    /** Starts a call without waiting for it; [onToken] runs for each token that its reader gets. */
    fun start(onToken: Runnable): Running

    override fun close()
}

/** A running call. */
interface Running {
    /** Cancels the call and returns the time of the cancel, as [System.nanoTime]. */
    fun cancel(): Long

    /** Completes when the caller of the call continues, with the failure that it got, or null. */
    val ending: CompletableFuture<Throwable?>
}

/** Runs [cancel] and returns the time at which it started. */
internal inline fun now(cancel: () -> Unit): Long = System.nanoTime().also { cancel() }
