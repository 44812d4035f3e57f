package dev.muster.agent

import dev.muster.chat.ChatModel
import dev.muster.chat.ChatRequest
import dev.muster.spi.textOf

/**
 * Whatever turns a prompt into a text: a model, an agent, or code of one's own. For code that should not know which;
 * every operator takes it: `gather(prompts) { executor.execute(it) }`.
 *
 * ```kotlin
 * val executors = listOf(
 *     SimpleExecutor(model, "Be concise."),
 *     AgentExecutor(agent),
 *     LlmExecutor { prompt -> prompt.uppercase() },
 * )
 * val answers = gather(executors) { it.execute("What is 2 + 2?") }
 * ```
 */
public fun interface LlmExecutor {
    /** The text for [prompt]. Cancelling the caller cancels what runs for it. */
    public suspend fun execute(prompt: String): String
}

/** Asks [model], with [systemPrompt] above the prompt where there is one. */
public class SimpleExecutor
@JvmOverloads
constructor(
    /** The model that answers. */
    public val model: ChatModel,
    /** The instructions; null for none. */
    public val systemPrompt: String? = null,
) : LlmExecutor {
    override suspend fun execute(prompt: String): String {
        val request = ChatRequest.builder()
        if (!systemPrompt.isNullOrBlank()) request.system(systemPrompt)
        return textOf(model, request.user(prompt).build())
    }

    override fun toString(): String = "SimpleExecutor(${model.id})"
}

/** Asks [agent], which runs its tools; calls share nothing. */
public class AgentExecutor(
    /** The agent that answers. */
    public val agent: ChatAgent,
) : LlmExecutor {
    override suspend fun execute(prompt: String): String = agent.ask(prompt)

    override fun toString(): String = "AgentExecutor($agent)"
}
