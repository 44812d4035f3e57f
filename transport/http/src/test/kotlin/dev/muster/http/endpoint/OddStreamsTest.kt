package dev.muster.http.endpoint

import dev.muster.error.ProviderException
import dev.muster.fake.RawServer
import dev.muster.http.apiCall
import dev.muster.http.codec.SseEvent
import dev.muster.http.endpointAt
import dev.muster.http.onTransport
import io.mockk.mockk
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

/** Data that servers send around the events of a stream. */
class OddStreamsTest {
    private class Taken : EventDecoder(mockk(relaxed = true)) {
        val events = mutableListOf<String>()

        override suspend fun take(event: SseEvent): Boolean {
            events += event.data
            return event.data == "end"
        }
    }

    private fun <T> asked(body: String, ask: suspend (ApiEndpoint) -> T): T = RawServer { socket, _ ->
        readRequest(socket)
        val bytes = body.toByteArray()
        write(socket, "HTTP/1.1 200 OK\r\nContent-Length: ${bytes.size}\r\n\r\n".toByteArray() + bytes)
    }.use { server -> onTransport { ask(endpointAt(it, server.url)) } }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = [
            "event: ping~data: \"\"~~event: ping~data: [not JSON~~data: {}~~data: end~~ | {} end | true",
            "event: keepalive~data~~: comment~~event: heartbeat~data: {}~~data: end~~ | end | true",
            "^data: {}~~data: end~~ | {} end | true",
            "data: {}~data: {}~data: [1] | {} {} [1] | false",
            "event: a~data: {}~event: ping~data: {}~event: b~data: end | {} end | true",
        ],
    )
    fun `pings, marks and missing blank lines change no event`(body: String, events: String, isWhole: Boolean) {
        val taken = Taken()
        val whole = asked(body.replace('~', '\n').replace('^', '\uFEFF')) { it.events(apiCall(), taken) }
        assertEquals(events to isWhole, taken.events.joinToString(" ") to whole)
    }

    @Test
    fun `a mark before an error in place of a stream hides nothing`() {
        val error =
            assertThrows(ProviderException::class.java) {
                asked("\uFEFF{\"error\":{\"message\":\"the words\"}}\n") { it.events(apiCall(), Taken()) }
            }
        assertTrue("the words" in error.message!!, error.message)
    }

    @Test
    fun `a mark before lines of JSON is passed over`() {
        val lines = mutableListOf<String>()
        asked("\uFEFF{}\n\n{}") { endpoint -> endpoint.lines(apiCall(), {}) { lines.add(it) && lines.size == 2 } }
        assertEquals(listOf("{}", "{}"), lines)
    }
}
