package dev.muster.http.endpoint.internal

import dev.muster.provider.RateLimitStatus
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import java.time.Clock
import java.time.Duration
import java.time.Instant
import java.time.ZoneOffset

class RateLimitHeadersTest {
    private val now = Instant.parse("2026-03-01T12:00:00Z")

    private fun read(vararg headers: Pair<String, String>): RateLimitStatus? =
        RateLimitHeaders.read(headers.toMap()::get, Clock.fixed(now, ZoneOffset.UTC))

    private fun openAi(limit: String, remaining: String, reset: String) = read(
        "x-ratelimit-limit-requests" to limit,
        "x-ratelimit-remaining-requests" to remaining,
        "x-ratelimit-reset-requests" to reset,
    )

    @Test
    fun `C18 OpenAI's headers give requests and tokens`() {
        val status =
            read(
                "x-ratelimit-limit-requests" to "60",
                "x-ratelimit-remaining-requests" to "59",
                "x-ratelimit-reset-requests" to "1s",
                "x-ratelimit-limit-tokens" to "150000",
                "x-ratelimit-remaining-tokens" to "149984",
                "x-ratelimit-reset-tokens" to "6m0s",
            )
        assertEquals(
            "RateLimitStatus(requests=Quota(59 of 60, reset after PT1S), " +
                "tokens=Quota(149984 of 150000, reset after PT6M))",
            status.toString(),
        )
    }

    @Test
    fun `C18 Anthropic's headers give the time of day of the reset`() {
        val status =
            read(
                "anthropic-ratelimit-requests-limit" to "50",
                "anthropic-ratelimit-requests-remaining" to "0",
                "anthropic-ratelimit-requests-reset" to "2026-03-01T12:00:30Z",
                "anthropic-ratelimit-input-tokens-limit" to "40000",
                "anthropic-ratelimit-input-tokens-remaining" to "39000",
                "anthropic-ratelimit-input-tokens-reset" to "2026-03-01T11:59:00Z",
            )
        assertEquals(
            "RateLimitStatus(requests=Quota(0 of 50, reset after PT30S), " +
                "tokens=Quota(39000 of 40000, reset after PT0S))",
            status.toString(),
        )
    }

    @Test
    fun `resets are read in all forms`() {
        mapOf(
            "20ms" to Duration.ofMillis(20),
            "1m30.5s" to Duration.ofMillis(90_500),
            "1h2m" to Duration.ofMinutes(62),
            "2.5" to Duration.ofMillis(2500),
            "0" to Duration.ZERO,
            // What cannot be read counts as a minute.
            "soon" to Duration.ofMinutes(1),
            "-5" to Duration.ofMinutes(1),
            "NaN" to Duration.ofMinutes(1),
            "" to Duration.ofMinutes(1),
        ).forEach { (text, wait) -> assertEquals(wait, openAi("10", "5", text)?.requests?.resetAfter, text) }
    }

    @Test
    fun `what makes no sense is passed over`() {
        assertNull(read())
        assertNull(read("x-ratelimit-limit-requests" to "10"))
        assertNull(openAi("0", "0", "1s"))
        assertNull(openAi("many", "5", "1s"))
        assertNull(openAi("-1", "-1", "1s"))
        assertEquals(0, openAi("10", "-5", "1s")?.requests?.remaining)
        assertEquals(10, openAi("10", "50", "1s")?.requests?.remaining)
    }
}
