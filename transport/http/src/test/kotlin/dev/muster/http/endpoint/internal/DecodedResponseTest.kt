package dev.muster.http.endpoint.internal

import dev.muster.http.codec.TooLargeException
import dev.muster.http.endpoint.readAll
import dev.muster.http.everySplit
import dev.muster.http.transport.HttpAnswer
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.nio.ByteBuffer
import java.util.zip.CRC32
import java.util.zip.GZIPOutputStream

class DecodedResponseTest {
    private class Answer(private val coding: String?, pieces: List<ByteBuffer>) : HttpAnswer {
        private val pieces = pieces.map { it.duplicate() }.iterator()
        override val status = 200

        override fun header(name: String): String? = when (name.lowercase()) {
            "content-encoding" -> coding
            "content-length" -> "999999999"
            else -> null
        }

        override suspend fun read(): List<ByteBuffer>? = if (pieces.hasNext()) listOf(pieces.next()) else null
    }

    private fun gzip(text: String): ByteArray =
        ByteArrayOutputStream().also { out -> GZIPOutputStream(out).use { it.write(text.toByteArray()) } }.toByteArray()

    /** With everything that a header may contain. */
    private fun gzipWithNames(text: String): ByteArray {
        val plain = gzip(text)
        val head = plain.copyOf(10).also { it[3] = 0x1E }
        val more = byteArrayOf(3, 0, 1, 2, 3) + "a name\u0000a comment\u0000".toByteArray()
        val check = CRC32().apply { update(head + more) }.value
        return head + more + byteArrayOf(check.toByte(), (check shr 8).toByte()) + plain.drop(10)
    }

    private fun read(coding: String, pieces: List<ByteBuffer>): String = runBlocking {
        String(DecodedResponse.of(Answer(coding, pieces)).readAll())
    }

    @Test
    fun `every form of gzip in every split is the same text`() {
        listOf(
            gzip("some text"),
            gzip(""),
            gzipWithNames("some text"),
            gzip("some ") + gzip("") + gzip("text"),
            gzip("some text") + ByteArray(3),
            "{\"plain\":\"some text\"}".toByteArray(),
        ).forEach { bytes ->
            val whole = read("gzip", listOf(ByteBuffer.wrap(bytes)))
            everySplit(bytes).forEach { assertEquals(whole, read("gzip", it)) }
        }
        assertEquals("some text", read("gzip", listOf(ByteBuffer.wrap(gzipWithNames("some text")))))
        assertEquals("some text", read("gzip", listOf(ByteBuffer.wrap(gzip("some ") + gzip("text") + ByteArray(3)))))
        assertEquals("{}", read("gzip", listOf(ByteBuffer.wrap("{}".toByteArray()))))
    }

    @Test
    fun `gzip that is cut anywhere is not whole`() {
        val bytes = gzip("some text")
        (1 until bytes.size).forEach { size ->
            assertThrows(IOException::class.java, { read("gzip", listOf(ByteBuffer.wrap(bytes, 0, size))) }, "$size")
        }
        assertEquals("", read("gzip", emptyList()))
    }

    @Test
    fun `the bytes that are decoded count, a piece at a time`() {
        val bomb = gzip("x".repeat(1_000_000))
        assertTrue(bomb.size < 10_000)
        val answer = DecodedResponse.of(Answer("gzip", listOf(ByteBuffer.wrap(bomb))))
        assertThrows(TooLargeException::class.java) { runBlocking { answer.readAll(limit = 100_000) } }
        assertTrue(runBlocking { answer.read() }!!.single().remaining() <= 16 * 1024)
    }

    @Test
    fun `a coding of nothing without an end is given up`() {
        // Stored blocks of zero bytes.
        val nothing = ByteArray(1 shl 21) { byteArrayOf(0, 0, 0, -1, -1)[it % 5] }
        val error =
            assertThrows(CodingException::class.java) {
                read("gzip", listOf(ByteBuffer.wrap(gzip("").copyOf(10) + nothing)))
            }
        assertEquals("compressed data that decodes to nothing", error.what)
    }

    @Test
    fun `an answer without a coding is left as it is`() {
        listOf(null, "", "identity").forEach { coding ->
            val answer = Answer(coding, emptyList())
            assertSame(answer, DecodedResponse.of(answer))
        }
    }
}
