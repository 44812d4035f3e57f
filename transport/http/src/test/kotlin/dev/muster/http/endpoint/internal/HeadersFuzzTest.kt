package dev.muster.http.endpoint.internal

import com.code_intelligence.jazzer.junit.FuzzTest
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.params.provider.MethodSource

/** The headers with the time to wait and the remaining quota, with any content from a peer. */
class HeadersFuzzTest {
    @MethodSource("values")
    @FuzzTest(maxDuration = "60s")
    fun `any value is a time not before now, or as if it were not there`(bytes: ByteArray) {
        val value = String(bytes, Charsets.ISO_8859_1)
        val wait = RetryAfter.of({ name -> value.takeIf { name == "Retry-After" } })
        assertFalse(wait != null && wait.isNegative, "$wait")
        val millis = RetryAfter.of({ name -> value.takeIf { name == "retry-after-ms" } })
        assertFalse(millis != null && millis.isNegative, "$millis")
        val parts = value.split(',') + listOf("9", "9")
        for (form in listOf("x-ratelimit-%s-requests", "anthropic-ratelimit-tokens-%s")) {
            val status =
                RateLimitHeaders.read({ name ->
                    listOf("limit", "remaining", "reset").indexOfFirst { form.format(it) == name }.let(parts::getOrNull)
                })
            listOfNotNull(status?.requests, status?.tokens).forEach {
                assertTrue(it.remaining in 0..it.limit, "$it")
                assertFalse(it.resetAfter.isNegative, "$it")
            }
        }
    }

    private companion object {
        @JvmStatic
        fun values(): List<ByteArray> = listOf(
            "3",
            " 1.5 ",
            "1e308",
            "-1",
            "NaN",
            "0x1p3",
            "Sun, 01 Mar 2026 12:01:30 GMT",
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "10,5,6m0s",
            "1e19,1e19,+1000000000-12-31T23:59:59Z",
            "10,5,1d2h3m4.5s6ms",
            "10,5,99999d",
            "10,5,1s99999999999d",
        ).map { it.toByteArray() }
    }
}
