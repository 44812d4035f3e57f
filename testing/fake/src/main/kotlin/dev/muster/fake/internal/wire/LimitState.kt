package dev.muster.fake.internal.wire

/** The state of a rate limit, for the headers that report it. */
internal class LimitState(val limit: Int, val remaining: Int, val resetNanos: Long)
