package dev.muster.model

import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.chat.ModelId
import dev.muster.chat.Role
import dev.muster.error.ErrorContext
import dev.muster.error.InvalidRequestException

/**
 * Fails as an invalid request does if [message], which a caller passed as the prompt for [model], is not from the user.
 */
internal fun checkUserMessage(message: Message, model: ModelId) {
    if (message.role == Role.USER) return
    throw InvalidRequestException(
        "The message must be a user message, but its role is ${message.role}: create it with Message.user",
        ErrorContext.builder().provider(model.provider).model(model.model).build(),
    )
}

/** Returns a request with [message] only, which must be a user message. */
internal fun requestOf(message: Message, model: ModelId): ChatRequest {
    checkUserMessage(message, model)
    return ChatRequest.builder().message(message).build()
}
