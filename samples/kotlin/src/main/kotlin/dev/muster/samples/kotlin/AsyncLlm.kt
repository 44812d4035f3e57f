package dev.muster.samples.kotlin

import dev.muster.MusterClient
import dev.muster.concurrent.gather
import dev.muster.concurrent.race
import dev.muster.error.InvalidRequestException
import dev.muster.model.ChatModel
import dev.muster.observe.ConcurrencyMeter
import dev.muster.samples.common.AsyncLlmOptions
import dev.muster.samples.common.AsyncLlmOptions.Example
import dev.muster.samples.common.DemoServer
import dev.muster.samples.common.Launcher
import dev.muster.samples.common.SampleOptions
import dev.muster.samples.common.Target
import dev.muster.samples.common.Text
import kotlinx.coroutines.runBlocking
import picocli.CommandLine.Command
import picocli.CommandLine.Mixin
import java.time.Duration
import java.util.concurrent.Callable
import kotlin.time.measureTimedValue
import kotlin.time.toJavaDuration

/** Calls at once, one after another, in a race, and with failures. */
@Command(name = "async-llm", description = ["Prompts at once, a chain, a race, recovery, pre-settled values."])
internal class AsyncLlm(private val server: DemoServer) : Callable<Int> {
    @Mixin
    private val options = SampleOptions()

    @Mixin
    private val flags = AsyncLlmOptions()

    private val meter = ConcurrencyMeter()

    override fun call(): Int = runBlocking {
        val target = options.target(server, Duration.ofMillis(500))
        println(target.banner())
        connect(target).use { client ->
            val model = client.model(target.model())
            if (flags.shows(Example.PARALLEL)) parallel(model, flags.prompts())
            if (flags.shows(Example.CHAIN)) chain(model)
            if (flags.shows(Example.RACE)) raceProviders(client, target)
            if (flags.shows(Example.CATCH)) recover(model)
            if (flags.shows(Example.RESOLVED)) preSettled(model)
        }
        println(Text.summary(meter.report()))
        Launcher.OK
    }

    /** All prompts at once take as long as the slowest, not as long as their sum. */
    private suspend fun parallel(model: ChatModel, prompts: List<String>) {
        println(Text.title("Parallel: all prompts at once"))
        val (answers, time) = measureTimedValue {
            gather(prompts) { prompt -> meter.measure { model.ask(prompt) } }
        }
        prompts.zip(answers).forEachIndexed { index, (prompt, answer) ->
            println("${index + 1}. ${Text.oneLine(prompt)}")
            println("   ${Text.oneLine(answer)}")
        }
        println("${answers.size} answers in ${Text.seconds(time.toJavaDuration())}")
    }

    /** One call after another is plain code: the second prompt contains the first answer. */
    private suspend fun chain(model: ChatModel) {
        println(Text.title("Chain: a joke, then its explanation"))
        val joke = meter.measure { model.ask("Tell me a joke.") }
        println("Joke:        ${Text.oneLine(joke)}")
        val explanation = meter.measure { model.ask("Explain this joke: $joke") }
        println("Explanation: ${Text.oneLine(explanation)}")
    }

    /** The first answer wins. The other calls are cancelled and their connections closed. */
    private suspend fun raceProviders(client: MusterClient, target: Target) {
        println(Text.title("Race: one prompt, the fastest answer"))
        val winner = race {
            for (id in target.racers()) {
                branch(id) { meter.measure { client.model(id).ask("Name a prime number.") } }
            }
        }
        println("Winner: ${winner.label} says ${Text.oneLine(winner.value)} after ${Text.seconds(winner.elapsed)}")
        target.losers(winner).forEach { println("Loser:  $it") }
    }

    /** A failure is an exception. Catch it where the program can go on. An empty prompt is never sent. */
    private suspend fun recover(model: ChatModel) {
        println(Text.title("Catch: an empty prompt"))
        val answer = try {
            meter.measure { model.ask("") }
        } catch (e: InvalidRequestException) {
            println("Failed:     ${Text.failure(e)}")
            "a default answer"
        }
        println("Going on with $answer")
    }

    /** A value or a failure can stand beside real calls: each is a lambda. */
    private suspend fun preSettled(model: ChatModel) {
        println(Text.title("Resolved: values without a request"))
        val resolved = suspend { "Tokyo, from a cache" }
        val rejected: suspend () -> String = { error("the cache is broken") }
        val recovered = suspend {
            try {
                rejected()
            } catch (e: IllegalStateException) {
                "nothing, because ${e.message}"
            }
        }
        val asked = suspend { meter.measure { model.ask("What is the capital of Peru?") } }
        val (first, second, third) = gather(resolved, recovered, asked)
        println("Resolved:   $first")
        println("Rejected:   $second")
        println("Asked:      ${Text.oneLine(third)}")
    }
}
