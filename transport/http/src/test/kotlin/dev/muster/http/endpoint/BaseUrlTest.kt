package dev.muster.http.endpoint

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

    @Test
    fun `what is not ASCII is encoded, for a request would have a question mark in its place`() {
        assertEquals(URI("https://x/%C3%A4/v1"), BaseUrl.parse("https://x/\u00e4/v1"))
    }

    @ParameterizedTest
    @CsvSource(
        "ftp://x, http://",
        "localhost:11434, such as http://localhost:11434",
        "127.0.0.1:8000/v1, such as http://127.0.0.1:8000/v1",
        "api.example.com, such as https://api.example.com",
        "llm.intern.example:8443/v1, such as https://llm.intern.example:8443/v1",
        "secret.part, such as https://api.example.com/v1",
        "secret, such as https://api.example.com/v1",
        "http://, not a valid URL",
        "http:///v1, host",
        "https://a_b/v1, host",
        "https://:443/v1, host",
        "https://x:65536, port",
        "https://x:0, port",
        "file:///etc/secret, http://",
        "secret:x, http://",
        "jar:https://x!/secret, http://",
        "'https://x\r\nX: secret', not a valid URL",
        "'https://x\t/secret', not a valid URL",
        "'https://x/\u0000secret', not a valid URL",
        "'https://x\\secret', not a valid URL",
        "https://x@y/secret, user",
        "https://@y/secret, user",
        "https://u:secret@x, user",
        "https://x?key=secret, query",
        "https://x/#f, fragment",
        "'https://x y/secret', not a valid URL",
    )
    fun `what is no base URL is refused without repeating it`(written: String, says: String) {
        val text = written.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t").replace("\\u0000", "\u0000")
        val refused = assertThrows(IllegalArgumentException::class.java) { BaseUrl.parse(text) }
        assertTrue(says in refused.message!!, refused.message)
        assertFalse("secret" in refused.stackTraceToString(), refused.message)
    }

    @ParameterizedTest
    @CsvSource(
        "https://x, '', https://x",
        "https://x/v1, '', https://x",
        "https://x/v1/v1, '', https://x",
        "https://x/a/v1/do, '', https://x/a",
        "https://x/av1, '', https://x/av1",
        "https://v1, '', https://v1",
        "https://x, /o/v2, https://x/o/v2",
        "https://x/o, /o/v2, https://x/o/v2",
        "https://x/a/o/v2, /o/v2, https://x/a/o/v2",
        "https://x/o/v2/do, /o/v2, https://x/o/v2",
        "https://x/v2, /o/v2, https://x/v2/o/v2",
    )
    fun `what is too much is taken off and what is missing added`(given: String, below: String, root: String) {
        assertEquals(URI(root), BaseUrl.root(URI(given), listOf("/v1", "/v1/do", "/do"), below))
    }

    @ParameterizedTest
    @CsvSource(
        "http://api.example.com, true",
        "HTTP://10.0.0.7:8000, true",
        "http://localhost.example.com, true",
        "http://127.0.0.1.example.com, true",
        "http://127.example.com, true",
        "http://[2001:db8::1], true",
        "https://api.example.com, false",
        "http://localhost:11434, false",
        "http://LOCALHOST, false",
        "http://a.localhost, false",
        "http://127.0.0.1, false",
        "http://127.1.2.3, false",
        "http://[::1]:8080, false",
        "http://[0:0:0:0:0:0:0:1], false",
    )
    fun `what leaves the machine by plain http can be read on its way`(url: String, open: Boolean) {
        assertEquals(open, BaseUrl.isOpenToReaders(BaseUrl.parse(url)))
    }
}
