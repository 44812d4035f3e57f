package dev.muster.http.endpoint.internal

import dev.muster.fake.RawServer
import dev.muster.http.failure
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

/** The message of a failure whose body has no known format. */
class ErrorWordsTest {
    private fun message(body: String, status: Int = 400): String = RawServer { socket, _ ->
        readRequest(socket)
        val bytes = body.toByteArray()
        write(socket, "HTTP/1.1 $status X\r\nContent-Length: ${bytes.size}\r\n\r\n".toByteArray() + bytes)
    }.use { failure(it.url).message!! }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = [
            """{"success":false,"errors":[{"code":7003,"message":"no such thing"}]} | (7003): no such thing""",
            """{"Message":"not for you"} | : not for you""",
            """{"__type":"a.b#TooFast","message":"slow down"} | (TooFast): slow down""",
            """{"detail":"not here"} | : not here""",
            """{"error":"still loading","estimated_time":20.0} | : still loading""",
            """{"reason":{"why":"of its own form"}} | : {"reason":{"why":"of its own form"}}""",
            """"a text" | : a text""",
            """upstream is not there | : upstream is not there""",
            """<html><head><title> 502 Bad <b>way</b> </title></head></html> | ): 502 Bad  way""",
            """<h1 class='x'>No way</h1> | ): No way""",
        ],
    )
    fun `the body's own words are told`(body: String, says: String) {
        val message = message(body)
        assertTrue(message.endsWith(says.replace("  ", " ")), message)
    }

    @Test
    fun `a body without a word is not told`() {
        listOf("", "{}", "[]", "{\"error\":{}}", "{\"ok\":false,\"n\":1}", "\uFEFF{}").forEach {
            assertEquals("x::m: HTTP 400", message(it), it)
        }
    }

    @Test
    fun `they are told without secrets and not at length`() {
        val words = "s3cret-key and sk-abcdefgh are wrong. " + "word ".repeat(100)
        listOf(words, "{\"Message\":\"$words\"}", "<title>$words</title>", "{\"errors\":[{\"message\":\"$words\"}]}")
            .forEach {
                val message = message(it, 500)
                assertFalse("s3cret" in message || "abcdefgh" in message, message)
                assertTrue("are wrong. word" in message, message)
                assertTrue(message.length < 200 + 150 && message.endsWith("…"), message)
                assertTrue(message.count { c -> c == 'w' } < 45, message)
            }
    }
}
