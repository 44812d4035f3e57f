package dev.muster.samples.kotlin

import dev.muster.MusterClient
import dev.muster.agent.Description
import dev.muster.agent.tool
import dev.muster.observe.ConcurrencyMeter
import dev.muster.samples.common.Text
import dev.muster.samples.common.Weather
import kotlinx.serialization.Serializable
import java.util.concurrent.atomic.AtomicInteger

/** The arguments of the weather tool. */
@Serializable
internal data class Place(@Description("Its name, without the country") val city: String)

@Serializable
@Description("A city and its country")
internal data class City(
    val name: String,
    val country: String,
    @Description("Without the suburbs") val population: Int,
)

/** Four steps from a question to an agent that remembers. */
internal class CompleteDemos(
    private val client: MusterClient,
    private val model: String,
    private val meter: ConcurrencyMeter,
) {
    suspend fun show(demo: Int) = when (demo) {
        1 -> question()
        2 -> tool()
        3 -> record()
        4 -> memory()
        else -> error("demo must be 1 to 4, was $demo")
    }

    private suspend fun question() {
        println(Text.title("Demo 1: a question"))
        val agent = client.agent(model) { systemPrompt("Be concise.") }
        val answer = meter.measure { agent.ask("What is 2+2?") }
        println("2+2 is ${Text.oneLine(answer)}")
    }

    /** The model names the cities. The tool runs for them at the same time. */
    private suspend fun tool() {
        println(Text.title("Demo 2: a tool"))
        val runs = AtomicInteger()
        val weather = tool("weather", "Tells the weather of a city") { place: Place ->
            runs.incrementAndGet()
            Weather.`in`(place.city)
        }
        val agent = client.agent(model) { tool(weather) }
        val response = meter.measure { agent.chat("How is the weather in Paris and in Rome?") }
        for (run in response.toolRuns) println("Tool:   ${run.name} ${run.arguments} -> ${run.result}")
        println("Answer: ${Text.oneLine(response.text)}")
        println("The tool ran $runs times; the model was asked ${response.rounds} times")
    }

    private suspend fun record() {
        println(Text.title("Demo 3: a typed record"))
        val agent = client.agent(model)
        val city = meter.measure { agent.returning<City>().ask("Describe the city of Lisbon.") }
        println("Name:       ${city.name}")
        println("Country:    ${city.country}")
        println("Population: ${city.population}")
    }

    /** An agent remembers nothing. A conversation does: it sends the earlier messages with each turn. */
    private suspend fun memory() {
        println(Text.title("Demo 4: a memory"))
        val conversation = client.agent(model).conversation()
        for (turn in listOf("My favourite number is 42.", "What is my favourite number?")) {
            println("You:   $turn")
            println("Model: ${Text.oneLine(meter.measure { conversation.ask(turn) })}")
        }
    }
}
