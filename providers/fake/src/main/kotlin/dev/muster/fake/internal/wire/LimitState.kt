package dev.muster.fake.internal.wire

/** Where a limit stands, for the headers that say so. */
internal class LimitState(val limit: Int, val remaining: Int, val resetNanos: Long)
