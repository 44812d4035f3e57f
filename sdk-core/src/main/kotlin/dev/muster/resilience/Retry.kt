@file:JvmName("RetryKt")

package dev.muster.resilience

import dev.muster.concurrent.withinLimit
import dev.muster.error.ErrorContext
import dev.muster.error.LlmException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.TimeoutKind
import dev.muster.resilience.internal.Attempts
import dev.muster.resilience.internal.Retrying
import kotlin.time.toKotlinDuration

/**
 * Runs [block], and again where it fails as [policy] says, with the policy's waits between and its ladder of timeouts
 * around each attempt.
 *
 * For whole operations, such as a gather or a chain of calls: the calls in it have retries of their own, and what a
 * client has given up on after several attempts is not tried again here. Only [LlmException]s are
 * retried. Cancelling the caller ends the attempt or the wait.
 *
 * ```kotlin
 * val answers = retry(RetryPolicy.DEFAULT) { gather(prompts) { model.ask(it) } }
 * println(answers)
 * ```
 */
public suspend fun <T> retry(policy: RetryPolicy = RetryPolicy.DEFAULT, block: suspend () -> T): T =
    Retrying(RetryBudget(share = 1.0, reserve = policy.maxRetries)).run(policy, OfOperation()) { number ->
        val limit = policy.limitOf(number)
        if (limit == null) {
            block()
        } else {
            val timeout = {
                LlmTimeoutException("Not done within $limit", TimeoutKind.ATTEMPT, limit, ErrorContext.NONE)
            }
            withinLimit(limit.toKotlinDuration(), timeout, block)
        }
    }

private class OfOperation : Attempts(ErrorContext.NONE) {
    /** What a client has given up on. */
    override fun isForeign(failure: LlmException): Boolean = (failure.attempts ?: 0) > 1
}
