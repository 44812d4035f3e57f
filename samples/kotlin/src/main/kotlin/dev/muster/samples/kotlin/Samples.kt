package dev.muster.samples.kotlin

import dev.muster.MusterClient
import dev.muster.samples.common.DemoServer
import dev.muster.samples.common.Launcher
import dev.muster.samples.common.Target
import kotlin.system.exitProcess

/** Runs the sample that [args] names: `hello`, `async-llm`, `async-callbacks`, …. */
fun main(vararg args: String) {
    val exitCode = DemoServer().use { server -> Samples.run(server, *args) }
    exitProcess(exitCode)
}

/** The samples in Kotlin. */
object Samples {
    /** Runs the sample that [args] names and returns the exit code. [server] answers if no model is given. */
    fun run(server: DemoServer, vararg args: String): Int = Launcher.run(
        listOf(
            Hello(server),
            AsyncLlm(server),
            AsyncCallbacks(server),
            ConcurrentQueries(server),
            AsyncPatterns(server),
            Complete(server),
            SwingAnswers(server),
        ),
        *args,
    )
}

/** Returns a client for [target]. Keys that the target does not set come from the environment. */
internal fun connect(target: Target): MusterClient = MusterClient {
    timeouts(target.timeouts())
    target.endpoints().forEach { (provider, config) -> provider(provider, config) }
    target.transport().ifPresent { transport(it) }
}
