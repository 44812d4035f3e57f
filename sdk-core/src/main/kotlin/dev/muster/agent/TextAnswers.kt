@file:JvmName("TextAnswers")

package dev.muster.agent

import dev.muster.chat.ChatModel
import dev.muster.chat.ChatRequest
import dev.muster.spi.textOf

/**
 * The text of the answer to [prompt].
 *
 * @throws dev.muster.error.IncompleteAnswerException where there is more to the answer than a text, or not all of it
 * @throws dev.muster.error.LlmException where no whole answer came
 */
@JvmSynthetic
public suspend fun ChatModel.ask(prompt: String): String = textOf(this, ChatRequest.of(prompt))
