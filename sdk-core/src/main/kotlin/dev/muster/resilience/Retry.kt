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
 * Runs [block], and runs it again after a failure as [policy] says, with the policy's back-off and its timeout for each
 * attempt.
 *
 * For whole operations, such as a gather or a chain of calls. The calls in [block] keep their own retries. Retries only
 * [LlmException]s, and not a failure that a client has already retried. Cancelling the caller cancels the attempt or
 * the back-off.
 *
 * ```kotlin
 * val answers = retry(RetryPolicy.DEFAULT) { gather(prompts) { model.ask(it) } }
 * println(answers)
 * ```
 */
public suspend fun <T> retry(policy: RetryPolicy = RetryPolicy.DEFAULT, block: suspend () -> T): T =
    Retrying(RetryBudget(1.0, policy.maxRetries)).run(policy, OfOperation()) { number ->
        val limit = policy.limitOf(number)
        if (limit == null) {
            block()
        } else {
            val timeout = {
                LlmTimeoutException("Timed out after $limit", TimeoutKind.ATTEMPT, limit, ErrorContext.NONE)
            }
            withinLimit(limit.toKotlinDuration(), timeout, block)
        }
    }

private class OfOperation : Attempts(ErrorContext.NONE) {
    /** True for a failure that a client has already retried. */
    override fun isForeign(failure: LlmException): Boolean = (failure.attempts ?: 0) > 1
}
