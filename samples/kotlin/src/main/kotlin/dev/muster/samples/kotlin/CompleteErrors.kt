package dev.muster.samples.kotlin

import dev.muster.MusterClient
import dev.muster.agent.returning
import dev.muster.agent.tool
import dev.muster.chat.text
import dev.muster.concurrent.deadline
import dev.muster.concurrent.gatherSettled
import dev.muster.model.ChatModel
import dev.muster.observe.ConcurrencyMeter
import dev.muster.resilience.ModelOptions
import dev.muster.resilience.RetryPolicy
import dev.muster.samples.common.Mishap
import dev.muster.samples.common.Target
import dev.muster.samples.common.Text
import dev.muster.samples.common.Weather
import kotlinx.coroutines.flow.fold

/** Which failure leads to which exception. All calls run at once, without retries. */
internal class CompleteErrors(
    private val client: MusterClient,
    private val target: Target,
    private val meter: ConcurrencyMeter,
) {
    suspend fun show() {
        target.needsScript()
        println(Text.title("Errors: what happens, and what is thrown"))
        MusterClient { environment(emptyMap()) }.use { keyless ->
            val calls = calls(keyless.model(target.model(), ONCE))
            val outcomes = gatherSettled(calls.values) { call -> meter.measure(call) }
            println(Mishap.head())
            calls.keys.zip(outcomes) { script, outcome -> println(Mishap.row(script, outcome.exceptionOrNull())) }
        }
    }

    private fun calls(keyless: ChatModel): Map<String, suspend () -> String> {
        val model = client.model(target.model(), ONCE)
        return buildMap {
            put("an empty prompt") { model.ask("") }
            put("no key") { keyless.ask("What is 2+2?") }
            for (mishap in Mishap.entries) put(mishap.script()) { model.ask(mishap.prompt()) }
            put("a stream cut off") { model.stream("Fail in the middle.").text().fold("", String::plus) }
            put("no answer in time") { deadline(target.latency()) { model.ask("Never answer.") } }
            put("not a valid record") { model.returning<City>().ask("Describe the city of nowhere.").name }
            put("endless tool calls") { circles() }
        }
    }

    private suspend fun circles(): String {
        val weather = tool("weather", "Tells the weather") { place: Place -> Weather.`in`(place.city) }
        val agent = client.agent(target.model(), ONCE) { tool(weather).maxToolRounds(2) }
        return agent.ask("Look out of the window for ever.")
    }

    private companion object {
        val ONCE: ModelOptions = ModelOptions.builder().retry(RetryPolicy.NONE).build()
    }
}
