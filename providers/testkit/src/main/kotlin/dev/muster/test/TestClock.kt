package dev.muster.test

import dev.muster.test.internal.TestClockCarrier
import dev.muster.test.internal.VirtualDispatcher
import java.time.Duration
import java.util.concurrent.CompletionException
import java.util.concurrent.CompletionStage
import java.util.concurrent.ExecutionException
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException

/**
 * A time that a test moves by hand, for calls that Java starts: delays, timeouts, back-offs, rate limits and hedges
 * elapse at once and in order. Kotlin has `runTest` for that.
 *
 * ```java
 * try (TestClock clock = TestClock.start()) {
 *   CallFuture<String> answer = agent.ask("Anyone?").timeout(Duration.ofSeconds(30)).executeAsync();
 *   clock.advance(Duration.ofSeconds(30));
 *   assertThrows(LlmTimeoutException.class, () -> clock.await(answer));
 * }
 * ```
 *
 * It holds for the calls that are started on the thread that has started the clock, and in their callbacks; for others
 * there is [around]. The thread that moves the time must not wait for it: start calls by `executeAsync` and not by
 * `execute`, and read a stream by `toList().executeAsync()`.
 *
 * The clock knows what runs in calls and in their callbacks, and moves on only once all of it waits. It knows nothing
 * of a network: of a call to a [dev.muster.fake.FakeServer] wait until the request has arrived, and then [advance].
 * Functions that a program runs on an executor of its own it does not see either.
 */
public class TestClock private constructor() : AutoCloseable {
    private val time = VirtualDispatcher()
    private val before = TestClockCarrier.install(time)

    /** How far the time has been moved. */
    @get:JvmName("elapsed")
    public val elapsed: Duration get() = Duration.ofMillis(time.now)

    /**
     * Moves the time on by [duration]: what is due until then happens, each at its time, and has happened when this
     * returns.
     *
     * @throws IllegalArgumentException where [duration] is negative
     * @throws IllegalStateException where something that runs does not come to rest within 10 real seconds
     */
    public fun advance(duration: Duration) {
        require(!duration.isNegative) { "Time does not go back: $duration" }
        val now = time.now
        val wait = duration.toMillis()
        time.advanceTo(if (wait > Long.MAX_VALUE - now) Long.MAX_VALUE else now + wait)
        time.awaitIdle()
    }

    /**
     * Moves the time on, from one thing that is due to the next, until [stage] has ended, and gives its value. What it
     * failed with is thrown as it is, a checked exception in a [CompletionException]. Not for a call over a network:
     * while that waits for its answer its limits of time would pass.
     *
     * @throws IllegalStateException where nothing is due any more and [stage] does not end within 10 real seconds
     */
    @Suppress("ThrowsCount") // One for each way in which a wait ends.
    public fun <T> await(stage: CompletionStage<T>): T {
        val future = stage.toCompletableFuture()
        while (!future.isDone && time.fireNext(Long.MAX_VALUE)) continue
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS)
        } catch (e: ExecutionException) {
            throw unchecked(e.cause ?: e)
        } catch (e: TimeoutException) {
            throw IllegalStateException("Nothing is due any more, and the call has not ended: at ${time.now} ms", e)
        } catch (e: InterruptedException) {
            Thread.currentThread().interrupt()
            throw IllegalStateException("Interrupted while waiting for a call", e)
        }
    }

    /** [task], with this clock for the calls that it starts, on whichever thread it runs. */
    public fun around(task: Runnable): Runnable = Runnable {
        val outer = TestClockCarrier.install(time)
        try {
            task.run()
        } finally {
            TestClockCarrier.install(outer)
        }
    }

    /**
     * Gives the thread, which has to be the one that started the clock, its time back. Calls that still wait for a time
     * are cancelled.
     */
    override fun close() {
        TestClockCarrier.install(before)
        time.close()
    }

    override fun toString(): String = "TestClock($elapsed)"

    /** Starts clocks. */
    public companion object {
        private const val PATIENCE_SECONDS = 10L

        /** A clock at zero, that holds for the calls of this thread until it is closed. */
        @JvmStatic
        public fun start(): TestClock = TestClock()

        private fun unchecked(failure: Throwable): Throwable =
            if (failure is RuntimeException || failure is Error) failure else CompletionException(failure)
    }
}
