package dev.muster.samples.kotlin

import dev.muster.agent.ChatAgent
import dev.muster.agent.text
import dev.muster.observe.ConcurrencyMeter
import dev.muster.samples.common.AsyncCallbacksOptions
import dev.muster.samples.common.AsyncCallbacksOptions.Mode
import dev.muster.samples.common.DemoServer
import dev.muster.samples.common.Launcher
import dev.muster.samples.common.SampleOptions
import dev.muster.samples.common.Text
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import picocli.CommandLine.Command
import picocli.CommandLine.Mixin
import java.time.Duration
import java.util.concurrent.Callable
import kotlin.time.measureTimedValue
import kotlin.time.toJavaDuration

/**
 * A program with one thread: model calls run elsewhere and resume on it. In Kotlin this is the thread of `runBlocking`:
 * a coroutine that is launched there runs there, also after each suspension.
 */
@Command(name = "async-callbacks", description = ["Callbacks on your own thread."])
internal class AsyncCallbacks(private val server: DemoServer) : Callable<Int> {
    @Mixin
    private val options = SampleOptions()

    @Mixin
    private val flags = AsyncCallbacksOptions()

    private val meter = ConcurrencyMeter()
    private val pumping = Thread.currentThread()
    private var elsewhere = 0

    override fun call(): Int = runBlocking {
        val target = options.target(server, Duration.ofSeconds(1))
        println(target.banner())
        connect(target).use { client ->
            val agent = client.agent(target.model()) { maxTokens(60) }
            if (flags.shows(Mode.SIMPLE)) simple(agent)
            if (flags.shows(Mode.PARALLEL)) parallel(agent)
            if (flags.shows(Mode.PROMISE)) promise(agent)
            if (flags.shows(Mode.STREAMING)) streaming(agent)
        }
        println(Text.title("Callbacks on the thread of the queue"))
        println(if (elsewhere == 0) "all of them" else "not all: $elsewhere elsewhere")
        println(Text.summary(meter.report()))
        if (elsewhere == 0) Launcher.OK else Launcher.FAILED
    }

    /** The handle is there at once. The answer arrives when the thread is free. */
    private suspend fun simple(agent: ChatAgent) = coroutineScope {
        println(Text.title("Simple: one call"))
        val handle = launch(CoroutineName("planet")) {
            val answer = ask(agent, "Name a planet.")
            note()
            println("Answer: ${Text.oneLine(answer)}")
        }
        println("Handle: planet")
        handle.join()
    }

    /** Five calls at once, with progress as they complete. */
    private suspend fun parallel(agent: ChatAgent) = coroutineScope {
        println(Text.title("Parallel: five calls"))
        val count = 5
        var done = 0
        val handles = (1..count).map { number ->
            launch {
                val answer = ask(agent, "Name a mountain, number $number.")
                note()
                println("[${++done}/$count] ${Text.oneLine(answer)}")
            }
        }
        println("${handles.size} handles, ${handles.count { it.isActive }} pending")
        handles.forEach { it.join() }
        println("${handles.count { it.isActive }} pending")
    }

    /** Three calls overlap and are awaited together. */
    private suspend fun promise(agent: ChatAgent) = coroutineScope {
        println(Text.title("Promise: three handles as futures"))
        val (answers, time) = measureTimedValue {
            (1..3).map { number -> async { ask(agent, "Name a planet, number $number.").also { note() } } }.awaitAll()
        }
        println("${answers.size} answers in ${Text.seconds(time.toJavaDuration())}")
    }

    /** Tokens as they arrive: the collector of the stream runs on the same thread. */
    private suspend fun streaming(agent: ChatAgent) {
        println(Text.title("Streaming: tokens as they arrive"))
        meter.measure {
            agent.stream("Count to five.").text().collect { token ->
                note()
                println("Token: ${token.trim()}")
            }
        }
        println("The stream has ended")
    }

    private suspend fun ask(agent: ChatAgent, prompt: String): String = meter.measure { agent.ask(prompt) }

    private fun note() {
        if (Thread.currentThread() !== pumping) elsewhere++
    }
}
