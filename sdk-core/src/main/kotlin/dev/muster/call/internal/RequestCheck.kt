package dev.muster.call.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Role
import dev.muster.chat.ToolChoice
import dev.muster.chat.estimateTokens
import dev.muster.embedding.EmbeddingRequest
import dev.muster.error.ErrorContext
import dev.muster.error.InvalidRequestException

/** Refuses what no provider takes, before anything is sent. What only some refuse is theirs to say. */
internal fun checkRequest(request: ChatRequest, context: ErrorContext) {
    val fault = faultOfMessages(request.messages) ?: faultOfTools(request) ?: faultOfSettings(request)
    if (fault != null) throw InvalidRequestException(fault, context)
}

private fun faultOfMessages(messages: List<Message>): String? = when {
    messages.isEmpty() -> "The request has no messages: add at least one"

    messages.any { it.role == Role.USER && it.isBlank() } -> "The prompt is empty: give the user message some text"

    messages.any { it.role == Role.ASSISTANT && it.isBlank() && it.toolCalls.isEmpty() } ->
        "An assistant message has neither text nor tool calls"

    messages.any { it.role != Role.ASSISTANT && it.hasWhatOnlyModelsMake() } ->
        "Reasoning and opaque parts belong to the assistant's messages only"

    else -> null
}

private fun faultOfTools(request: ChatRequest): String? = when {
    request.demandsTool() && request.tools.isEmpty() -> "${request.toolChoice} needs tools: add some"

    request.toolChoice?.toolName.let { named -> named != null && request.tools.none { it.name == named } } ->
        "${request.toolChoice} names a tool that is not among the request's"

    else -> null
}

private fun faultOfSettings(request: ChatRequest): String? = when {
    request.reasoning?.budgetTokens.let { it != null && it < 0 } ->
        "The reasoning budget must not be negative: ${request.reasoning?.budgetTokens}"

    request.maxTokens.let { it != null && it < 1 } -> "maxTokens must be at least 1: ${request.maxTokens}"

    !request.temperature.isUsable() -> "temperature must be a number of at least 0: ${request.temperature}"

    request.responseFormat.let { it != null && !it.name.matches(FORM_NAME) } ->
        "The name of a response format has letters, digits, _ and - only, 64 at most: ${request.responseFormat?.name}"

    !request.topP.isUsable() -> "topP must be a number of at least 0: ${request.topP}"

    else -> null
}

/** Refuses texts that cannot be embedded. */
internal fun checkRequest(request: EmbeddingRequest, context: ErrorContext) {
    val fault =
        when {
            request.inputs.isEmpty() -> "There is nothing to embed: give at least one text"
            request.inputs.any { it.isBlank() } -> "Text ${request.inputs.indexOfFirst { it.isBlank() }} is empty"
            request.dimensions.let { it != null && it < 1 } -> "dimensions must be at least 1: ${request.dimensions}"
            else -> null
        }
    if (fault != null) throw InvalidRequestException(fault, context)
}

/**
 * What [request] will use, as far as one can tell before it is sent: a token for four characters, and the whole answer
 * it allows.
 */
internal fun estimateTokens(request: ChatRequest): Long = estimateInputTokens(request) + (request.maxTokens ?: 0)

/** The part of [estimateTokens] that is not the answer. */
internal fun estimateInputTokens(request: ChatRequest): Long = request.messages.sumOf { estimateTokens(it.text) }

private val FORM_NAME = Regex("[A-Za-z0-9_-]{1,64}")

private fun ChatRequest.demandsTool() = toolChoice.let { it != null && it != ToolChoice.AUTO && it != ToolChoice.NONE }

private fun Message.hasWhatOnlyModelsMake() = content.any { it is ContentPart.Reasoning || it is ContentPart.Opaque }

private fun Message.isBlank() = content.all { it is ContentPart.Text && it.text.isBlank() }

private fun Double?.isUsable() = this == null || (isFinite() && this >= 0)
