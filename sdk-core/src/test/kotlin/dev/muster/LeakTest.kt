package dev.muster

import dev.muster.agent.ask
import dev.muster.facade.LeakWatch
import dev.muster.model.ChatModel
import dev.muster.provider.Transport
import dev.muster.resilience.ConcurrencyLimiter
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.time.Duration
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

/** What is garbage-collected without having been closed. */
class LeakTest {
    private val log = ByteArrayOutputStream()
    private val before = System.err

    @BeforeEach
    fun listen() = System.setErr(PrintStream(log, true))

    @AfterEach
    fun stop() = System.setErr(before)

    @Test
    fun `A11 a client that nobody has any more is closed, and reported once with where it was made`() {
        val connections = Connections()
        leakAClientOf(connections)
        connections.awaitClosed()
        assertEquals(1, Regex("A Muster client was garbage-collected").findAll(log.toString()).count(), log.toString())
        assertTrue("LeakTest.leakAClientOf" in log.toString(), log.toString())
        assertEquals(1, connections.closes)
    }

    @Test
    fun `A11 of many that are lost at one place the first is reported, and all are closed`() {
        val all = List(3) { Connections() }
        all.forEach(::leakAnotherOf)
        all.forEach(Connections::awaitClosed)
        assertEquals(1, Regex("LeakTest.leakAnotherOf").findAll(log.toString()).count(), log.toString())
    }

    @Test
    fun `A11 a client lives as long as a model of it`() = runTest {
        val connections = Connections()
        val model = modelOf(connections)
        // Two later leaks are found meanwhile: this one would have been too.
        repeat(2) { Connections().also(::leakASecondOf).awaitClosed() }
        assertEquals(0, connections.closes)
        assertEquals("ok", model.ask("Hi"))
    }

    @Test
    fun `A11 one that was closed, or never came to be, is not reported`() {
        closeOneOf(Connections())
        assertThrows(IllegalArgumentException::class.java, ::makeOneForAnUnknownModel)
        repeat(2) { Connections().also(::leakAThirdOf).awaitClosed() }
        assertFalse("closeOneOf" in log.toString(), log.toString())
        assertFalse("makeOneForAnUnknownModel" in log.toString(), log.toString())
    }

    @Test
    fun `a close that fails is reported too`() {
        val tried = CountDownLatch(1)
        LeakWatch.watch(Any(), "A thing") {
            tried.countDown()
            error("It is stuck")
        }
        tried.awaitCollecting()
        Connections().also(::leakAFourthOf).awaitClosed()
        assertTrue("It is stuck" in log.toString(), log.toString())
    }

    @Test
    fun `A11 what a model of a closed client would need is closed as soon as it is made`() {
        val made = mutableListOf<Connections>()
        val provider =
            ScriptedProvider(onOpen = { it.shared(Connections::class.java) { Connections().also(made::add) } })
        val client = provider.client()
        client.close()
        client.model("scripted::m")
        assertEquals(listOf(1), made.map { it.closes })
    }

    // A frame of its own each, or the client might still be found on the stack.
    private fun leakAClientOf(connections: Connections) = client(connections).isClosed

    private fun leakAnotherOf(connections: Connections) = client(connections).isClosed

    private fun leakASecondOf(connections: Connections) = client(connections).isClosed

    private fun leakAThirdOf(connections: Connections) = client(connections).isClosed

    private fun leakAFourthOf(connections: Connections) = client(connections).isClosed

    private fun closeOneOf(connections: Connections) = client(connections).close()

    private fun makeOneForAnUnknownModel() {
        ScriptedProvider().client { concurrencyLimiter("unknown::m", ConcurrencyLimiter.fixed(1)) }
    }

    private fun modelOf(connections: Connections): ChatModel = client(connections).model("scripted::m")

    private fun client(connections: Connections) = ScriptedProvider().client { transport(connections) }

    /** Stands for what a client has open. */
    private class Connections : Transport {
        private val closed = CountDownLatch(1)

        @Volatile
        var closes = 0

        override fun close() {
            closes++
            closed.countDown()
        }

        override fun awaitClosed(timeout: Duration) = true

        fun awaitClosed() = closed.awaitCollecting()
    }

    private companion object {
        /** Waits for what the garbage collection brings about. */
        fun CountDownLatch.awaitCollecting() {
            val end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60)
            do {
                System.gc()
                if (await(20, TimeUnit.MILLISECONDS)) return
            } while (System.nanoTime() < end)
            throw AssertionError("It was not closed")
        }
    }
}
