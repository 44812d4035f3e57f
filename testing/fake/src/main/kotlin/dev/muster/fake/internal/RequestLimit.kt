package dev.muster.fake.internal

import dev.muster.fake.internal.wire.LimitState
import kotlin.math.ceil

/**
 * Limits requests like a provider: a bucket that refills evenly up to [limit] in [periodNanos]. Used on the loop
 * only.
 */
internal class RequestLimit(private val limit: Int, private val periodNanos: Long) {
    private var level = limit.toDouble()
    private var at = System.nanoTime()

    /** Takes one request from the bucket at [now]. Returns false if it is empty. */
    fun take(now: Long): Boolean {
        level = minOf(limit.toDouble(), level + (now - at) * perNano())
        at = now
        if (level < 1) return false
        level--
        return true
    }

    fun state(): LimitState = LimitState(limit, level.toInt(), ((limit - level) / perNano()).toLong())

    /** Whole seconds until the next request is allowed, for `Retry-After`. */
    fun retryAfterSeconds(): Long = ceil((1 - level).coerceAtLeast(0.0) / perNano() / NANOS_A_SECOND).toLong()

    private fun perNano() = limit.toDouble() / periodNanos

    private companion object {
        const val NANOS_A_SECOND = 1e9
    }
}
