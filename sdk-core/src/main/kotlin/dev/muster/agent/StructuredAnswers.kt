@file:JvmName("StructuredAnswers")

package dev.muster.agent

import dev.muster.chat.ChatModel
import dev.muster.chat.ChatRequest

/**
 * The answer to [prompt] as a `@Serializable` [T]: `agent.ask<Recipe>("How is tea made?")`.
 *
 * @throws dev.muster.error.StructuredOutputException where no try gave one
 * @throws dev.muster.error.LlmException where no whole answer came
 */
@JvmSynthetic
public suspend inline fun <reified T> ChatAgent.ask(prompt: String): T = ask(prompt, outputType<T>())

/** The answer to [prompt] as a `@Serializable` [T], and how it came about; see [ChatAgent.chat]. */
@JvmSynthetic
public suspend inline fun <reified T> ChatAgent.chat(prompt: String): StructuredResponse<T> =
    chat(prompt, outputType<T>())

/** The answer to [prompt] as a `@Serializable` [T]: `conversation.ask<Recipe>("And with rice?")`. */
@JvmSynthetic
public suspend inline fun <reified T> ChatConversation.ask(prompt: String): T = ask(prompt, outputType<T>())

/** The answer to [prompt] as a `@Serializable` [T], and how it came about; see [ChatAgent.chat]. */
@JvmSynthetic
public suspend inline fun <reified T> ChatConversation.chat(prompt: String): StructuredResponse<T> =
    chat(prompt, outputType<T>())

/**
 * The answer to [prompt] as a `@Serializable` [T]: `model.ask<Recipe>("How is tea made?")`.
 *
 * @throws dev.muster.error.StructuredOutputException where no try gave one
 * @throws dev.muster.error.LlmException where no whole answer came
 */
@JvmSynthetic
public suspend inline fun <reified T> ChatModel.ask(prompt: String): T = ask(prompt, outputType<T>())

/** The answer to [prompt] as [type]; see [ChatAgent.ask]. */
public suspend fun <T> ChatModel.ask(prompt: String, type: OutputType<T>): T = chat(prompt, type).value

/** The answer to [prompt] as [type], and how it came about; see [ChatAgent.chat]. */
public suspend fun <T> ChatModel.chat(prompt: String, type: OutputType<T>): StructuredResponse<T> =
    chat(ChatRequest.of(prompt), type)

/**
 * The answer to [request] as [type], and how it came about; see [ChatAgent.chat]. The request's own
 * [ChatRequest.responseFormat] is replaced.
 */
public suspend fun <T> ChatModel.chat(request: ChatRequest, type: OutputType<T>): StructuredResponse<T> =
    ChatAgent.builder(this).build().chat(request, type)
