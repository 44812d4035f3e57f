package dev.muster.java.parity

import dev.muster.agent.AgentEvent
import dev.muster.agent.AgentResponse
import dev.muster.agent.StructuredResponse
import dev.muster.batch.BatchReport
import dev.muster.batch.BatchResult
import dev.muster.chat.ChatResponse
import dev.muster.chat.ModelInfo
import dev.muster.concurrent.Completed
import dev.muster.concurrent.Outcome
import dev.muster.concurrent.RaceResult
import dev.muster.embedding.EmbeddingResponse
import dev.muster.error.LlmTimeoutException

/*
 * The SDK's results as rows write them: with all that a row can know, so without the times.
 */

data class Won(val index: Int, val label: String, val value: Any?)

data class Done(val index: Int, val label: String, val item: Any?, val pending: Int, val outcome: Any?)

data class Ok(val value: Any?)

data class Failed(val exception: String)

data class Town(val name: String, val people: Int, val rivers: List<String>, val mayor: String?)

data class Report(val succeeded: Int, val failed: Int, val results: List<Result>)

data class Answer(
    val text: String,
    /** "name result", with a leading "!" if it is an error. */
    val runs: List<String> = emptyList(),
    val rounds: Int = 1,
    val tokens: Long? = null,
    val calls: List<String> = emptyList(),
)

/** A structured response. */
data class Typed(val value: Any?, val answer: Answer, val tries: Int = 1)

data class Result(val id: String, val item: Any?, val outcome: Any?, val metadata: Map<String, String> = emptyMap())

/** Converts [result] to the types above: lists element by element, everything else unchanged. */
fun plain(result: Any?): Any? = when (result) {
    is List<*> -> result.map(::plain)

    is RaceResult<*> -> Won(result.index, result.label, plain(result.value)).also { sane(result.elapsed.isNegative) }

    is Completed<*, *> ->
        Done(result.index, result.label, result.item, result.pending, plain(result.outcome))
            .also { sane(result.elapsed.isNegative) }

    is Outcome.Success<*> -> Ok(plain(result.value))

    is Outcome.Failure<*> -> Failed(named(result.exception))

    is BatchReport<*, *> ->
        Report(result.succeeded, result.failed, result.results.map(::plainResult))
            .also { sane(result.elapsed.isNegative || result.total != result.results.size) }

    is AgentResponse -> plainAnswer(result)

    is ChatResponse -> Answer(result.text, tokens = result.usage?.totalTokens)

    is AgentEvent.TextDelta -> result.text

    is AgentEvent.ToolStarted -> "+${result.call.name}"

    is AgentEvent.ToolFinished -> "-${result.run.name}"

    is AgentEvent.Finished -> result.structured?.let(::plain) ?: plainAnswer(result.response)

    is StructuredResponse<*> -> Typed(plain(result.value), plainAnswer(result.response), result.tries)

    is EmbeddingResponse -> result.embeddings.map { it.toFloatArray().toList() }

    is SerialTown -> Town(result.name, result.people, result.rivers, result.mayor)

    is RecordTown -> Town(result.name, result.people, result.rivers, result.mayor.orElse(null))

    is ModelInfo -> "${result.id}"

    else -> result
}

/** Returns the class of [failure], with the kind if it is a timeout. */
fun named(failure: Throwable): String =
    failure.javaClass.simpleName + if (failure is LlmTimeoutException) " ${failure.kind}" else ""

private fun plainAnswer(answer: AgentResponse): Answer {
    sane(answer.toolRuns.any { it.duration.isNegative })
    val runs = answer.toolRuns.map { (if (it.isError) "!" else "") + "${it.name} ${it.result}" }
    val calls = answer.response.toolCalls.map { it.name }
    return Answer(answer.text, runs, answer.rounds, answer.usage?.totalTokens, calls)
}

private fun plainResult(result: BatchResult<*, *>): Result {
    sane(result.elapsed.isNegative)
    return Result(result.id, result.item, plain(result.outcome), result.metadata)
}

private fun sane(isNot: Boolean) = check(!isNot) { "A result contradicts itself" }
