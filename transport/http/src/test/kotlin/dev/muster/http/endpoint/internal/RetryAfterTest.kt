package dev.muster.http.endpoint.internal

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.time.Clock
import java.time.Duration
import java.time.Instant
import java.time.ZoneOffset

class RetryAfterTest {
    private val clock = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC)

    @Test
    fun `seconds, fractions, milliseconds and a date are read`() {
        assertEquals(Duration.ofSeconds(3), of("Retry-After" to "3"))
        assertEquals(Duration.ofMillis(1500), of("Retry-After" to " 1.5 "))
        assertEquals(Duration.ofMillis(250), of("retry-after-ms" to "250", "Retry-After" to "9"))
        assertEquals(Duration.ofSeconds(90), of("Retry-After" to "Sun, 01 Mar 2026 12:01:30 GMT"))
        assertEquals(Duration.ZERO, of("Retry-After" to "Sun, 01 Mar 2026 11:00:00 GMT"))
    }

    @Test
    fun `what cannot be read is as if it were not there`() {
        assertEquals(null, of())
        val unreadable =
            listOf("soon", "-1", "+1", "NaN", "Infinity", "", "1e3", "0x1p3", "1f", "1d", ".5", "1.", "1,5", "\u0663")
        unreadable.forEach { assertEquals(null, of("Retry-After" to it), it) }
        assertEquals(Duration.ofSeconds(9), of("retry-after-ms" to "x", "Retry-After" to "9"))
    }

    @Test
    fun `more than a year is a year, which can be added to`() {
        val year = Duration.ofDays(365)
        listOf("9".repeat(12), "9".repeat(400), "Fri, 31 Dec 9999 23:59:59 GMT").forEach {
            assertEquals(year, of("Retry-After" to it), it)
        }
        assertEquals(year, of("retry-after-ms" to "9".repeat(30)))
        assertEquals(year, RetryAfter.span("9".repeat(30) + "s"))
        assertEquals(null, RetryAfter.span("1e3s"))
    }

    private fun of(vararg headers: Pair<String, String>) = RetryAfter.of(headers.toMap()::get, clock)
}
