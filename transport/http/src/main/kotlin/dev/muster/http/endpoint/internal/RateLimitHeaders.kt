package dev.muster.http.endpoint.internal

import dev.muster.provider.RateLimitStatus
import dev.muster.provider.RateLimitStatus.Quota
import java.time.Clock
import java.time.DateTimeException
import java.time.Duration
import java.time.Instant

/**
 * Reads the provider's rate limits from response headers. Supports OpenAI's format, which most compatible endpoints
 * share (`x-ratelimit-limit-requests`, `-remaining-`, `-reset-` with `1s` or `6m0s`), and Anthropic's
 * (`anthropic-ratelimit-requests-limit`, … with the time of the reset).
 */
internal object RateLimitHeaders {
    /** Returns the limits, or null if the headers contain none. */
    fun read(header: (String) -> String?, clock: Clock = Clock.systemUTC()): RateLimitStatus? {
        val requests = openAi(header, "requests", clock) ?: anthropic(header, "requests", clock)
        val tokens =
            openAi(header, "tokens", clock) ?: anthropic(header, "tokens", clock)
                ?: anthropic(header, "input-tokens", clock)
        return if (requests == null && tokens == null) null else RateLimitStatus(requests, tokens)
    }

    private fun openAi(header: (String) -> String?, what: String, clock: Clock): Quota? = quota(
        header("x-ratelimit-limit-$what"),
        header("x-ratelimit-remaining-$what"),
        header("x-ratelimit-reset-$what"),
        clock,
    )

    private fun anthropic(header: (String) -> String?, what: String, clock: Clock): Quota? = quota(
        header("anthropic-ratelimit-$what-limit"),
        header("anthropic-ratelimit-$what-remaining"),
        header("anthropic-ratelimit-$what-reset"),
        clock,
    )

    private fun quota(limit: String?, remaining: String?, reset: String?, clock: Clock): Quota? {
        val most = limit?.trim()?.toDoubleOrNull()?.toLong() ?: return null
        val left = remaining?.trim()?.toDoubleOrNull()?.toLong() ?: return null
        // A limit of zero would block every call forever: some endpoints send 0 or less for "no limit".
        if (most < 1) return null
        return Quota(most, left.coerceIn(0, most), reset?.trim()?.let { duration(it, clock) } ?: A_MINUTE)
    }

    /** Parses `6m0s`, `20ms`, `1.5` (seconds) or a point in time. */
    private fun duration(text: String, clock: Clock): Duration? = decimal(text)?.let(::seconds)
        ?: spans(text)
        ?: try {
            maxOf(Duration.ZERO, Duration.between(clock.instant(), Instant.parse(text)))
        } catch (_: DateTimeException) {
            null
        }

    private fun spans(text: String): Duration? {
        if (!SPANS.matches(text)) return null
        return SPAN.findAll(text).fold(Duration.ZERO) { sum, span ->
            val (number, unit) = span.destructured
            sum.plus(seconds(number.toDouble() * UNITS.getValue(unit)) ?: return null)
        }
    }

    private fun seconds(number: Double): Duration? =
        if (number in 0.0..LONGEST) Duration.ofNanos((number * NANOS).toLong()) else null

    private const val NANOS = 1e9
    private const val LONGEST = 1e9
    private val A_MINUTE = Duration.ofMinutes(1)
    private val UNITS = mapOf("ms" to 1e-3, "s" to 1.0, "m" to 60.0, "h" to 3600.0, "d" to 86_400.0)
    private val SPAN = Regex("([0-9]+(?:\\.[0-9]+)?)(ms|s|m|h|d)")
    private val SPANS = Regex("(?:[0-9]+(?:\\.[0-9]+)?(?:ms|s|m|h|d))+")
}
