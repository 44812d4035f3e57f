package dev.muster.samples.kotlin

import dev.muster.MusterClient
import dev.muster.concurrent.deadline
import dev.muster.concurrent.gather
import dev.muster.concurrent.pipeline
import dev.muster.concurrent.selectFirst
import dev.muster.error.LlmTimeoutException
import dev.muster.observe.ConcurrencyMeter
import dev.muster.resilience.ModelOptions
import dev.muster.resilience.RetryPolicy
import dev.muster.samples.common.AsyncPatternsOptions
import dev.muster.samples.common.AsyncPatternsOptions.Pattern
import dev.muster.samples.common.DemoServer
import dev.muster.samples.common.Launcher
import dev.muster.samples.common.SampleOptions
import dev.muster.samples.common.SlowTool
import dev.muster.samples.common.Text
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import picocli.CommandLine.Command
import picocli.CommandLine.Mixin
import java.time.Duration
import java.util.concurrent.Callable
import kotlin.time.measureTimedValue
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration

/** Five patterns of asynchronous work: concurrent, stream, timeout, select, pipeline. */
@Command(name = "async-patterns", description = ["Patterns of asynchronous work."])
internal class AsyncPatterns(private val server: DemoServer) : Callable<Int> {
    @Mixin
    private val options = SampleOptions()

    @Mixin
    private val flags = AsyncPatternsOptions()

    private val meter = ConcurrencyMeter()
    private var unit = Duration.ZERO

    override fun call(): Int = runBlocking {
        val target = options.target(server, Duration.ofSeconds(1))
        unit = target.latency()
        println(target.banner())
        connect(target).use { client ->
            if (flags.shows(Pattern.CONCURRENT)) concurrent()
            if (flags.shows(Pattern.STREAM)) AsyncStreams(target, client.model(target.model()), meter).run()
            if (flags.shows(Pattern.TIMEOUT)) timeout(client, target.model())
            if (flags.shows(Pattern.SELECT)) select()
            if (flags.shows(Pattern.PIPELINE)) pipeline()
        }
        println(Text.summary(meter.report()))
        Launcher.OK
    }

    /** Three tools, one after the other and at once. */
    private suspend fun concurrent() {
        println(Text.title("Concurrent: three tools"))
        val tools = listOf(tool("quick", 0.1), tool("medium", 0.3), tool("long", 0.5))
        val (_, oneByOne) = measureTimedValue { tools.forEach { use(it) } }
        val (results, atOnce) = measureTimedValue { gather(tools) { use(it) } }
        results.forEach(::println)
        println("One by one: ${Text.seconds(oneByOne.toJavaDuration())}")
        println("At once:    ${Text.seconds(atOnce.toJavaDuration())}")
        println("Speed-up:   ${Text.factor(oneByOne / atOnce)}")
    }

    /** The same slow query with a timeout that is too short, one that is long enough, and a longer second attempt. */
    private suspend fun timeout(client: MusterClient, id: String) {
        println(Text.title("Timeout: a query that takes two latencies"))
        val model = client.model(id)
        for (limit in listOf(1, 3)) {
            val ending = try {
                deadline(times(limit.toDouble())) { meter.measure { model.ask("Write a chapter.") } }
                "an answer"
            } catch (_: LlmTimeoutException) {
                "timed out"
            }
            println("Within $limit latencies: $ending")
        }
        var retries = 0
        val ladder = RetryPolicy.timeouts(times(1.0), times(3.0)).toBuilder().onRetry { retries++ }.build()
        val patient = client.model(id, ModelOptions.builder().retry(ladder).build())
        meter.measure { patient.ask("Write a chapter.") }
        println("With a ladder of 1 and 3 latencies: an answer from attempt ${retries + 1}")
    }

    /** Takes the first of three that ends. The others are cancelled. */
    private suspend fun select() {
        println(Text.title("Select: the first of three tools"))
        val racers = listOf(tool("racer1", 0.3), tool("racer2", 0.25), tool("racer3", 0.4))
        val first = selectFirst { racers.forEach { racer -> branch(racer.name()) { use(racer) } } }
        println("Winner: ${first.label} in ${Text.seconds(first.elapsed)}")
    }

    /** Three items through three stages: sequential, one at a time in each stage, and without a limit. */
    private suspend fun pipeline() {
        println(Text.title("Pipeline: three items through three stages"))
        val items = listOf("a", "b", "c")
        val (sequential, time) = measureTimedValue { items.map { print(review(draft(it))) } }
        println("Sequential: ${Text.seconds(time.toJavaDuration())}")
        for (limit in listOf(flags.stageConcurrency(), Int.MAX_VALUE)) {
            val stages = pipeline(items).stage(limit, transform = ::draft).stage(limit, transform = ::review)
            val (results, taken) = measureTimedValue { stages.stage(limit, transform = ::print).toList() }
            val name = if (limit == Int.MAX_VALUE) "Unbounded: " else "$limit a stage:  "
            val order = if (results == sequential) "" else ", in another order"
            println(name + Text.seconds(taken.toJavaDuration()) + order)
        }
    }

    private suspend fun draft(item: String) = step("draft", 0.1, item)

    private suspend fun review(item: String) = step("review", 0.2, item)

    private suspend fun print(item: String) = step("print", 0.15, item)

    private suspend fun step(name: String, latencies: Double, item: String): String {
        use(tool(name, latencies))
        return "$item>$name"
    }

    private suspend fun use(tool: SlowTool): String = meter.measure {
        val (_, taken) = measureTimedValue { delay(tool.duration().toKotlinDuration()) }
        tool.result(taken.toJavaDuration())
    }

    private fun tool(name: String, latencies: Double) = SlowTool(name, times(latencies))

    private fun times(factor: Double): Duration = Duration.ofNanos((unit.toNanos() * factor).toLong())
}
