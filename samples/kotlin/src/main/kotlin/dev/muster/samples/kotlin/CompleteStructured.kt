package dev.muster.samples.kotlin

import dev.muster.agent.ChatAgent
import dev.muster.agent.Description
import dev.muster.observe.ConcurrencyMeter
import dev.muster.samples.common.Text
import kotlinx.serialization.Serializable

@Serializable
internal enum class Season { SPRING, SUMMER, AUTUMN, WINTER }

@Serializable
internal enum class StopKind { WALK, MEAL, MUSEUM }

@Serializable
internal data class Stop(val place: String, @Description("How long to stay") val minutes: Int, val kind: StopKind)

@Serializable
@Description("A day in a city")
internal data class Plan(
    val city: City,
    @Description("The best time to go") val season: Season,
    val stops: List<Stop>,
    val warning: String? = null,
)

@Serializable
internal data class Rating(@Description("1 to 5") val stars: Int)

/** Answers as classes: nested classes, lists and enums, and one that the model has to correct. */
internal suspend fun showStructured(agent: ChatAgent, meter: ConcurrencyMeter) {
    println(Text.title("Structured: a record of records"))
    val plan = meter.measure { agent.returning<Plan>().ask("Plan a day in Porto.") }
    println("City:    ${plan.city.name}, ${plan.city.country}")
    println("Season:  ${plan.season}")
    for (stop in plan.stops) println("Stop:    ${stop.place}, ${stop.minutes} minutes, ${stop.kind}")
    println("Warning: ${plan.warning ?: "none"}")

    val rating = meter.measure { agent.returning<Rating>().chat("Rate Porto from 1 to 5.") }
    println("Stars:   ${rating.value.stars}, asked ${rating.tries} times")
}
