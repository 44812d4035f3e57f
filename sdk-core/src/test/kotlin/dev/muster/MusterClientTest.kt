@file:OptIn(kotlinx.coroutines.ExperimentalCoroutinesApi::class)

package dev.muster

import dev.muster.chat.ChatResponse
import dev.muster.error.ClientClosedException
import dev.muster.provider.SharedResource
import dev.muster.provider.Transport
import io.mockk.every
import io.mockk.mockk
import io.mockk.verify
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.supervisorScope
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds

class MusterClientTest {
    @Test
    fun `A11 closing ends the calls in flight and refuses new ones`() = runTest {
        val provider = ScriptedProvider(onChat = { awaitCancellation() })
        val client = provider.client()
        val model = client.model("scripted::m")
        supervisorScope {
            val calls = List(3) { async { model.ask("Hi") } }
            runCurrent()
            client.close()
            calls.forEach { call ->
                assertInstanceOf(ClientClosedException::class.java, runCatchingAll { call.await() })
            }
        }
        assertEquals(3, provider.cancelled)
        assertInstanceOf(ClientClosedException::class.java, runCatchingAll { model.ask("Hi") })
        assertEquals(3, provider.requests.size)
    }

    @Test
    fun `a caller that cancels sees its own cancellation, not a closed client`() = runTest {
        val provider = ScriptedProvider(onChat = { awaitCancellation() })
        val client = provider.client()
        val call = async { client.model("scripted::m").ask("Hi") }
        runCurrent()
        call.cancel(CancellationException("mine"))
        client.close()
        assertEquals("mine", runCatchingAll { call.await() }.message)
    }

    @Test
    fun `closing closes what the providers share, once, and waits for it`() {
        val resource = mockk<Transport>()
        every { resource.close() } returns Unit
        every { resource.awaitClosed(any()) } returns true
        val client = ScriptedProvider().client { transport(resource) }
        client.close()
        client.close()
        verify(exactly = 1) { resource.close() }
        verify { resource.awaitClosed(match { it.toMillis() in 0..1000 }) }
        assertTrue(client.isClosed)
    }

    private interface OtherTransport : Transport

    @Test
    fun `a transport that the providers cannot use is refused, and not ignored`() {
        val transport = mockk<Transport>(relaxed = true)
        val provider = ScriptedProvider(onOpen = { it.shared(OtherTransport::class.java) { error("made") } })

        val e = assertThrows(IllegalArgumentException::class.java) {
            provider.client { transport(transport) }.model("scripted::m")
        }

        assertTrue(OtherTransport::class.java.name in e.message.orEmpty()) { "${e.message}" }
    }

    private class Closed(var times: Int = 0) : SharedResource {
        override fun close() {
            times++
        }

        override fun awaitClosed(timeout: Duration): Boolean = true
    }

    @Test
    fun `D4 an Error from closing one thing leaves nothing else open, and is thrown`() {
        val error = NoClassDefFoundError("injected")
        val first = mockk<Transport>()
        every { first.close() } throws error
        val second = Closed()
        val provider = ScriptedProvider(onOpen = { it.shared(Closed::class.java) { second } })
        val client = provider.client { transport(first) }
        client.model("scripted::m")
        assertEquals(1, provider.opened.size)
        assertSame(error, assertThrows(NoClassDefFoundError::class.java) { client.shutdown() })
        assertEquals(1, second.times)
        assertTrue(client.isClosed)
        // It is closed all the same: a second time there is nothing to do.
        client.shutdown()
        verify(exactly = 1) { first.close() }
    }

    @Test
    fun `A8 an endpoint of one's own speaks the wire form of a known provider`() = runTest {
        val provider = ScriptedProvider()
        val client =
            provider.client { provider("mine") { it.compatibleWith("scripted").baseUrl("http://localhost:1/v1") } }
        assertEquals("ok", client.model("mine::m").ask("Hi"))
        assertEquals("mine", provider.opened.single().first)
        assertEquals("http://localhost:1/v1", provider.opened.single().second.baseUrl)
    }

    @Test
    fun `configuring an unknown provider says which are known`() {
        val e =
            assertThrows(IllegalArgumentException::class.java) {
                ScriptedProvider().client { provider("acme") { it.apiKey("k") } }
            }
        assertTrue(e.message!!.contains("scripted"), e.message)
    }

    @Test
    fun `C27 a graceful close that suspends lets the calls that run finish, and refuses new ones`() = runTest {
        val end = CompletableDeferred<Unit>()
        val provider = ScriptedProvider(onChat = { ChatResponse.builder().text("ok").also { end.await() } })
        val client = provider.client()
        val model = client.model("scripted::m")
        val call = async { model.ask("Hi") }
        runCurrent()
        val closed = async { client.closeGracefully(1.hours) }
        runCurrent()
        assertInstanceOf(ClientClosedException::class.java, runCatchingAll { model.ask("late") })
        assertFalse(closed.isCompleted)
        end.complete(Unit)
        assertTrue(closed.await())
        assertEquals("ok", call.await())
        assertEquals(1, provider.requests.size)
    }

    @Test
    fun `C27 a graceful close that suspends cancels what has not ended in time`() = runTest {
        val provider = ScriptedProvider(onChat = { awaitCancellation() })
        val client = provider.client()
        supervisorScope {
            val call = async { client.model("scripted::m").ask("Hi") }
            runCurrent()
            assertFalse(client.closeGracefully(10.seconds))
            assertEquals(10.seconds.inWholeMilliseconds, testScheduler.currentTime)
            assertInstanceOf(ClientClosedException::class.java, runCatchingAll { call.await() })
        }
        assertThrows(IllegalArgumentException::class.java) { runBlocking { client.closeGracefully((-1).seconds) } }
    }

    @Test
    fun `C27 who is cancelled in a graceful close closes at once`() = runTest {
        val provider = ScriptedProvider(onChat = { awaitCancellation() })
        val client = provider.client()
        supervisorScope {
            val call = async { client.model("scripted::m").ask("Hi") }
            runCurrent()
            val closing = async { client.closeGracefully(1.hours) }
            runCurrent()
            closing.cancelAndJoin()
            assertInstanceOf(ClientClosedException::class.java, runCatchingAll { call.await() })
        }
        assertEquals(0, testScheduler.currentTime)
    }

    @Test
    fun `each provider is opened once`() = runTest {
        val provider = ScriptedProvider(setOf("a", "b"))
        val client = provider.client()
        listOf("a::1", "a::2", "b::1", "a::1").forEach { client.model(it).ask("Hi") }
        assertEquals(listOf("a", "b"), provider.opened.map { it.first })
    }

    @Test
    fun `no toString shows a key`() {
        val provider = ScriptedProvider()
        val client = provider.client { provider("scripted") { it.apiKey("sk-secret").header("X-Key", "sk-secret") } }
        client.model("scripted::m")
        listOf(client, provider.opened.single().second).forEach { assertFalse("sk-secret" in it.toString()) }
    }
}
