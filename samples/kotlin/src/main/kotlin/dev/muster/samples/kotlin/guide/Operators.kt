@file:Suppress("unused")

package dev.muster.samples.kotlin.guide

import dev.muster.MusterClient
import dev.muster.batch.batch
import dev.muster.chat.text
import dev.muster.concurrent.Hedge
import dev.muster.concurrent.Once
import dev.muster.concurrent.asCompleted
import dev.muster.concurrent.deadline
import dev.muster.concurrent.fallback
import dev.muster.concurrent.gather
import dev.muster.concurrent.gatherSettled
import dev.muster.concurrent.hedge
import dev.muster.concurrent.interruptible
import dev.muster.concurrent.mapChunked
import dev.muster.concurrent.mapConcurrent
import dev.muster.concurrent.mapConcurrentUnordered
import dev.muster.concurrent.pipeline
import dev.muster.concurrent.race
import dev.muster.concurrent.selectFirst
import dev.muster.model.ChatModel
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.retry
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.toList
import java.nio.file.Path
import java.util.concurrent.Executor
import kotlin.io.path.readLines
import kotlin.time.Duration.Companion.seconds

/*
 * What the KDoc of the core shows.
 */

internal suspend fun client() {
    MusterClient.create().use { client ->
        println(client.model("openai::gpt-4o-mini").ask("Name a prime."))
    }
}

internal suspend fun streamed(model: ChatModel) {
    model.stream("Write a story.").text().collect { print(it) }
}

internal suspend fun agent(client: MusterClient) {
    val agent = client.agent("ollama::gemma3:latest") { systemPrompt("Be concise.") }
    val answers = gather(listOf("What is 2 + 2?", "Who wrote Hamlet?")) { agent.ask(it) }
    println(answers)
}

internal suspend fun gathered(model: ChatModel, prompts: List<String>) {
    val answers = gather(prompts) { model.ask(it) }
    println(answers)
}

internal suspend fun gatheredSettled(model: ChatModel, prompts: List<String>) {
    val outcomes = gatherSettled(prompts) { model.ask(it) }
    println(outcomes.count { it.isSuccess })
}

internal suspend fun raced(gpt: ChatModel, claude: ChatModel) {
    val winner = race {
        branch("gpt") { gpt.ask("Name a prime.") }
        branch("claude") { claude.ask("Name a prime.") }
    }
    println("${winner.label} after ${winner.elapsed}: ${winner.value}")
}

internal suspend fun selected(model: ChatModel) {
    val first = selectFirst {
        branch("model") { model.ask("Write a novel.") }
        branch("limit") { delay(5.seconds).let { "Too slow" } }
    }
    println(first.outcome)
}

internal suspend fun completed(model: ChatModel, prompts: List<String>) {
    asCompleted(prompts) { model.ask(it) }.collect { println("${it.item}: ${it.outcome}") }
}

internal suspend fun concurrently(model: ChatModel, prompts: List<String>) {
    prompts.mapConcurrent(limit = 4) { model.ask(it) }.collect { println(it) }
}

internal suspend fun concurrentlyUnordered(model: ChatModel, prompts: List<String>) {
    prompts.mapConcurrentUnordered(limit = 4) { model.ask(it) }.collect { println(it) }
}

internal suspend fun inGroups(model: ChatModel, prompts: List<String>) {
    val answers = prompts.mapChunked(size = 3) { model.ask(it) }.toList()
    println(answers)
}

internal suspend fun inStages(model: ChatModel, topics: List<String>) {
    val translated = pipeline(topics)
        .stage(concurrency = 4) { model.ask("Write a line about $it") }
        .stage(concurrency = 2) { model.ask("Translate into French: $it") }
        .toList()
    println(translated)
}

internal suspend fun inABatch(model: ChatModel, prompts: List<String>) {
    val report = batch(prompts, { concurrency(4).onProgress { println(it) } }) { model.ask(it) }
    println("${report.succeeded()} ok, ${report.failed()} failed")
}

internal suspend fun withADeadline(model: ChatModel) {
    val answer = deadline(5.seconds) { model.ask("Name a prime.") }
    println(answer)
}

internal suspend fun withAStandIn(gpt: ChatModel, claude: ChatModel) {
    val answer = fallback({ gpt.ask("Name a prime.") }, { claude.ask("Name a prime.") })
    println(answer)
}

internal suspend fun withASecondCopy(model: ChatModel, prompts: List<String>) {
    val hedge = Hedge.learned()
    val answers = gather(prompts) { prompt -> hedge(hedge) { model.ask(prompt) } }
    println(answers)
}

internal suspend fun again(model: ChatModel, prompts: List<String>) {
    val answers = retry(RetryPolicy.DEFAULT) { gather(prompts) { model.ask(it) } }
    println(answers)
}

internal suspend fun onlyOnce(model: ChatModel) {
    val joke = Once { model.ask("Tell me a joke.") }
    val sizes = gather({ joke.get().length }, { joke.get().lines().size })
    println(sizes)
}

internal suspend fun withBlockingCode(pool: Executor, file: Path) {
    val lines = interruptible(pool) { file.readLines() }
    println(lines.size)
}
