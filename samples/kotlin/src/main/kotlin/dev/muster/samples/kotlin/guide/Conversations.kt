@file:Suppress("unused")

package dev.muster.samples.kotlin.guide

import dev.muster.agent.AgentExecutor
import dev.muster.agent.ChatAgent
import dev.muster.agent.ChatConversation
import dev.muster.agent.HistoryWindow
import dev.muster.agent.LlmExecutor
import dev.muster.agent.SimpleExecutor
import dev.muster.agent.text
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.concurrent.gather
import dev.muster.model.ChatModel
import java.nio.file.Path
import kotlin.io.path.readBytes
import kotlin.io.path.readText
import kotlin.io.path.writeText

/*
 * What docs/conversations.md shows.
 */

internal suspend fun twoTurns(agent: ChatAgent) {
    val conversation = agent.conversation()
    conversation.ask("My name is Ada.")
    println(conversation.ask("What is my name?"))
}

internal suspend fun kindsOfTurns(conversation: ChatConversation, photo: Path) {
    val picture = ContentPart.Image.of(photo.readBytes(), "image/png")
    println(conversation.ask(Message.user(ContentPart.Text("What could I cook of this?"), picture)))
    conversation.stream("How is the first of them made?").text().collect { print(it) }
}

internal suspend fun branches(conversation: ChatConversation): List<String> =
    gather(listOf("in French", "in Japanese")) { language ->
        conversation.fork().ask("Say that $language.")
    }

internal fun windows(agent: ChatAgent): List<ChatConversation> {
    val short = agent.conversation(window = HistoryWindow.messages(20))
    val cheap = agent.conversation(window = HistoryWindow.tokens(4_000))
    return listOf(short, cheap)
}

internal suspend fun laterOn(agent: ChatAgent, file: Path) {
    val conversation = agent.conversation()
    conversation.ask("My name is Ada.")
    file.writeText(conversation.save())
    val resumed = agent.loadConversation(file.readText())
    println(resumed.ask("What is my name?"))
}

internal suspend fun executors(model: ChatModel, agent: ChatAgent) {
    val executors = listOf(
        SimpleExecutor(model, "Be concise."),
        AgentExecutor(agent),
        LlmExecutor { prompt -> prompt.uppercase() },
    )
    val answers = gather(executors) { it.execute("What is 2 + 2?") }
    println(answers)
}

internal suspend fun teamOfAgents(model: ChatModel, historian: ChatAgent) {
    val editor = ChatAgent.builder(model)
        .systemPrompt("You write short articles. Ask the historian for facts.")
        .tool(historian.asTool("historian", "Answers questions about history"))
        .build()
    println(editor.chat("Write about Ada Lovelace.").usage())
}
