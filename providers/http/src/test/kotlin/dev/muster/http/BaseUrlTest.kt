package dev.muster.http

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.net.URI

class BaseUrlTest {
    @Test
    fun `a slash at the end makes no difference`() {
        assertEquals(URI("https://api.example.com/v1"), BaseUrl.parse(" https://api.example.com/v1/ "))
        assertEquals(URI("http://[::1]:8080"), BaseUrl.parse("http://[::1]:8080//"))
    }

    @ParameterizedTest
    @CsvSource(
        "ftp://x, http://",
        "localhost:11434, http://",
        "api.example.com, http://",
        "http://, read",
        "http:///v1, host",
        "https://u:secret@x, user",
        "https://x?key=secret, query",
        "https://x/#f, fragment",
        "'https://x y/secret', read",
    )
    fun `what is no base URL is refused without repeating it`(text: String, says: String) {
        val refused = assertThrows(IllegalArgumentException::class.java) { BaseUrl.parse(text) }
        assertTrue(says in refused.message!!, refused.message)
        assertFalse("secret" in refused.stackTraceToString(), refused.message)
    }
}
