@file:OptIn(kotlinx.coroutines.ExperimentalCoroutinesApi::class)

package dev.muster.http.endpoint.internal

import dev.muster.http.endpoint.ErrorBody
import dev.muster.http.transport.HttpAnswer
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.IOException
import java.nio.ByteBuffer

class ErrorTextTest {
    private class Answer(private val next: suspend (Int) -> String?) : HttpAnswer {
        private var pieces = 0
        var cancelled = false
        override val status = 401

        override fun header(name: String): String? = null

        override suspend fun read(): List<ByteBuffer>? = try {
            next(pieces++)?.let { listOf(ByteBuffer.wrap(it.toByteArray())) }
        } catch (e: CancellationException) {
            cancelled = true
            throw e
        }
    }

    @Test
    fun `a body that stalls is waited for a few seconds, and what came of it is used`() = runTest {
        val answer = Answer { if (it == 0) "{\"error\":" else awaitCancellation() }
        assertEquals("{\"error\":", answer.errorText())
        assertEquals(3_000, currentTime)
        assertTrue(answer.cancelled)
    }

    @Test
    fun `a body that drips without end is waited for no longer`() = runTest {
        val answer = Answer {
            delay(700)
            "x"
        }
        assertEquals("xxxx", answer.errorText())
        assertEquals(3_000, currentTime)
    }

    @Test
    fun `a body that breaks off, or is too long, is cut there`() = runTest {
        assertEquals("so far", Answer { if (it == 0) "so far" else throw IOException("reset") }.errorText())
        assertEquals(256 * 1024, Answer { "y".repeat(100_000) }.errorText().length)
    }

    @Test
    fun `what is told of a cut body is read`() {
        val cut = ErrorBody.parseCut("""{"error":{"code":"invalid_api_key","message":"Incorrect key \"x\" prov""")
        assertEquals("invalid_api_key" to "Incorrect key \"x\" prov", cut.code to cut.message)
        listOf("", "{", "{\"error\":{\"message\":\"a\\", "[[[", "}").forEach {
            assertEquals(null, ErrorBody.parseCut(it).code, it)
        }
    }
}
