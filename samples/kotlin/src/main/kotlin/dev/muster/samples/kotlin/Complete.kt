package dev.muster.samples.kotlin

import dev.muster.MusterClient
import dev.muster.observe.ConcurrencyMeter
import dev.muster.samples.common.CompleteOptions
import dev.muster.samples.common.CompleteOptions.Example
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

/** Tools, typed answers, conversations, executors, settings and errors. */
@Command(
    name = "complete",
    description = ["Agents, from a question to a conversation; tools, settings and errors."],
)
internal class Complete(private val server: DemoServer) : Callable<Int> {
    @Mixin
    private val options = SampleOptions()

    @Mixin
    private val flags = CompleteOptions()

    override fun call(): Int = runBlocking {
        val demos = flags.demos()
        val examples = flags.examples()
        val target = options.target(server, Duration.ofMillis(300))
        println(target.banner())
        val meter = ConcurrencyMeter()
        connect(target).use { client ->
            val shown = CompleteDemos(client, target.model(), meter)
            demos.forEach { shown.show(it) }
            examples.forEach { show(it, client, target, meter) }
        }
        println(Text.summary(meter.report()))
        Launcher.OK
    }

    private suspend fun show(example: Example, client: MusterClient, target: Target, meter: ConcurrencyMeter) {
        when (example) {
            Example.BASIC -> showBasic(client.model(target.model()), meter)
            Example.ERRORS -> CompleteErrors(client, target, meter).show()
            Example.CONFIG -> showConfig(target, meter)
            Example.EXECUTORS -> showExecutors(client, target, meter)
            Example.STRUCTURED -> showStructured(client.agent(target.model()), meter)
            Example.CONVERSATION -> showConversation(client.agent(target.model()), meter)
            Example.STREAMING -> CompleteStreaming(client, target, meter).show()
            Example.ALL -> error("ALL is not one example")
        }
    }
}
