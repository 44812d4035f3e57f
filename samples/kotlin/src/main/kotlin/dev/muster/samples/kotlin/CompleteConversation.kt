package dev.muster.samples.kotlin

import dev.muster.agent.ChatAgent
import dev.muster.agent.ChatConversation
import dev.muster.error.LlmException
import dev.muster.observe.ConcurrencyMeter
import dev.muster.samples.common.Text

private const val QUESTION = "What is my favourite number?"

/** Turns that remember, an independent fork, a failed turn that leaves no trace, and a reset. */
internal suspend fun showConversation(agent: ChatAgent, meter: ConcurrencyMeter) {
    println(Text.title("Conversation: turns, fork, failure, reset"))
    val conversation = agent.conversation()
    turn("Here", conversation, "My favourite number is 42.", meter)
    turn("Here", conversation, QUESTION, meter)

    val fork = conversation.fork()
    turn("Fork", fork, "My favourite number is 7.", meter)
    turn("Fork", fork, QUESTION, meter)
    turn("Here", conversation, QUESTION, meter)

    val ending = try {
        "no failure: " + Text.oneLine(meter.measure { conversation.ask("Divide it by zero.") })
    } catch (e: LlmException) {
        e.javaClass.simpleName
    }
    println("Here: a turn ends with $ending ${size(conversation)}")

    conversation.reset()
    turn("Here, after a reset", conversation, QUESTION, meter)
}

private suspend fun turn(where: String, conversation: ChatConversation, prompt: String, meter: ConcurrencyMeter) {
    val answer = meter.measure { conversation.ask(prompt) }
    println("$where: $prompt")
    println("  ${Text.oneLine(answer)} ${size(conversation)}")
}

private fun size(conversation: ChatConversation) = "(${conversation.history.size} messages)"
