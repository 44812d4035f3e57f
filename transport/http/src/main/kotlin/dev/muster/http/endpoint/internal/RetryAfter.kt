package dev.muster.http.endpoint.internal

import java.time.Clock
import java.time.DateTimeException
import java.time.Duration
import java.time.Instant
import java.time.ZonedDateTime
import java.time.format.DateTimeFormatter

/** Parses how long a provider asks to wait. */
internal object RetryAfter {
    /**
     * Reads `retry-after-ms`, else `Retry-After` in seconds or as an HTTP date. Returns null if neither can be
     * parsed.
     */
    fun of(header: (String) -> String?, clock: Clock = Clock.systemUTC()): Duration? =
        header("retry-after-ms")?.let { millis(it.trim(), 1.0) }
            ?: header("Retry-After")?.trim()?.let { millis(it, MILLIS_A_SECOND) ?: until(it, clock) }

    /** Returns whether `x-should-retry` advises to send the same request again. Returns null if it advises neither. */
    fun advised(header: (String) -> String?): Boolean? =
        header("x-should-retry")?.trim()?.lowercase()?.toBooleanStrictOrNull()

    /** Parses Google's format `34.5s`. Returns null if it cannot be parsed. */
    fun span(text: String): Duration? = if (text.endsWith("s")) millis(text.dropLast(1), MILLIS_A_SECOND) else null

    private fun millis(number: String, unit: Double): Duration? =
        decimal(number)?.let { minOf(Duration.ofMillis((it * unit).toLong()), LONGEST) }

    private fun until(date: String, clock: Clock): Duration? = try {
        val at: Instant = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant()
        Duration.between(clock.instant(), at).coerceIn(Duration.ZERO, LONGEST)
    } catch (_: DateTimeException) {
        null
    }

    private const val MILLIS_A_SECOND = 1000.0

    // A longer wait makes no sense and could overflow when it is added.
    private val LONGEST = Duration.ofDays(365)
}

/**
 * Parses digits with at most one decimal point. Returns null for other notations of a double, such as `1e3` or
 * `0x1p3`.
 */
internal fun decimal(text: String): Double? = if (DECIMAL.matches(text)) text.toDouble() else null

private val DECIMAL = Regex("[0-9]+(\\.[0-9]+)?")
