package dev.muster.test

import dev.muster.error.LlmTimeoutException
import dev.muster.error.ProviderException
import dev.muster.error.TimeoutKind
import dev.muster.java.Call
import dev.muster.java.Calls
import dev.muster.java.Muster
import dev.muster.java.StreamCall
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.Flow
import java.util.concurrent.TimeUnit.SECONDS

/** Streams on the clock, in every way in which Java can read them. */
@Timeout(180)
class TestClockStreamTest {
    private val clock = TestClock.start()
    private val model = ScriptedModel.create("test::m")

    @AfterEach
    fun close() {
        clock.close()
    }

    private fun seconds(count: Long): Duration = Duration.ofSeconds(count)

    private fun client(timeouts: Timeouts = Timeouts.DEFAULT): Muster =
        Muster.builder().model(model).timeouts(timeouts).retry(RetryPolicy.NONE).build()

    /** The received values, the thread and the end of a subscriber. */
    private class Taker<T> : Flow.Subscriber<T> {
        val values = CopyOnWriteArrayList<T>()
        val threads = CopyOnWriteArrayList<Thread>()
        val end = CompletableFuture<Throwable?>()

        override fun onSubscribe(subscription: Flow.Subscription) = subscription.request(Long.MAX_VALUE)

        override fun onNext(value: T) {
            threads += Thread.currentThread()
            values += value
        }

        override fun onError(failure: Throwable) {
            end.complete(failure)
        }

        override fun onComplete() {
            end.complete(null)
        }
    }

    private fun <T : Any> published(stream: StreamCall<T>) = Taker<T>().also { stream.publisher().subscribe(it) }

    @Test
    fun `C32 the limits of a stream that is published pass at once`() {
        val limits = mapOf(
            TimeoutKind.FIRST_TOKEN to Timeouts.builder().firstToken(seconds(30)).build(),
            TimeoutKind.BETWEEN_TOKENS to Timeouts.builder().betweenTokens(seconds(30)).build(),
            TimeoutKind.TOTAL to Timeouts.builder().total(seconds(30)).build(),
        )
        limits.forEach { (kind, timeouts) ->
            val isFirst = kind == TimeoutKind.FIRST_TOKEN
            model.reply(if (isFirst) ScriptedReply.hang() else ScriptedReply.pieces("a").thenHang())
            client(timeouts).use { muster ->
                val taker = published(muster.model("test::m").stream("x").text())
                clock.advance(seconds(29))
                assertFalse(taker.end.isDone)
                clock.advance(seconds(1))
                assertEquals(kind, (taker.end.getNow(null) as LlmTimeoutException).kind)
                assertEquals(if (isFirst) listOf() else listOf("a"), taker.values)
            }
        }
        assertEquals(seconds(90), clock.elapsed)
    }

    @Test
    fun `C32 a stream is published in virtual time, and time stands still while its values are taken`() {
        model.reply(ScriptedReply.pieces("a", "b", "c").pieceDelay(seconds(20)))
        client().use { muster ->
            val taker = published(muster.model("test::m").stream("x").text())
            clock.await(taker.end)
            assertEquals(listOf("a", "b", "c"), taker.values)
            assertTrue(taker.threads.all { it.name == "muster-test-callback" }, "${taker.threads}")
        }
        assertEquals(seconds(40), clock.elapsed)
    }

    @Test
    fun `C32 a stream that is published on an executor of its own stays there`() {
        model.reply(ScriptedReply.pieces("a").thenHang())
        client(Timeouts.builder().betweenTokens(seconds(30)).build()).use { muster ->
            val taker = published(muster.model("test::m").stream("x").text().callbacksOn(Runnable::run))
            assertEquals(listOf(Thread.currentThread()), taker.threads)
            clock.advance(seconds(30))
            assertEquals(TimeoutKind.BETWEEN_TOKENS, (taker.end.getNow(null) as LlmTimeoutException).kind)
        }
    }

    private val failure = ProviderException("down")

    private fun items(): StreamCall<Int> =
        Calls.mapConcurrent(listOf(1, 2, 3), 1) { if (it == 3) Call.failure(failure) else Call.value(it) }

    private fun Muster.events(): StreamCall<String> {
        model.reply(ScriptedReply.pieces("a", "b").thenFailure(failure))
        return model("test::m").stream("x").text()
    }

    @Test
    fun `a failure does not overtake the values before it in a stream that is iterated over`() {
        assertEquals(listOf(1, 2), iterated(items()))
        client().use { assertEquals(listOf("a", "b"), iterated(it.events())) }
    }

    private fun <T : Any> iterated(call: StreamCall<T>): List<T> {
        val values = CopyOnWriteArrayList<T>()
        val end = CompletableFuture<Throwable?>()
        val stream = call.open()
        // All tasks become idle here, so anything that can overtake does so now.
        clock.advance(Duration.ZERO)
        Thread(clock.around { end.complete(runCatching { stream.use { values += it } }.exceptionOrNull()) }).start()
        assertSame(failure, end.get(60, SECONDS))
        return values
    }

    @Test
    fun `a failure does not overtake the values before it in a stream that is consumed or published`() {
        assertEquals(listOf(1, 2), consumed(items()))
        assertEquals(listOf(1, 2), taken(items()))
        client().use {
            assertEquals(listOf("a", "b"), consumed(it.events()))
            assertEquals(listOf("a", "b"), taken(it.events()))
        }
    }

    private fun <T : Any> consumed(call: StreamCall<T>): List<T> {
        val values = CopyOnWriteArrayList<T>()
        val end = call.forEach { values += it }.executeAsync().handle { _, thrown -> thrown }
        assertSame(failure, end.get(60, SECONDS))
        return values
    }

    private fun <T : Any> taken(call: StreamCall<T>): List<T> {
        val taker = published(call)
        assertSame(failure, taker.end.get(60, SECONDS))
        return taker.values
    }
}
