package dev.muster.samples.kotlin

import dev.muster.agent.ChatAgent
import dev.muster.batch.batch
import dev.muster.concurrent.Outcome
import dev.muster.concurrent.asCompleted
import dev.muster.concurrent.gather
import dev.muster.concurrent.gatherSettled
import dev.muster.concurrent.mapChunked
import dev.muster.error.LlmException
import dev.muster.observe.ConcurrencyMeter
import dev.muster.samples.common.ConcurrentQueriesOptions
import dev.muster.samples.common.ConcurrentQueriesOptions.Demo
import dev.muster.samples.common.ConcurrentQueriesOptions.Strategy
import dev.muster.samples.common.DemoServer
import dev.muster.samples.common.Launcher
import dev.muster.samples.common.SampleOptions
import dev.muster.samples.common.Text
import kotlinx.coroutines.runBlocking
import picocli.CommandLine.Command
import picocli.CommandLine.Mixin
import java.time.Duration
import java.util.concurrent.Callable
import kotlin.time.TimeSource
import kotlin.time.measureTimedValue
import kotlin.time.toJavaDuration

/** Many queries through one agent: all at once, in completion order, in groups, and with failures. */
@Command(name = "concurrent-queries", description = ["Many queries through one agent."])
internal class ConcurrentQueries(private val server: DemoServer) : Callable<Int> {
    @Mixin
    private val options = SampleOptions()

    @Mixin
    private val flags = ConcurrentQueriesOptions()

    private val meter = ConcurrencyMeter()
    private var exitCode = Launcher.OK

    override fun call(): Int = runBlocking {
        val target = options.target(server, Duration.ofSeconds(1))
        println(target.banner())
        connect(target).use { client ->
            val agent = client.agent(target.model()) {
                systemPrompt("Answer in one short sentence.")
                maxTokens(60)
            }
            if (flags.shows(Demo.GATHER)) gatherAll(agent)
            if (flags.shows(Demo.COMPLETION)) completionOrder(agent)
            if (flags.shows(Demo.BATCH)) runBatch(agent)
            if (flags.shows(Demo.ERRORS)) errors(agent)
            if (flags.shows(Demo.ADVANCED)) {
                AdvancedQueries(agent, meter).run(flags.maxConcurrent(), target.latency())
            }
        }
        println(Text.summary(meter.report()))
        exitCode
    }

    /** Five questions through one agent take one latency: its calls share nothing, so none waits for another. */
    private suspend fun gatherAll(agent: ChatAgent) {
        println(Text.title("Gather: five questions through one agent"))
        val questions = listOf(
            "What is 2 + 2?",
            "What is the capital of France?",
            "Who wrote Hamlet?",
            "How fast is light?",
            "Which planet is the largest?",
        )
        val (answers, time) = measureTimedValue {
            gather(questions) { question -> meter.measure { agent.ask(question) } }
        }
        questions.zip(answers).forEachIndexed { index, (question, answer) ->
            println("${index + 1}. $question -> ${Text.oneLine(answer)}")
        }
        println("${answers.size} answers in ${Text.seconds(time.toJavaDuration())}")
    }

    /** The fastest first: results arrive in completion order, not in the order of the questions. */
    private suspend fun completionOrder(agent: ChatAgent) {
        println(Text.title("Completion: the fastest answer first"))
        val queries = mapOf(
            "Write a paragraph about the sea." to "Long",
            "Write a sentence about the sea." to "Medium",
            "Write a word about the sea." to "Quick",
        )
        println("Asked in the order ${queries.values.joinToString()}")
        var answered = 0
        asCompleted(queries.keys, queries::getValue) { query -> meter.measure { agent.ask(query) } }.collect { done ->
            val position = queries.size - done.pending
            val how = if (done.isSuccess) "completed" else "failed"
            println("[$position/${queries.size}] ${done.label} query $how (${Text.seconds(done.elapsed)})")
            println("  Q: ${done.item}")
            println("  A: ${Text.ending(done.outcome)}")
            if (done.isSuccess) answered++
        }
        if (answered == 0) exitCode = Launcher.FAILED
    }

    private suspend fun runBatch(agent: ChatAgent) {
        val queries = "ABCDEFGH".map { "Name an animal with the letter $it." }
        when (flags.strategy()) {
            Strategy.CHUNKS -> chunks(agent, queries, flags.batchSize())
            Strategy.WINDOW -> window(agent, queries, flags.maxConcurrent())
        }
    }

    /** Fixed groups: the next group starts when the last query of the previous group has ended. */
    private suspend fun chunks(agent: ChatAgent, queries: List<String>, size: Int) {
        println(Text.title("Batch: ${queries.size} queries in groups of $size"))
        val start = TimeSource.Monotonic.markNow()
        val outcomes = mutableListOf<Outcome<String>>()
        queries.mapChunked(size) { query -> ending(agent, query) }.collect { outcome ->
            val index = outcomes.size
            if (index % size == 0) println("Group ${index / size + 1}: ${minOf(size, queries.size - index)} queries")
            printAnswer(index, queries[index], outcome)
            outcomes += outcome
        }
        printTotals(outcomes.size, outcomes.count { it.isSuccess }, start.elapsedNow().toJavaDuration())
    }

    /** Turns a failure into a value, so that it does not end the group. */
    private suspend fun ending(agent: ChatAgent, query: String): Outcome<String> = try {
        Outcome.Success(meter.measure { agent.ask(query) })
    } catch (e: LlmException) {
        Outcome.Failure(e)
    }

    /** A window: the next query starts as soon as another has ended. */
    private suspend fun window(agent: ChatAgent, queries: List<String>, limit: Int) {
        println(Text.title("Batch: ${queries.size} queries through a window of $limit"))
        val report = batch(
            queries,
            {
                concurrency(limit)
                onProgress { println("Progress: ${it.done}/${it.total}") }
            },
        ) { query -> meter.measure { agent.ask(query) } }
        report.results.forEach { printAnswer(it.index, it.item, it.outcome) }
        printTotals(report.total, report.succeeded, report.elapsed)
    }

    private fun printAnswer(index: Int, query: String, outcome: Outcome<String>) =
        println("${index + 1}. $query -> ${Text.ending(outcome)}")

    private fun printTotals(total: Int, successful: Int, time: Duration) {
        println("Total:      $total")
        println("Successful: $successful")
        println("Failed:     ${total - successful}")
        println("Time:       ${Text.seconds(time)}")
        if (successful < total) exitCode = Launcher.FAILED
    }

    /** Each query has its own outcome. A failure is a value and does not stop the other queries. */
    private suspend fun errors(agent: ChatAgent) {
        println(Text.title("Errors: a failing query stops no other"))
        val queries = mapOf(
            "valid" to "What is the capital of Japan?",
            "empty" to "",
            "10,000 characters" to "x".repeat(10_000),
            "valid again" to "What is the capital of Peru?",
        )
        val outcomes = gatherSettled(queries.values) { query -> meter.measure { agent.ask(query) } }
        queries.keys.zip(outcomes).forEach { (name, outcome) ->
            println(Text.column(name) + Text.ending(outcome))
        }
        val answered = outcomes.count { it.isSuccess }
        println("$answered of ${outcomes.size} answered")
        if (answered == 0) exitCode = Launcher.FAILED
    }
}
