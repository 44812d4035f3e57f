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

/** Rejects a request that no provider accepts, before anything is sent. Each provider checks its own rules. */
internal fun checkRequest(request: ChatRequest, context: ErrorContext) {
    val fault = faultOfMessages(request.messages) ?: faultOfTools(request) ?: faultOfSettings(request)
    if (fault != null) throw InvalidRequestException(fault, context)
}

private fun faultOfMessages(messages: List<Message>): String? = when {
    messages.isEmpty() -> "The request has no messages: add at least one"

    messages.any { it.role == Role.USER && it.isBlank() } -> "The prompt is empty: add text to the user message"

    messages.any { it.role == Role.ASSISTANT && it.isBlank() && it.toolCalls.isEmpty() } ->
        "An assistant message has neither text nor tool calls: add some, or remove the message"

    messages.any { it.role != Role.ASSISTANT && it.hasWhatOnlyModelsMake() } ->
        "Reasoning and opaque parts are allowed only in assistant messages: remove them from the others"

    else -> null
}

private fun faultOfTools(request: ChatRequest): String? = when {
    request.demandsTool() && request.tools.isEmpty() ->
        "${request.toolChoice} requires a tool, but the request has none: add one, or remove toolChoice"

    request.toolChoice?.toolName.let { named -> named != null && request.tools.none { it.name == named } } ->
        "${request.toolChoice} names a tool that the request does not have: add the tool, or name another one"

    else -> null
}

private fun faultOfSettings(request: ChatRequest): String? = when {
    request.reasoning?.budgetTokens.let { it != null && it < 0 } ->
        "The reasoning budget must not be negative: ${request.reasoning?.budgetTokens}"

    request.maxTokens.let { it != null && it < 1 } -> "maxTokens must be at least 1: ${request.maxTokens}"

    !request.temperature.isUsable() -> "temperature must be a finite number, 0 or greater: ${request.temperature}"

    request.responseFormat.let { it != null && !it.name.matches(FORMAT_NAME) } ->
        "The name of a response format must have 1 to 64 characters, only letters, digits, _ and -: " +
            "${request.responseFormat?.name}"

    !request.topP.isUsable() -> "topP must be a finite number, 0 or greater: ${request.topP}"

    else -> null
}

/** Rejects texts that cannot be embedded. */
internal fun checkRequest(request: EmbeddingRequest, context: ErrorContext) {
    val fault =
        when {
            request.inputs.isEmpty() -> "The request has no texts: add at least one"
            request.inputs.any { it.isBlank() } -> "Text ${request.inputs.indexOfFirst { it.isBlank() }} is empty"
            request.dimensions.let { it != null && it < 1 } -> "dimensions must be at least 1: ${request.dimensions}"
            else -> null
        }
    if (fault != null) throw InvalidRequestException(fault, context)
}

/** Estimates the tokens that [request] will use: one for four characters of its text, plus `maxTokens`. */
internal fun estimateTokens(request: ChatRequest): Long = estimateInputTokens(request) + (request.maxTokens ?: 0)

/** The part of [estimateTokens] for the request's text. */
internal fun estimateInputTokens(request: ChatRequest): Long = request.messages.sumOf { estimateTokens(it.text) }

private val FORMAT_NAME = Regex("[A-Za-z0-9_-]{1,64}")

private fun ChatRequest.demandsTool() = toolChoice.let { it != null && it != ToolChoice.AUTO && it != ToolChoice.NONE }

private fun Message.hasWhatOnlyModelsMake() = content.any { it is ContentPart.Reasoning || it is ContentPart.Opaque }

private fun Message.isBlank() = content.all { it is ContentPart.Text && it.text.isBlank() }

private fun Double?.isUsable() = this == null || (isFinite() && this >= 0)
