package dev.muster.http.endpoint

import dev.muster.error.LlmException
import dev.muster.fake.RawServer
import dev.muster.http.failure
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.time.Duration
import java.time.ZoneOffset
import java.time.ZonedDateTime
import java.time.format.DateTimeFormatter

class RetryAfterHeadersTest {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        nullValues = ["-"],
        value = [
            "429 | Retry-After: 3 | 3000",
            "503 | Retry-After: 3 | 3000",
            "529 | retry-after: 3 | 3000",
            "500 | Retry-After: 0 | 0",
            "408 | Retry-After: 1.5 | 1500",
            "429 | retry-after-ms: 250 | 250",
            "503 | Retry-After-Ms: 250.9 | 250",
            "529 | retry-after-ms: 250; Retry-After: 9 | 250",
            "429 | Retry-After: 9; retry-after-ms: 250 | 250",
            "503 | retry-after-ms: soon; Retry-After: 9 | 9000",
            "429 | Retry-After: Sun, 01 Mar 2020 12:01:30 GMT | 0",
            "429 | Retry-After: tomorrow | -",
            "503 | Retry-After: -3 | -",
            "529 | X-Other: 3 | -",
        ],
    )
    fun `C10 what a failure says of the time to wait is on its exception`(status: Int, headers: String, millis: Long?) {
        assertEquals(millis?.let(Duration::ofMillis), answered(status, headers).retryAfter)
    }

    @Test
    fun `C10 a date is as long from now as it lies ahead`() {
        val at = ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(10)
        val date = DateTimeFormatter.RFC_1123_DATE_TIME.format(at)
        listOf(429, 503, 529).forEach { status ->
            val wait = answered(status, "Retry-After: $date").retryAfter!!
            assertTrue(wait in Duration.ofMinutes(9)..Duration.ofMinutes(10), "$wait")
        }
    }

    private fun answered(status: Int, headers: String): LlmException = RawServer { connection, _ ->
        readRequest(connection)
        val lines = headers.split("; ").joinToString("") { "$it\r\n" }
        write(connection, "HTTP/1.1 $status Oops\r\n${lines}Content-Length: 0\r\n\r\n")
    }.use { failure(it.url) }
}
