package dev.muster.concurrent

import java.time.Duration

/** An item whose call has ended. */
internal class Settled<out I, out T>(val index: Int, val item: I, val elapsed: Duration, val outcome: Outcome<T>)
