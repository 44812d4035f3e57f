@file:JvmName("TextAnswers")

package dev.muster.agent

import dev.muster.chat.ChatRequest
import dev.muster.facade.textOf
import dev.muster.model.ChatModel

/**
 * Sends [prompt] and returns the text of the response.
 *
 * @throws dev.muster.error.IncompleteAnswerException if the model paused, or the response has no text, only other
 * content such as an image
 * @throws dev.muster.error.LlmException if the call failed
 */
@JvmSynthetic
public suspend fun ChatModel.ask(prompt: String): String = textOf(this, ChatRequest.of(prompt))
