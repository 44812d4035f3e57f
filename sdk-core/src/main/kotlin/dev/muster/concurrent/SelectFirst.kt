@file:JvmName("SelectFirstKt")

package dev.muster.concurrent

import kotlinx.coroutines.flow.asFlow

/**
 * Runs all [calls] at once and returns the first that *settles*; see the form that takes a list. (The compiler
 * cannot tell a single lambda from the form with `branch`; for one call use that.)
 *
 * @throws IllegalArgumentException if there are no calls
 */
public suspend fun <T> selectFirst(vararg calls: suspend () -> T): Completed<String, T> = selectFirst(branches(calls))

/**
 * Runs the branches that [describe] adds at once and returns the first that *settles*; see the form that takes a list.
 *
 * ```kotlin
 * val first = selectFirst {
 *     branch("model") { model.ask("Write a novel.") }
 *     branch("limit") { delay(5.seconds).let { "Too slow" } }
 * }
 * println(first.outcome)
 * ```
 *
 * @throws IllegalArgumentException if no branch is added
 */
public suspend fun <T> selectFirst(describe: Branches<T>.() -> Unit): Completed<String, T> =
    selectFirst(branches(describe))

/**
 * Runs all [branches] at once and returns the first that *settles*, whether it succeeded or failed: a failing branch
 * is an [Outcome.Failure], not an exception. The item of the result is the branch's label. The others are cancelled at
 * that moment and have finished when this function returns; what they throw is dropped. Cancelling the caller cancels
 * every branch.
 *
 * Unlike operations may stand side by side: a call, a `delay` that gives a default, `channel.receive()`. As with any
 * cancelled receive, an element that reaches a branch which loses at the same moment goes to the channel's
 * `onUndeliveredElement`.
 *
 * @throws IllegalArgumentException if there are no branches
 */
public suspend fun <T> selectFirst(branches: List<Branch<T>>): Completed<String, T> {
    val entrants = branches.toList()
    require(entrants.isNotEmpty()) { "selectFirst needs at least one branch" }
    var first: Completed<String, T>? = null
    settled(entrants.asFlow(), Window.unbounded(), { true }) { it.call() }.collect { result ->
        val label = result.item.label ?: "${result.index}"
        first = Completed(result.index, label, label, result.elapsed, entrants.size - 1, result.outcome)
    }
    return checkNotNull(first) { "A select of ${entrants.size} branches ended without a result" }
}
