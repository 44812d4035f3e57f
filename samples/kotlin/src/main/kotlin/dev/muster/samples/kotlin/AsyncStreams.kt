package dev.muster.samples.kotlin

import dev.muster.concurrent.mapConcurrent
import dev.muster.concurrent.mapConcurrentUnordered
import dev.muster.model.ChatModel
import dev.muster.observe.ConcurrencyMeter
import dev.muster.samples.common.Target
import dev.muster.samples.common.Text
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlin.time.toKotlinDuration

/** Streams of answers, three queries at a time: in order, to a slow reader, and stopped early. */
internal class AsyncStreams(
    private val target: Target,
    private val model: ChatModel,
    private val meter: ConcurrencyMeter,
) {
    suspend fun run() {
        println(Text.title("Stream: at most 3 queries at a time"))
        inOrder()
        slowReader()
        earlyStop()
    }

    /** Runs five queries, three at a time: the next starts when one ends, and the answers keep their order. */
    private suspend fun inOrder() {
        val own = ConcurrencyMeter()
        val answers = (1..5).map(::river).mapConcurrent(3) { own.measure { ask(it) } }.toList()
        val time = Text.seconds(own.report().wall)
        println("In order:    ${answers.size} answers in $time, at most ${own.report().peak} in flight")
    }

    /** Backpressure: from an endless list, only as many queries start as the limit allows ahead of the reader. */
    private suspend fun slowReader() {
        val own = ConcurrencyMeter()
        var asked = 0
        val answers =
            generateSequence { river(++asked) }.asFlow()
                .mapConcurrentUnordered(3) { own.measure { ask(it) } }
                .onEach { delay(target.latency().toKotlinDuration() / 5) }
                .take(3)
                .toList()
        println(
            "Slow reader: ${answers.size} answers read from an endless list, $asked queries taken, " +
                "at most ${own.report().peak} in flight",
        )
    }

    /** Answers arrive in completion order. Leaving the flow closes what is in flight: here the slow queries. */
    private suspend fun earlyStop() {
        val queries = listOf(chapter(1), "Name a planet.", "Name a mountain.") + (2..8).map(::chapter)
        val some = queries.mapConcurrentUnordered(3) { ask(it) }.take(2).toList()
        println("Early stop:  ${some.size} of ${queries.size} answers read; ${target.leftEarly(queries)}")
    }

    private suspend fun ask(query: String): String = meter.measure { model.ask(query) }

    private fun river(number: Int) = "Name a river, number $number."

    private fun chapter(number: Int) = "Write a chapter, number $number."
}
