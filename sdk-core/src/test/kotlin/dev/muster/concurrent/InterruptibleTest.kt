package dev.muster.concurrent

import dev.muster.facade.stageOf
import dev.muster.onVirtualTime
import dev.muster.runCatchingAll
import io.mockk.every
import io.mockk.mockk
import io.mockk.verify
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.Executors
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** The grace of tests that are not about it: long enough for a busy machine. */
@Timeout(180)
class InterruptibleTest {
    private val pool = Executors.newSingleThreadExecutor { Thread(it, "blocking-1") }
    private val begun = CountDownLatch(1)
    private val never = CountDownLatch(1)
    private val warned = CountDownLatch(1)

    @AfterEach
    fun close() {
        never.countDown()
        pool.shutdownNow()
    }

    @Test
    fun `the block runs on the executor's thread and its value comes back`() = runBlocking {
        assertEquals("blocking-1", interruptible(pool) { Thread.currentThread().name })
    }

    @Test
    fun `what the block throws is thrown, the very instance, Errors too`() = runBlocking {
        listOf(Boom(), InterruptedException("the block's own"), StackOverflowError()).forEach { thrown ->
            assertSame(thrown, runCatchingAll { interruptible(pool) { throw thrown } })
        }
    }

    @Test
    fun `an executor that refuses surfaces`() = runBlocking {
        pool.shutdown()
        assertInstanceOf(RejectedExecutionException::class.java, runCatchingAll { interruptible(pool) { 1 } })
        Unit
    }

    @Test
    fun `cancelling interrupts the block and waits for its end`() = runBlocking {
        val ended = AtomicBoolean()
        val job = launch(Dispatchers.Default) {
            interruptible(pool, LONG, LONG) {
                begun.countDown()
                try {
                    never.await()
                } finally {
                    ended.set(true)
                }
            }
        }
        begun.await()
        job.cancelAndJoin()
        assertTrue(ended.get())
    }

    @Test
    fun `a stage that comes of a cancelled block is cancelled`() = runBlocking {
        val stage = CompletableFuture<String>()
        val job = launch(Dispatchers.Default) {
            interruptible<CompletableFuture<String>>(pool, LONG, LONG) {
                begun.countDown()
                try {
                    never.await()
                } catch (_: InterruptedException) {
                    // It continues with the work it has started.
                }
                stage
            }
        }
        begun.await()
        job.cancelAndJoin()
        assertThrows(CancellationException::class.java) { stage.join() }
        Unit
    }

    @Test
    fun `leaving a stage that cannot be cancelled surfaces nothing but the cancel`() = onVirtualTime {
        val stage = mockk<CompletionStage<String>>()
        every { stage.whenComplete(any()) } returns stage
        every { stage.toCompletableFuture() } throws UnsupportedOperationException()
        val waiting = async(start = CoroutineStart.UNDISPATCHED) { stageOf { stage } }
        waiting.cancelAndJoin()
        verify(exactly = 1) { stage.toCompletableFuture() }
    }

    @Test
    fun `the wait is in real time where the caller's clock is virtual`() = onVirtualTime {
        val ended = AtomicBoolean()
        val err = loggedWhile {
            val job = launch {
                interruptible(pool, LONG, LONG) {
                    begun.countDown()
                    try {
                        never.await()
                    } catch (_: InterruptedException) {
                        // A virtual clock jumps over any grace in less time than this.
                        repeat(1000) { Thread.yield() }
                    }
                    ended.set(true)
                }
            }
            testScheduler.runCurrent()
            begun.await()
            job.cancelAndJoin()
        }
        assertTrue(ended.get())
        assertEquals("", err)
    }

    @Test
    fun `the interrupt flag is clear when the thread goes back to the executor`() {
        val flagAfter = AtomicBoolean(true)
        val back = CountDownLatch(1)
        val direct = Executor { task ->
            Thread {
                task.run()
                flagAfter.set(Thread.currentThread().isInterrupted)
                back.countDown()
            }.start()
        }
        runBlocking {
            val job = launch(Dispatchers.Default) {
                interruptible(direct, LONG, LONG) {
                    begun.countDown()
                    try {
                        never.await()
                    } catch (_: InterruptedException) {
                        // Well-behaved code sets the flag again. A flag left set would interrupt the next task.
                        Thread.currentThread().interrupt()
                    }
                }
            }
            begun.await()
            job.cancelAndJoin()
        }
        back.await()
        assertFalse(flagAfter.get())
    }

    @Test
    fun `code that ignores the interrupt is left behind, its result dropped, one warning shows its stack`() {
        val running = CountDownLatch(1)
        val err = loggedWhile {
            runBlocking {
                val call =
                    async(Dispatchers.Default) {
                        interruptible(pool) { deafUntilReleased().also { running.countDown() } }
                    }
                begun.await()
                call.cancelAndJoin()
                assertTrue(call.isCancelled)
                assertEquals(1, running.count, "the block still runs, nobody waits for it")
            }
            warned.await()
            never.countDown()
            running.await()
        }
        assertEquals(1, Regex("ignores its interrupt").findAll(err).count(), err)
        assertTrue("blocking-1" in err && "deafUntilReleased" in err, err)
    }

    @Test
    fun `code that obeys, but late, is left behind and not warned of`() {
        val obeyed = CountDownLatch(1)
        val err = loggedWhile {
            runBlocking {
                val late = async(Dispatchers.Default) {
                    interruptible(pool, 1.milliseconds, LONG) { deafUntilReleased().also { obeyed.countDown() } }
                }
                begun.await()
                late.cancelAndJoin()
                assertEquals(1, obeyed.count, "nobody waits for it")
                // A second block causes a warning later: a warning for the first would have been logged before it.
                val deaf = CountDownLatch(1)
                val second = async(Dispatchers.Default) {
                    interruptible({ Thread(it, "deaf-2").start() }, 1.milliseconds, 50.milliseconds) {
                        deaf.countDown()
                        deafUntilReleased()
                    }
                }
                deaf.awaitSuspending()
                second.cancelAndJoin()
            }
            warned.await()
            never.countDown()
            obeyed.await()
        }
        assertEquals(listOf("deaf-2"), Regex("thread (\\S+) ignores").findAll(err).map { it.groupValues[1] }.toList())
    }

    @Test
    fun `an operator goes on without a block that ignores the interrupt`() = runBlocking {
        val winner = race(
            { interruptible(pool) { deafUntilReleased() } },
            { begun.awaitSuspending().let { "quick" } },
        )
        assertEquals("quick", winner.value)
        assertEquals(1, never.count)
    }

    @Test
    fun `a block that is still queued when its caller is cancelled never runs`() = runBlocking {
        val ran = AtomicInteger()
        val first = launch(Dispatchers.Default) { interruptible(pool) { deafUntilReleased() } }
        begun.await()
        val queued =
            launch(Dispatchers.Default, CoroutineStart.UNDISPATCHED) { interruptible(pool) { ran.incrementAndGet() } }
        queued.cancelAndJoin()
        never.countDown()
        first.join()
        interruptible(pool) { }
        assertEquals(0, ran.get())
    }

    @Test
    fun `a direct executor is interrupted too`() = runBlocking {
        Executors.newSingleThreadExecutor().asCoroutineDispatcher().use { own ->
            val job = launch(own) {
                interruptible({ it.run() }) {
                    begun.countDown()
                    never.await()
                }
            }
            begun.await()
            job.cancelAndJoin()
        }
    }

    private companion object {
        val LONG = 60.seconds
    }

    private fun deafUntilReleased() {
        begun.countDown()
        var released = false
        while (!released) {
            released = try {
                never.await()
                true
            } catch (_: InterruptedException) {
                false
            }
        }
    }

    /** Waits without blocking a thread that runs coroutines. */
    private suspend fun CountDownLatch.awaitSuspending() = interruptible({ Thread(it).start() }) { await() }

    private inline fun loggedWhile(block: () -> Unit): String {
        val before = System.err
        val bytes = object : ByteArrayOutputStream() {
            override fun write(b: ByteArray, off: Int, len: Int) {
                super.write(b, off, len)
                if ("deafUntilReleased" in toString()) warned.countDown()
            }
        }
        System.setErr(PrintStream(bytes, true))
        try {
            block()
        } finally {
            System.setErr(before)
        }
        return bytes.toString()
    }
}
