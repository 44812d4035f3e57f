package dev.muster.samples.kotlin

import dev.muster.observe.ConcurrencyMeter
import dev.muster.samples.common.DemoServer
import dev.muster.samples.common.Launcher
import dev.muster.samples.common.SampleOptions
import dev.muster.samples.common.Text
import kotlinx.coroutines.runBlocking
import picocli.CommandLine.Command
import picocli.CommandLine.Mixin
import java.time.Duration
import java.util.concurrent.Callable

/** Runs the shortest program: [hello] in `HelloSuspend.kt`. */
@Command(name = "hello", description = ["The shortest program for each call style."])
internal class Hello(private val server: DemoServer) : Callable<Int> {
    @Mixin
    private val options = SampleOptions()

    override fun call(): Int = runBlocking {
        val target = options.target(server, Duration.ofMillis(500))
        val meter = ConcurrencyMeter()
        println(target.banner())
        connect(target).use { client ->
            println(Text.title("Hello"))
            println("suspend:  " + meter.measure { hello(client.model(target.model())) })
        }
        println(Text.summary(meter.report()))
        Launcher.OK
    }
}
