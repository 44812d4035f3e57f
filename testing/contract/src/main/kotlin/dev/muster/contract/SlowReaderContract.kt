package dev.muster.contract

import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import dev.muster.http.codec.LineReader
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration

/**
 * [TransportContract], and backpressure: a reader that is slower than the server slows the server down and loses
 * nothing. Extend this one unless the engine under test buffers a whole body by design.
 *
 * The test sends 64 MiB over the loopback interface, and its buffers must hold less than half of that.
 */
public abstract class SlowReaderContract : TransportContract() {
    @Test
    public fun `B10 a reader that holds up holds up the server, and gets all of it in the end`(): Unit = blocking {
        server.otherwise(FakeReply.tokens(List(TOKENS) { "$it".padStart(DIGITS, '0') + PADDING }))
        val lines = LineReader()
        val seen = ArrayList<Int>()
        transport.exchange(post(chat(stream = true))) { answer ->
            answer.read()!!.forEach(lines::feed)
            val sent = server.stalledAt()
            // What the server could write is in the buffers of two sockets and in ours. Of these 64 megabytes up to
            // 18 were seen, if the kernel lets a socket's buffer grow to 32.
            assertTrue(sent < TOKENS / 2, "$sent of $TOKENS tokens were written while nobody read")
            while (true) {
                while (true) NUMBER.find(lines.next() ?: break)?.let { seen += it.groupValues[1].toInt() }
                answer.read()?.forEach(lines::feed) ?: break
            }
        }
        assertEquals(List(TOKENS) { it }, seen)
    }

    /** How many tokens the server had written when its socket accepted no more. */
    private fun FakeServer.stalledAt(): Int {
        while (true) {
            val sent = requests.single().tokensSent
            try {
                awaitTokens(sent + 1, STALL)
            } catch (_: IllegalStateException) {
                return sent
            }
        }
    }

    private companion object {
        const val TOKENS = 2_048
        const val DIGITS = 5
        val PADDING = "x".repeat(32 * 1024)
        val STALL: Duration = Duration.ofMillis(500)
        val NUMBER = Regex("\"content\":\"(\\d{5})x")
    }
}
