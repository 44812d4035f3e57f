@file:JvmName("SelectFirstKt")

package dev.muster.concurrent

import kotlinx.coroutines.flow.asFlow

/**
 * Runs all [calls] at the same time and returns the first that *ends*, with a value or an exception. See the overload
 * that takes a list.
 *
 * The compiler cannot distinguish a single lambda from the overload with `branch`; use that for one call.
 *
 * @throws IllegalArgumentException if there are no calls
 */
public suspend fun <T> selectFirst(vararg calls: suspend () -> T): Completed<String, T> = selectFirst(branches(calls))

/**
 * Runs the branches added by [describe] at the same time and returns the first that *ends*, with a value or an
 * exception. See the overload that takes a list.
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
 * Runs all [branches] at the same time and returns the first that *ends*. If it failed, the outcome is an
 * [Outcome.Failure]; its exception is not thrown. The item of the result is the branch's label.
 *
 * The other branches are cancelled at that moment and have finished when this function returns; their exceptions are
 * dropped. Cancelling the caller cancels every branch.
 *
 * The branches may be different operations: a model call, a `delay` that returns a default, `channel.receive()`. As
 * with any cancelled receive, an element that reaches a losing branch at the same moment goes to the channel's
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
    return checkNotNull(first) { "selectFirst of ${entrants.size} branches ended without a result" }
}
