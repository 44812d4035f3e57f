package dev.muster.agent

import dev.muster.chat.ChatRequest
import dev.muster.facade.textOf
import dev.muster.model.ChatModel

/**
 * Turns a prompt into a text: a model, an agent or custom code. For code that should not depend on which of them it
 * calls. Use it with any operator: `gather(prompts) { executor.execute(it) }`.
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
    /** Returns the text for [prompt]. Cancelling the caller cancels the call. */
    public suspend fun execute(prompt: String): String
}

/** Sends the prompt to [model], with [systemPrompt] if it is neither null nor blank. */
public class SimpleExecutor
@JvmOverloads
constructor(
    /** The model to ask. */
    public val model: ChatModel,
    /** The system prompt, or null for none. */
    public val systemPrompt: String? = null,
) : LlmExecutor {
    override suspend fun execute(prompt: String): String {
        val request = ChatRequest.builder()
        if (!systemPrompt.isNullOrBlank()) request.system(systemPrompt)
        return textOf(model, request.user(prompt).build())
    }

    override fun toString(): String = "SimpleExecutor(${model.id})"
}

/** Sends the prompt to [agent], which runs its tools. Calls share nothing. */
public class AgentExecutor(
    /** The agent to ask. */
    public val agent: ChatAgent,
) : LlmExecutor {
    override suspend fun execute(prompt: String): String = agent.ask(prompt)

    override fun toString(): String = "AgentExecutor($agent)"
}
