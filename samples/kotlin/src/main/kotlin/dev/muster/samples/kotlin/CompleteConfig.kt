package dev.muster.samples.kotlin

import dev.muster.MusterClient
import dev.muster.observe.ConcurrencyMeter
import dev.muster.samples.common.CompleteSettings
import dev.muster.samples.common.Target
import dev.muster.samples.common.Text

/** Settings from four sources, in order of priority: argument, environment, file, default. */
internal suspend fun showConfig(target: Target, meter: ConcurrencyMeter) {
    println(Text.title("Config: argument before environment before file before default"))
    val config = CompleteSettings.of(target)
    println(CompleteSettings.contradictions(target))
    println()
    println(config.describe())
    println()
    MusterClient {
        config(config)
        target.transport().ifPresent { transport(it) }
    }.use { client ->
        val answer = meter.measure { client.model().ask("What is 2+2?") }
        println("A client with these settings answers ${Text.oneLine(answer)}")
    }
}
