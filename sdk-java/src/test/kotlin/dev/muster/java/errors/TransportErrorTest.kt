@file:OptIn(InternalMusterApi::class)

package dev.muster.java.errors

import dev.muster.annotation.InternalMusterApi
import dev.muster.facade.original
import dev.muster.http.transport.HttpAnswer
import dev.muster.http.transport.HttpCall
import dev.muster.http.transport.HttpTransport
import dev.muster.java.Muster
import dev.muster.network.NetworkSettings
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.Timeout
import java.nio.ByteBuffer
import java.time.Duration
import java.util.concurrent.atomic.AtomicInteger

/** D4: a broken transport, below every provider. */
@Timeout(180)
class TransportErrorTest {
    private enum class Place { EXCHANGE, HEADER, READ }

    private class BrokenTransport(private val place: Place, private val error: Error) : HttpTransport {
        val exchanges = AtomicInteger()
        private val open = AtomicInteger()
        var isClosed = false
            private set

        override val network: NetworkSettings? = null

        override val openExchanges: Int get() = open.get()

        override suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T {
            exchanges.incrementAndGet()
            if (place == Place.EXCHANGE) throw error
            open.incrementAndGet()
            try {
                return handle(Answer())
            } finally {
                open.decrementAndGet()
            }
        }

        override fun close() {
            isClosed = true
        }

        override fun awaitClosed(timeout: Duration): Boolean = true

        private inner class Answer : HttpAnswer {
            override val status: Int get() = 200

            override fun header(name: String): String? = if (place == Place.HEADER) throw error else null

            override suspend fun read(): List<ByteBuffer>? = throw error
        }
    }

    @TestFactory
    fun `D4 an Error of the transport ends the call, of every provider, whole and streamed`(): List<DynamicTest> =
        listOf("openai", "openai-responses", "anthropic", "gemini", "ollama").flatMap { provider ->
            Place.entries.flatMap { place ->
                JavaErrors.STYLES.flatMap { style ->
                    listOf(false, true).map { streamed ->
                        dynamicTest("$place $provider ${if (streamed) "streamed" else "whole"} [${style.style}]") {
                            test(provider, place, style, streamed)
                        }
                    }
                }
            }
        }

    private fun test(provider: String, place: Place, style: JavaErrors, streamed: Boolean) {
        val error = Fault.entries[(place.ordinal + provider.length) % Fault.entries.size].error()
        val transport = BrokenTransport(place, error)
        val builder = Muster.builder().environment(emptyMap()).transport(transport)
        val failure = builder.provider(provider) { it.apiKey("key") }.build().use {
            val model = it.model("$provider::model")
            style.ending(if (streamed) model.stream("Hi").toList() else model.ask("Hi"))
        }
        assertSame(error, failure?.let(::original)) { failure?.stackTraceToString() }
        assertEquals(0, transport.openExchanges)
        assertEquals(1, transport.exchanges.get(), "it was retried")
        assertTrue(transport.isClosed)
    }
}
