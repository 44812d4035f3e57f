package dev.muster.samples.kotlin

import dev.muster.agent.ChatAgent
import dev.muster.batch.batch
import dev.muster.concurrent.deadline
import dev.muster.concurrent.gather
import dev.muster.concurrent.mapConcurrent
import dev.muster.error.LlmTimeoutException
import dev.muster.observe.ConcurrencyMeter
import dev.muster.samples.common.Text
import kotlinx.coroutines.flow.toList
import java.time.Duration
import kotlin.time.measureTime
import kotlin.time.toJavaDuration

/** Patterns that other libraries build by hand. Here each is one operator. */
internal class AdvancedQueries(private val agent: ChatAgent, private val meter: ConcurrencyMeter) {
    suspend fun run(maxConcurrent: Int, limit: Duration) {
        semaphore(maxConcurrent)
        timeout(limit)
        progress()
        syncAgainstAsync()
    }

    /** Replaces a semaphore: runs at most [limit] at a time and keeps the order of the answers. */
    private suspend fun semaphore(limit: Int) {
        println(Text.title("Semaphore: six queries, at most $limit at a time"))
        val own = ConcurrencyMeter()
        val answers = animals(6).mapConcurrent(limit) { query -> own.measure { ask(query) } }.toList()
        println("${answers.size} answers in ${Text.seconds(own.report().wall)}, at most ${own.report().peak} in flight")
    }

    /** A deadline closes the connection of a call that takes too long. The program decides what to do then. */
    private suspend fun timeout(limit: Duration) {
        println(Text.title("Timeout: a query that takes too long"))
        val answer = try {
            deadline(limit) { ask("Write a novel about the sea.") }
        } catch (e: LlmTimeoutException) {
            "Query timed out after ${Text.limit(e.limit)}"
        }
        println(Text.oneLine(answer))
    }

    /** A batch reports its progress and its failures after each item. Here the item without a text fails. */
    private suspend fun progress() {
        println(Text.title("Progress: five queries, one of them empty"))
        val queries = (1..5).map { if (it == 3) "" else "Name the square of $it." }
        val report = batch(queries, { onProgress { println("${it.done}/${it.total} done, ${it.failed} failed") } }) {
            ask(it)
        }
        report.failures.forEach { println("Query ${it.index + 1}: ${Text.ending(it.outcome)}") }
    }

    /** The same queries, one by one and gathered. */
    private suspend fun syncAgainstAsync() {
        println(Text.title("Sync against async: the same five queries"))
        val queries = (1..5).map { "Name colour $it of the rainbow." }
        val oneByOne = measureTime { queries.forEach { ask(it) } }
        val atOnce = measureTime { gather(queries) { ask(it) } }
        println("One by one: ${Text.seconds(oneByOne.toJavaDuration())}")
        println("At once:    ${Text.seconds(atOnce.toJavaDuration())}")
        println("Speed-up:   ${Text.factor(oneByOne / atOnce)}")
    }

    private suspend fun ask(query: String): String = meter.measure { agent.ask(query) }

    private fun animals(count: Int) = "ABCDEFGH".take(count).map { "Name an animal with the letter $it." }
}
