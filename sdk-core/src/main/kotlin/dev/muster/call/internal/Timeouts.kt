package dev.muster.call.internal

import dev.muster.concurrent.limited
import dev.muster.error.LlmTimeoutException
import dev.muster.error.TimeoutKind
import dev.muster.error.tellOf
import java.time.Duration
import kotlin.time.toKotlinDuration

/** Limits the whole call: all attempts, and the waits before and between them. */
internal class TotalTimeout<R, T>(private val model: CalledModel, private val limit: Duration) : Link<R, T> {
    override suspend fun run(call: RunningCall<R, T>, next: Int): T = limited(
        limit.toKotlinDuration(),
        { timeoutOf(model, limit, TimeoutKind.TOTAL) },
        { tellOf(listOf(call.arrived())) },
    ) { call.proceed(next) }
}

/** Limits each attempt, from the moment it has its permits. */
internal class AttemptTimeout<R, T> private constructor(private val model: CalledModel) : Link<R, T> {
    override suspend fun run(call: RunningCall<R, T>, next: Int): T {
        val limit = model.retry.limitOf(call.attempt) ?: model.timeouts.attempt ?: return call.proceed(next)
        return limited(limit.toKotlinDuration(), { timeoutOf(model, limit, TimeoutKind.ATTEMPT) }) {
            call.proceed(next)
        }
    }

    companion object {
        /** Returns the link for [model], or null if its attempts have no timeout. */
        fun <R, T> of(model: CalledModel): AttemptTimeout<R, T>? =
            if (model.timeouts.attempt == null && model.retry.timeouts.isEmpty()) null else AttemptTimeout(model)
    }
}

private fun timeoutOf(model: CalledModel, limit: Duration, kind: TimeoutKind) = LlmTimeoutException(
    "${model.id}: no complete response within ${limit.toMillis()} ms, the ${kind.name.lowercase()} timeout",
    kind,
    limit,
    model.context,
)
