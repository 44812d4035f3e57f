package dev.muster.samples.kotlin

import dev.muster.MusterClient
import dev.muster.agent.AgentEvent
import dev.muster.agent.tool
import dev.muster.chat.text
import dev.muster.observe.ConcurrencyMeter
import dev.muster.samples.common.Target
import dev.muster.samples.common.Text
import dev.muster.samples.common.Weather
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList

/** Answers as they are written: from a model, from an agent with a tool, and one that is stopped early. */
internal class CompleteStreaming(
    private val client: MusterClient,
    private val target: Target,
    private val meter: ConcurrencyMeter,
) {
    suspend fun show() {
        println(Text.title("Streaming: text as it is written"))
        text()
        println(Text.title("Streaming: through a round of tools"))
        tools()
        println(Text.title("Streaming: stopped early"))
        stopped()
    }

    private suspend fun text() {
        val answer = client.model(target.model()).stream("Tell me about tides.").text()
        val pieces = meter.measure { answer.onEach(::print).toList() }
        println()
        println("in ${pieces.size} pieces")
    }

    private suspend fun tools() {
        val weather = tool("weather", "Tells the weather") { place: Place -> Weather.`in`(place.city) }
        val agent = client.agent(target.model()) { tool(weather) }
        meter.measure { agent.stream("Do I need an umbrella in London?").collect(::show) }
    }

    private fun show(event: AgentEvent) = when (event) {
        is AgentEvent.TextDelta -> print(event.text)
        is AgentEvent.ToolStarted -> println("\n[calls ${event.call.name}]")
        is AgentEvent.ToolFinished -> println("[${event.run.name} says: ${event.run.result}]")
        is AgentEvent.Finished -> println("\nin ${event.response.rounds} rounds")
        else -> Unit
    }

    /** Leaving the flow closes its connection: the model stops writing, and you pay for nothing more. */
    private suspend fun stopped() {
        val pieces = client.model(target.model()).stream(ENDLESS).text()
        meter.measure { pieces.take(3).collect(::print) }
        println()
        println("Stopped after 3 pieces: ${target.leftEarly(ENDLESS)}")
    }

    private companion object {
        const val ENDLESS = "Count for ever."
    }
}
