package dev.muster.java.parity

import dev.muster.contract.HandClock
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import java.util.concurrent.CompletableFuture

/** One style of using the SDK. */
interface Runner {
    /** suspend, future, blocking or callback. */
    val style: String

    /** Creates a client of this style. */
    fun open(setup: Setup, audience: Audience): Session
}

/** The settings of a client. */
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
    /** The clock of the timeouts of its calls; null for the system clock. */
    val clock: HandClock?,
)

/** An open client. Closing the session closes the client, which is what [Step.Close] does. */
interface Session : AutoCloseable {
    /** Starts [op] without waiting for it. An exception thrown while building it is an ending, too. */
    fun start(op: Op): Running

    override fun close()
}

/** A running operation. */
interface Running {
    /** Cancels the operation from outside, in the way of the style. */
    fun cancel()

    /** Completes when the operation has ended for the thread or code that waits for it. Never fails. */
    val ending: CompletableFuture<Ending>
}

/** A value, or a failure if there is one. */
@JvmRecord
data class Ending(val value: Any?, val failure: Throwable?)

/** Receives the events of the program under test. */
interface Audience {
    /**
     * Called when the consumer of a stream has taken [value]. It must take no more until the returned future completes.
     */
    fun taken(value: Any?): CompletableFuture<Unit>

    /** Called when a batch reports its progress. */
    fun progress(done: String)

    /** Called each time [event] happens. */
    fun saw(event: Event)
}
