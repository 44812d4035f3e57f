package dev.muster.test

import dev.muster.test.internal.TestClockCarrier
import dev.muster.test.internal.VirtualDispatcher
import java.time.Duration
import java.util.concurrent.CompletionException
import java.util.concurrent.CompletionStage
import java.util.concurrent.ExecutionException
import kotlin.time.toKotlinDuration

/**
 * A virtual clock that a test advances by hand, for calls started from Java. Delays and timeouts elapse at once and in
 * order. In Kotlin use `runTest` instead.
 *
 * ```java
 * try (TestClock clock = TestClock.start()) {
 *   CallFuture<String> answer = agent.ask("Anyone?").timeout(Duration.ofSeconds(30)).executeAsync();
 *   clock.advance(Duration.ofSeconds(30));
 *   assertThrows(LlmTimeoutException.class, () -> clock.await(answer));
 * }
 * ```
 *
 * **What it controls.** Timeouts of calls, attempts and operators; back-offs and hedging delays; rate limits;
 * `Call.delay`; the delays of a [ScriptedModel]; elapsed times and latencies. It controls them for calls that
 * are started on the thread that started the clock, and for their callbacks. For calls of another thread use [around].
 * Time advances only when everything that runs in these calls and their callbacks is waiting.
 *
 * **What it does not control**:
 * - the network, including a [dev.muster.fake.FakeServer]: its delays are real. Wait until the request has arrived
 *   (`server.awaitRequests`), then [advance]. Do not use [await]: it would let the timeouts of the call expire while
 *   the response is on its way.
 * - `System.currentTimeMillis`, `Thread.sleep`, and functions that a program runs on its own executor.
 * - JDK timers: `CompletableFuture.orTimeout`, `completeOnTimeout`, `delayedExecutor`.
 * - the time a program waits for a `CallbackQueue`: [advance], then call its `process()`.
 *
 * The thread that started the clock must not block on a call: `execute` and a loop over a `CallStream` throw an
 * [IllegalStateException] there. Start calls with `executeAsync`, read a stream with `toList().executeAsync()`, and run
 * blocking code on another thread with [around].
 */
public class TestClock private constructor() : AutoCloseable {
    private val time = VirtualDispatcher()
    private val before = TestClockCarrier.install(time)

    /** The virtual time since the start of the clock. */
    @get:JvmName("elapsed")
    public val elapsed: Duration get() = Duration.ofMillis(time.now)

    /**
     * Advances the time by [duration], rounded down to whole milliseconds. All timers that are due by then fire in
     * order, each at its time, before this method returns.
     *
     * @throws IllegalArgumentException if [duration] is negative
     * @throws IllegalStateException if running code does not become idle within 10 real seconds
     */
    public fun advance(duration: Duration) {
        require(!duration.isNegative) { "The duration must not be negative: $duration" }
        val now = time.now
        val wait = duration.toKotlinDuration().inWholeMilliseconds
        time.advanceTo(if (wait > Long.MAX_VALUE - now) Long.MAX_VALUE else now + wait)
        time.awaitIdle()
    }

    /**
     * Advances the time from timer to timer until [stage] has completed, and returns its value.
     *
     * If the stage failed, throws its exception; a checked exception is wrapped in a [CompletionException]. Do not use
     * it for a call over the network: the timeouts of the call would expire while it waits for its response.
     *
     * @throws IllegalStateException if for 10 real seconds no timer is due and [stage] does not complete
     */
    public fun <T> await(stage: CompletionStage<T>): T {
        val future = stage.toCompletableFuture()
        future.whenComplete { _, _ -> time.wake() }
        try {
            while (!future.isDone) {
                if (time.fireNext(Long.MAX_VALUE)) continue
                check(time.awaitTimer(future::isDone)) {
                    "No timer is due and the call has not completed, at ${time.now} ms of the TestClock: " +
                        "if it waits for a network, use advance instead of await"
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
     * Returns a [Runnable] that runs [task], on any thread, with this clock for the calls that it starts. The task may
     * call Muster's blocking methods: time advances while it waits in them, and only then.
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
     * Stops the clock, and restores the time that this thread used before. Cancels calls that still wait for a timer.
     *
     * @throws IllegalStateException if called on another thread than the one that started the clock
     */
    override fun close() {
        check(time.isOnItsThread) { "Close a TestClock on the thread that started it" }
        TestClockCarrier.install(before)
        time.close()
    }

    override fun toString(): String = "TestClock($elapsed)"

    /** Starts clocks. */
    public companion object {
        /** Starts a clock at zero. It controls the calls of this thread until it is closed. */
        @JvmStatic
        public fun start(): TestClock = TestClock()

        private fun unchecked(failure: Throwable): Throwable =
            if (failure is RuntimeException || failure is Error) failure else CompletionException(failure)
    }
}
