package dev.muster.test

import dev.muster.error.LlmTimeoutException
import dev.muster.error.ProviderException
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import dev.muster.java.Call
import dev.muster.java.Calls
import dev.muster.java.Muster
import dev.muster.resilience.RetryPolicy
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.assertThrows
import java.time.Duration
import java.time.temporal.ChronoUnit
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit

/** The clock with the Java facade, for whose calls it is made. A thread that waits for its own clock never ends. */
@Timeout(180)
class TestClockTest {
    private val clock = TestClock.start()
    private val model = ScriptedModel.create("test::m")
    private val muster = Muster.builder().model(model).build()
    private val scripted = muster.model("test::m")

    @AfterEach
    fun close() {
        muster.close()
        clock.close()
    }

    private fun seconds(count: Long): Duration = Duration.ofSeconds(count)

    @Test
    fun `C32 an attempt ends when its time has come and not before, and another follows`() {
        model.reply(ScriptedReply.hang(), ScriptedReply.text("late").delay(seconds(60)))
        val answer = scripted.ask("x").map { it.uppercase() }.executeAsync()
        // The default attempt timeout.
        clock.advance(seconds(599))
        assertEquals(0, model.cancelled)
        clock.advance(seconds(1))
        assertEquals(1, model.cancelled)
        assertFalse(answer.isDone)
        assertEquals("LATE", clock.await(answer))
        assertTrue(clock.elapsed in seconds(660)..seconds(661), "${clock.elapsed}")
    }

    @Test
    fun `C32 a timeout passes at once`() {
        model.reply(ScriptedReply.hang())
        val answer = scripted.ask("x").timeout(seconds(30)).executeAsync()
        clock.advance(seconds(29))
        assertFalse(answer.isDone)
        clock.advance(seconds(1))
        assertTrue(answer.isDone)
        assertThrows<LlmTimeoutException> { clock.await(answer) }
        assertEquals(seconds(30), clock.elapsed)
    }

    @Test
    fun `C32 back-offs pass at once`() {
        repeat(3) { model.reply(ScriptedReply.failure(ProviderException("down"))) }
        model.reply("up")
        val waits = ArrayList<Duration>()
        Muster
            .builder()
            .model(model)
            .retry(
                RetryPolicy
                    .builder()
                    .maxRetries(3)
                    .firstBackoff(seconds(60))
                    .maxBackoff(seconds(60))
                    .onRetry { waits += it.wait }
                    .build(),
            ).build()
            .use { assertEquals("up", clock.await(it.model("test::m").ask("x").executeAsync())) }
        val total = waits.reduce(Duration::plus)
        assertTrue(clock.elapsed - total in Duration.ZERO..Duration.ofMillis(3), "$waits, ${clock.elapsed}")
    }

    @Test
    fun `time stands still while callbacks run, and calls they start run on it`() {
        model.otherwise(ScriptedReply.text("ok").delay(seconds(10)))
        val chained =
            scripted
                .ask("a")
                .map { it.also { TimeUnit.MILLISECONDS.sleep(50) } }
                .then { scripted.ask("b") }
                .executeAsync()
        clock.advance(seconds(20))
        assertTrue(chained.isDone)
        val composed = scripted.ask("a").executeAsync().thenCompose { scripted.ask("b").executeAsync() }
        clock.advance(seconds(20))
        assertEquals("ok", composed.get(60, TimeUnit.SECONDS))
        assertEquals(seconds(40), clock.elapsed)
    }

    @Test
    fun `what is due happens in order`() {
        val order = ArrayList<String>()
        val calls =
            listOf(3L, 1L, 2L).map { wait ->
                Call.delay(seconds(wait)).map { synchronized(order) { order += "$wait" } }
            }
        clock.await(Calls.gather(calls).executeAsync())
        assertEquals(listOf("1", "2", "3"), order)
        assertEquals(seconds(3), clock.elapsed)
    }

    @Test
    fun `elapsed times are measured by it`() {
        model.otherwise(ScriptedReply.text("ok").delay(seconds(10)))
        val report = clock.await(Calls.batch(listOf("a", "b")) { scripted.ask(it) }.executeAsync())
        assertEquals(listOf("ok", "ok"), report.values)
        assertEquals(seconds(10), report.elapsed)
    }

    @Test
    fun `a stream is read in virtual time`() {
        model.reply(ScriptedReply.pieces("a", "b", "c").pieceDelay(seconds(20)))
        val text = scripted.stream("x").text().toList().executeAsync()
        assertEquals(listOf("a", "b", "c"), clock.await(text))
        assertEquals(seconds(40), clock.elapsed)
    }

    @Test
    fun `the limits of a call over HTTP pass at once`() {
        FakeServer.start().use { server ->
            server.otherwise(FakeReply.hang())
            Muster.builder().environment(server.environment()).build().use { muster ->
                val answer = muster.model("openai::gpt-4o-mini").ask("x").timeout(seconds(300)).executeAsync()
                server.awaitRequests(1, seconds(60))
                clock.advance(seconds(300))
                assertThrows<LlmTimeoutException> { clock.await(answer) }
                server.awaitDisconnects(1, seconds(60))
            }
        }
    }

    @Test
    fun `another thread's calls run on it by around`() {
        model.otherwise(ScriptedReply.text("ok").delay(seconds(10)))
        val started = CompletableFuture<CompletableFuture<String>>()
        Thread(clock.around { started.complete(scripted.ask("x").executeAsync()) }).start()
        assertEquals("ok", clock.await(started.get(60, TimeUnit.SECONDS)))
    }

    @Test
    fun `C32 the thread that moves the time is refused where it would wait for it`() {
        model.otherwise(ScriptedReply.text("ok").delay(seconds(10)))
        val refused = assertThrows<IllegalStateException> { scripted.ask("x").execute() }
        assertTrue("executeAsync()" in refused.message!! && "clock.await" in refused.message!!, refused.message)
        scripted.stream("x").text().open().use { stream ->
            assertThrows<IllegalStateException> { stream.iterator().hasNext() }
        }
        // The coroutines of the refused calls end on their own threads.
        clock.advance(Duration.ZERO)
        assertEquals(model.prompts.size, model.cancelled)
        // A callback may wait, and so may another thread.
        val nested = Call.of { Call.value("nested").execute() }.executeAsync()
        assertEquals("nested", clock.await(nested))
        val blocking = CompletableFuture<String>()
        Thread(clock.around { blocking.complete(scripted.ask("y").execute()) }).start()
        assertEquals("ok", clock.await(blocking))
        assertEquals(seconds(10), clock.elapsed)
    }

    @Test
    fun `what comes to wait only later is awaited too`() {
        model.otherwise(ScriptedReply.text("ok").delay(seconds(10)))
        val gate = CountDownLatch(1)
        val own = Executors.newSingleThreadExecutor()
        try {
            val answer = CompletableFuture.supplyAsync({ gate.await() }, own).thenComposeAsync(
                { scripted.ask("x").executeAsync() },
                { own.execute(clock.around(it)) },
            )
            Thread { gate.countDown() }.start()
            assertEquals("ok", clock.await(answer))
        } finally {
            own.shutdown()
        }
        assertEquals(seconds(10), clock.elapsed)
    }

    @Test
    fun `a clock is closed where it was started`() {
        val failure = CompletableFuture<Throwable?>()
        Thread { failure.complete(runCatching { clock.close() }.exceptionOrNull()) }.start()
        assertTrue(failure.get(60, TimeUnit.SECONDS) is IllegalStateException)
        // The clock is still active.
        val waiting = Call.delay(seconds(1)).executeAsync()
        clock.advance(seconds(1))
        assertTrue(waiting.isDone)
    }

    @Test
    fun `a day, a thousand years and no time at all are durations as well`() {
        clock.advance(Duration.ofNanos(1))
        clock.advance(Duration.ofDays(1))
        assertEquals(Duration.ofDays(1), clock.elapsed)
        clock.advance(ChronoUnit.FOREVER.duration)
        clock.advance(ChronoUnit.FOREVER.duration)
    }

    @Test
    fun `calls that wait on a clock that is closed are cancelled`() {
        val waiting = Call.delay(seconds(1)).executeAsync()
        clock.advance(Duration.ZERO)
        clock.close()
        assertThrows<CancellationException> { waiting.get(60, TimeUnit.SECONDS) }
        // This thread uses real time again.
        Call.delay(Duration.ofMillis(1)).execute()
    }

    @Test
    fun `time does not go back`() {
        assertThrows<IllegalArgumentException> { clock.advance(seconds(-1)) }
    }
}
