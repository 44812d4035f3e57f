package dev.muster.http.internal

import java.time.Clock
import java.time.DateTimeException
import java.time.Duration
import java.time.Instant
import java.time.ZonedDateTime
import java.time.format.DateTimeFormatter

/** How long a provider asks to wait. */
internal object RetryAfter {
    /** Reads `retry-after-ms`, else `Retry-After` in seconds or as an HTTP date; null where neither can be read. */
    fun of(header: (String) -> String?, clock: Clock = Clock.systemUTC()): Duration? =
        header("retry-after-ms")?.let { millis(it.trim(), 1.0) }
            ?: header("Retry-After")?.trim()?.let { millis(it, MILLIS_A_SECOND) ?: until(it, clock) }

    /** Reads Google's `34.5s`; null where it cannot be read. */
    fun span(text: String): Duration? = if (text.endsWith("s")) millis(text.dropLast(1), MILLIS_A_SECOND) else null

    private fun millis(number: String, unit: Double): Duration? = number
        .toDoubleOrNull()
        ?.takeIf { it.isFinite() && it >= 0 }
        ?.let { Duration.ofMillis((it * unit).toLong()) }

    private fun until(date: String, clock: Clock): Duration? = try {
        val at: Instant = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant()
        maxOf(Duration.ZERO, Duration.between(clock.instant(), at))
    } catch (_: DateTimeException) {
        null
    }

    private const val MILLIS_A_SECOND = 1000.0
}
