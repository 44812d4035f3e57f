package dev.muster.samples.kotlin

import dev.muster.MusterClient
import dev.muster.agent.AgentExecutor
import dev.muster.agent.LlmExecutor
import dev.muster.agent.SimpleExecutor
import dev.muster.concurrent.gather
import dev.muster.concurrent.race
import dev.muster.observe.ConcurrencyMeter
import dev.muster.samples.common.Target
import dev.muster.samples.common.Text
import kotlinx.coroutines.delay
import kotlin.time.toKotlinDuration

/** Code that does not depend on what answers: a model, an agent or a custom function. */
internal suspend fun showExecutors(client: MusterClient, target: Target, meter: ConcurrencyMeter) {
    val recall = target.latency().dividedBy(2).toKotlinDuration()
    val agent = client.agent(target.model()) { systemPrompt("You know lakes.") }
    val executors =
        mapOf(
            "simple" to SimpleExecutor(client.model(target.model()), "Be concise."),
            "agent" to AgentExecutor(agent),
            "custom" to LlmExecutor {
                delay(recall)
                "Lake Constance, by heart"
            },
        )

    println(Text.title("Executors: all at once"))
    val answers = gather(executors.values) { meter.measure { it.execute("Name a lake.") } }
    executors.keys.zip(answers) { name, answer -> println("$name:".padEnd(8) + Text.oneLine(answer)) }

    println(Text.title("Executors: the fastest"))
    val winner = race {
        for ((name, executor) in executors) {
            branch(name) { meter.measure { executor.execute("Name a lake.") } }
        }
    }
    println("Winner: ${winner.label}, with ${Text.oneLine(winner.value)}")
}
