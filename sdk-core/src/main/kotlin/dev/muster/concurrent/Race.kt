@file:JvmName("RaceKt")

package dev.muster.concurrent

import dev.muster.error.AllFailedException
import dev.muster.error.ClientClosedException
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.flow.asFlow
import java.util.concurrent.CancellationException

/**
 * Runs all [calls] at the same time and returns the first that *succeeds*. See the overload that takes a list.
 *
 * The compiler cannot distinguish a single lambda from the overload with `branch`; use that for one call.
 *
 * @throws IllegalArgumentException if there are no calls
 */
public suspend fun <T> race(vararg calls: suspend () -> T): RaceResult<T> = race(branches(calls))

/**
 * Runs the branches added by [describe] at the same time and returns the first that *succeeds*. See the overload that
 * takes a list.
 *
 * ```kotlin
 * val winner = race {
 *     branch("gpt") { gpt.ask("Name a prime.") }
 *     branch("claude") { claude.ask("Name a prime.") }
 * }
 * println("${winner.label} after ${winner.elapsed}: ${winner.value}")
 * ```
 *
 * @throws IllegalArgumentException if no branch is added
 */
public suspend fun <T> race(describe: Branches<T>.() -> Unit): RaceResult<T> = race(branches(describe))

/**
 * Runs all [branches] at the same time and returns the first that *succeeds*. The other branches are cancelled at that
 * moment and have finished when this function returns; their exceptions are dropped.
 *
 * A branch that fails does not end the race. A [TimeoutCancellationException] thrown by a branch counts as a failure.
 * A branch that ends with another [CancellationException] or with [ClientClosedException] ends the race at once: that
 * exception is thrown and the other branches are cancelled. Cancelling the caller cancels every branch.
 *
 * @throws AllFailedException if every branch failed, with each failure in the order of the branches
 * @throws IllegalArgumentException if there are no branches
 */
public suspend fun <T> race(branches: List<Branch<T>>): RaceResult<T> {
    val entrants = branches.toList()
    require(entrants.isNotEmpty()) { "race needs at least one branch" }
    var end: Settled<Branch<T>, T>? = null
    val failures = arrayOfNulls<Throwable>(entrants.size)
    settled(entrants.asFlow(), Window.unbounded(), ::endsRace) { it.call() }.collect { result ->
        if (endsRace(result.outcome)) end = result else failures[result.index] = result.outcome.exceptionOrNull()
    }
    return end?.let { RaceResult(it.index, it.item.label ?: "${it.index}", it.elapsed, it.outcome.getOrThrow()) }
        ?: throw AllFailedException(
            "All ${entrants.size} branches of the race failed: see causes for each failure",
            failures.filterNotNull(),
        )
}

private fun endsRace(outcome: Outcome<*>): Boolean = outcome.exceptionOrNull()?.let { !isRecoverable(it) } ?: true
