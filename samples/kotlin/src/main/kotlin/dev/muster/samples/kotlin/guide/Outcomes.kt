@file:Suppress("unused")

package dev.muster.samples.kotlin.guide

import dev.muster.concurrent.Outcome
import dev.muster.concurrent.asCompleted
import dev.muster.concurrent.gatherSettled
import dev.muster.concurrent.race
import dev.muster.model.ChatModel

/*
 * How what the operators give is opened, in docs/kotlin.md.
 */

internal suspend fun openedWinner(gpt: ChatModel, claude: ChatModel) {
    val winner = race {
        branch("gpt") { gpt.ask("Name a prime.") }
        branch("claude") { claude.ask("Name a prime.") }
    }
    println("${winner.value} by ${winner.label} after ${winner.elapsed}")
}

internal suspend fun openedOutcomes(model: ChatModel, prompts: List<String>) {
    for (outcome in gatherSettled(prompts) { model.ask(it) }) {
        when (outcome) {
            is Outcome.Success -> println(outcome.value)
            is Outcome.Failure -> System.err.println(outcome.exception)
        }
    }
}

internal suspend fun openedCompleted(model: ChatModel, prompts: List<String>) {
    asCompleted(prompts) { model.ask(it) }.collect { done ->
        val how = if (done.isSuccess) done.getOrThrow() else "${done.outcome.exceptionOrNull()}"
        println("${done.item}: $how (${done.pending} to come)")
    }
}
