package dev.muster.java.parity

import dev.muster.http.contract.HandClock
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import java.util.concurrent.CompletableFuture

/** One style of using the SDK. */
interface Runner {
    /** suspend, future, blocking or callback. */
    val style: String

    /** Makes a client of this style. */
    fun open(setup: Setup, audience: Audience): Session
}

/** What a client is made of. */
@JvmRecord
data class Setup(
    val openAiUrl: String,
    val ollamaUrl: String,
    val stubbornUrl: String,
    val apiKey: String?,
    val timeouts: Timeouts,
    val retry: RetryPolicy,
    val model: String,
    val interception: Interception?,
    /** By which the limits of time of its calls pass, where that is not the system's. */
    val clock: HandClock?,
)

/** An open client. Closing it closes the client, and is what [Step.Close] does. */
interface Session : AutoCloseable {
    /** Starts [op], and does not wait for it. What building it throws is an ending as well. */
    fun start(op: Op): Running

    override fun close()
}

/** An operation under way. */
interface Running {
    /** Cancels it from outside, as its style does that. */
    fun cancel()

    /** Completes when the operation has ended for the one who waits for it; never exceptionally. */
    val ending: CompletableFuture<Ending>
}

/** A value, or a failure where there is one. */
@JvmRecord
data class Ending(val value: Any?, val failure: Throwable?)

/** Who hears, from the program under test, what happens in it. */
interface Audience {
    /** The consumer of a stream has taken [value]; it must take no more until the answer is there. */
    fun taken(value: Any?): CompletableFuture<Unit>

    /** A batch has said how far it is. */
    fun progress(done: String)

    /** [event] has happened once more. */
    fun saw(event: Event)
}
