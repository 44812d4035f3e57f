package dev.muster.test

import dev.muster.test.internal.TestClockCarrier
import dev.muster.test.internal.VirtualDispatcher
import java.time.Duration
import java.util.concurrent.CompletionException
import java.util.concurrent.CompletionStage
import java.util.concurrent.ExecutionException
import kotlin.time.toKotlinDuration

/**
 * A time that a test moves by hand, for calls that Java starts: what they wait for elapses at once and in order. Kotlin
 * has `runTest` for that.
 *
 * ```java
 * try (TestClock clock = TestClock.start()) {
 *   CallFuture<String> answer = agent.ask("Anyone?").timeout(Duration.ofSeconds(30)).executeAsync();
 *   clock.advance(Duration.ofSeconds(30));
 *   assertThrows(LlmTimeoutException.class, () -> clock.await(answer));
 * }
 * ```
 *
 * **What it drives**, of the calls that are started on the thread that has started the clock, and in their callbacks
 * (for those of another thread there is [around]): timeouts of calls, attempts and operators, the waits before retries
 * and hedges, rate limits, `Call.delay`, the delays and silences of a [ScriptedModel], elapsed times and latencies. It
 * moves on only once all that runs in calls and their callbacks waits.
 *
 * **What it does not drive**, because it is not the SDK's to drive:
 * - a network, a [dev.muster.fake.FakeServer] included: its delays are real. Wait until the request has arrived
 *   (`server.awaitRequests`), and then [advance]; never [await], which would let the limits of time of the call pass
 *   while the answer is on its way.
 * - `System.currentTimeMillis`, `Thread.sleep`, and functions that a program runs on an executor of its own.
 * - the JDK's timers: `CompletableFuture.orTimeout`, `completeOnTimeout`, `delayedExecutor`; nor how long a program
 *   waits for a `CallbackQueue`: [advance], and then have it `process()`.
 *
 * The thread that moves the time must not wait for it. Its blocking methods (`execute`, a loop over a `CallStream`) end
 * with an [IllegalStateException]: start calls by `executeAsync`, read a stream by `toList().executeAsync()`, and run
 * code that blocks on a thread of its own, by [around].
 */
public class TestClock private constructor() : AutoCloseable {
    private val time = VirtualDispatcher()
    private val before = TestClockCarrier.install(time)

    /** How far the time has been moved. */
    @get:JvmName("elapsed")
    public val elapsed: Duration get() = Duration.ofMillis(time.now)

    /**
     * Moves the time on by [duration], whole milliseconds: what is due until then happens, each at its time, and has
     * happened when this returns.
     *
     * @throws IllegalArgumentException where [duration] is negative
     * @throws IllegalStateException where something that runs does not come to rest within 10 real seconds
     */
    public fun advance(duration: Duration) {
        require(!duration.isNegative) { "Time does not go back: $duration" }
        val now = time.now
        val wait = duration.toKotlinDuration().inWholeMilliseconds
        time.advanceTo(if (wait > Long.MAX_VALUE - now) Long.MAX_VALUE else now + wait)
        time.awaitIdle()
    }

    /**
     * Moves the time on, from one thing that is due to the next, until [stage] has ended, and gives its value. What it
     * failed with is thrown as it is, a checked exception in a [CompletionException]. Not for a call over a network:
     * while that waits for its answer its limits of time would pass.
     *
     * @throws IllegalStateException where nothing is due, or becomes due, and [stage] does not end, for 10 real seconds
     */
    public fun <T> await(stage: CompletionStage<T>): T {
        val future = stage.toCompletableFuture()
        future.whenComplete { _, _ -> time.wake() }
        try {
            while (!future.isDone) {
                if (time.fireNext(Long.MAX_VALUE)) continue
                check(time.awaitTimer(future::isDone)) {
                    "Nothing is due any more, and the call has not ended: at ${time.now} ms. " +
                        "Does it wait for a network?"
                }
            }
            return future.get()
        } catch (e: ExecutionException) {
            throw unchecked(e.cause ?: e)
        } catch (e: InterruptedException) {
            Thread.currentThread().interrupt()
            throw IllegalStateException("Interrupted while waiting for a call", e)
        }
    }

    /**
     * [task], with this clock for the calls that it starts, on whichever thread it runs. It may wait for them by
     * Muster's blocking methods: the time moves on meanwhile, and only then.
     */
    public fun around(task: Runnable): Runnable = time.around {
        val outer = TestClockCarrier.install(time)
        try {
            task.run()
        } finally {
            TestClockCarrier.install(outer)
        }
    }

    /**
     * Gives the thread its time back. Calls that still wait for a time are cancelled.
     *
     * @throws IllegalStateException on another thread than the one that has started the clock
     */
    override fun close() {
        check(time.isOnItsThread) { "A TestClock is closed on the thread that has started it" }
        TestClockCarrier.install(before)
        time.close()
    }

    override fun toString(): String = "TestClock($elapsed)"

    /** Starts clocks. */
    public companion object {
        /** A clock at zero, that holds for the calls of this thread until it is closed. */
        @JvmStatic
        public fun start(): TestClock = TestClock()

        private fun unchecked(failure: Throwable): Throwable =
            if (failure is RuntimeException || failure is Error) failure else CompletionException(failure)
    }
}
