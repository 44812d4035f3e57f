@file:Suppress("unused")

package dev.muster.samples.kotlin.guide

import dev.muster.MusterClient
import dev.muster.agent.ChatAgent
import dev.muster.agent.text
import dev.muster.chat.text
import dev.muster.error.AuthenticationException
import dev.muster.error.LlmException
import dev.muster.error.LlmTimeoutException
import dev.muster.model.ChatModel
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.future.await
import kotlinx.coroutines.runInterruptible
import java.util.concurrent.CompletableFuture
import javax.swing.JTextArea
import kotlin.time.Duration.Companion.seconds

/*
 * What docs/kotlin.md shows.
 */

internal suspend fun opened() {
    MusterClient.create().use { client ->
        val model = client.model("openai::gpt-4o-mini")
        val agent = client.agent("anthropic::claude-sonnet-4-5") {
            systemPrompt("Be concise.")
            maxTokens(200)
        }
        println(model.ask("Name a prime."))
        println(agent.ask("Name a planet."))
    }
}

internal suspend fun oneAfterAnother(model: ChatModel) {
    val joke = model.ask("Tell me a joke.")
    println(model.ask("Explain this joke: $joke"))
}

internal suspend fun atOnce(model: ChatModel) {
    val sentence = coroutineScope {
        val river = async { model.ask("Name a river.") }
        val lake = async { model.ask("Name a lake.") }
        "${river.await()} flows into ${lake.await()}"
    }
    println(sentence)
}

internal suspend fun firstWords(model: ChatModel) {
    val words = model.stream("Write a story.").text().take(10).toList()
    println(words)
}

/** Called on the thread of the window. */
internal suspend fun show(agent: ChatAgent, area: JTextArea) {
    agent.stream("Write a story.").text().flowOn(Dispatchers.Default).collect(area::append)
}

internal suspend fun bridged(model: ChatModel) {
    val user = lookUp("42").await()
    val year = runInterruptible(Dispatchers.IO) { readYear() }
    println(model.ask("Write a greeting for $user, born $year"))
}

private fun lookUp(id: String) = CompletableFuture.completedFuture("user $id")

private fun readYear() = "1998".toInt()

internal suspend fun failures(model: ChatModel) {
    try {
        println(model.ask("Name a prime."))
    } catch (e: AuthenticationException) {
        System.err.println("The key is wrong: ${e.message}")
    } catch (e: LlmTimeoutException) {
        System.err.println("So far: ${e.partialText}")
    } catch (e: LlmException) {
        System.err.println(e.message + if (e.isRetryable) " (later, perhaps)" else "")
    }
}

internal suspend fun closed(client: MusterClient) {
    val inTime = client.closeGracefully(10.seconds)
    println(if (inTime) "All calls have ended." else "Some calls were cancelled.")
}
