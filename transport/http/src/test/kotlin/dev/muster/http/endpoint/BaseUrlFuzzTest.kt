package dev.muster.http.endpoint

import com.code_intelligence.jazzer.junit.FuzzTest
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.params.provider.MethodSource
import java.net.URI
import java.net.http.HttpRequest

/** A base URL is either refused, or works with every path of an API. */
class BaseUrlFuzzTest {
    @MethodSource("urls")
    @FuzzTest(maxDuration = "60s")
    fun `any text is refused as no base URL or can be sent to`(bytes: ByteArray) {
        val url =
            try {
                BaseUrl.parse(String(bytes, Charsets.UTF_8))
            } catch (e: IllegalArgumentException) {
                // With a capital letter: a message may quote an address without a scheme, and those have none.
                assertFalse(e.message!!.contains("S3cret"), e.message)
                return
            }
        assertTrue(url.scheme.lowercase() in setOf("http", "https"), url.toString())
        BaseUrl.isOpenToReaders(url)
        HttpRequest.newBuilder(URI(url.toString() + "/chat/completions")).build()
    }

    private companion object {
        @JvmStatic
        fun urls(): List<ByteArray> = listOf(
            "https://api.example.com/v1",
            " http://[::1]:8080// ",
            "http://user:S3cret@host?key=S3cret#S3cret",
            "https://ä.example/é%20",
            "http://127.0.0.1:65536",
            "HTTP://a_b",
            "S3cret:x",
        ).map { it.toByteArray() }
    }
}
