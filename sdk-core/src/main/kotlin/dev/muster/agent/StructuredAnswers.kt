@file:JvmName("StructuredAnswers")

package dev.muster.agent

import dev.muster.chat.ChatRequest
import dev.muster.model.ChatModel

/**
 * Sends [prompt] and returns the response as a `@Serializable` [T]: `agent.ask<Recipe>("How is tea made?")`.
 *
 * @throws dev.muster.error.StructuredOutputException if no response was a valid [T]
 * @throws dev.muster.error.LlmException if the call failed
 */
@JvmSynthetic
public suspend inline fun <reified T> ChatAgent.ask(prompt: String): T = ask(prompt, outputType<T>())

/** Sends [prompt] and returns a `@Serializable` [T] together with its response; see [ChatAgent.chat]. */
@JvmSynthetic
public suspend inline fun <reified T> ChatAgent.chat(prompt: String): StructuredResponse<T> =
    chat(prompt, outputType<T>())

/** Runs a turn and returns the response as a `@Serializable` [T]: `conversation.ask<Recipe>("And with rice?")`. */
@JvmSynthetic
public suspend inline fun <reified T> ChatConversation.ask(prompt: String): T = ask(prompt, outputType<T>())

/** Runs a turn and returns a `@Serializable` [T] together with its response; see [ChatAgent.chat]. */
@JvmSynthetic
public suspend inline fun <reified T> ChatConversation.chat(prompt: String): StructuredResponse<T> =
    chat(prompt, outputType<T>())

/**
 * Sends [prompt] and returns the response as a `@Serializable` [T]: `model.ask<Recipe>("How is tea made?")`.
 *
 * @throws dev.muster.error.StructuredOutputException if no response was a valid [T]
 * @throws dev.muster.error.LlmException if the call failed
 */
@JvmSynthetic
public suspend inline fun <reified T> ChatModel.ask(prompt: String): T = ask(prompt, outputType<T>())

/** Sends [prompt] and returns the response as an object of [type]; see [ChatAgent.chat]. */
public suspend fun <T> ChatModel.ask(prompt: String, type: OutputType<T>): T = chat(prompt, type).value

/** Sends [prompt] and returns an object of [type] together with its response; see [ChatAgent.chat]. */
public suspend fun <T> ChatModel.chat(prompt: String, type: OutputType<T>): StructuredResponse<T> =
    chat(ChatRequest.of(prompt), type)

/**
 * Sends [request] and returns an object of [type] together with its response; see [ChatAgent.chat]. Replaces the
 * request's [ChatRequest.responseFormat].
 */
public suspend fun <T> ChatModel.chat(request: ChatRequest, type: OutputType<T>): StructuredResponse<T> =
    ChatAgent.builder(this).build().chat(request, type)
