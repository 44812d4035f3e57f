package dev.muster.call.internal

import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.internal.Retrying

/** Repeats a failed attempt as [policy] says. The wait between two attempts holds no permit. */
internal class Retries<R, T>(private val policy: RetryPolicy, private val retrying: Retrying) : Link<R, T> {
    override suspend fun run(call: RunningCall<R, T>, next: Int): T = retrying.run(policy, call) { call.proceed(next) }
}
