package dev.muster.internal

import dev.muster.call.internal.CallPath
import dev.muster.call.internal.PathEnd
import dev.muster.call.internal.RunningCall
import dev.muster.call.internal.checkRequest
import dev.muster.call.internal.estimateTokens
import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ModelId
import dev.muster.chat.StructuredOutputMode
import dev.muster.chat.Usage
import dev.muster.error.InvalidRequestException
import dev.muster.model.ChatModel
import dev.muster.provider.ProviderModel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlin.time.toJavaDuration

/** A provider's model at the end of the client's path. */
internal class ClientChatModel(
    private val path: CallPath<ChatRequest, ChatResponse>,
    private val provider: ProviderModel,
) : ChatModel {
    private val end = End()

    override val id: ModelId get() = path.model.id

    override suspend fun chat(request: ChatRequest): ChatResponse = path.run(request, end)

    override fun stream(request: ChatRequest): Flow<ChatEvent> = flow { path.run(request, end, this) }

    override fun structuredOutput(request: ChatRequest): StructuredOutputMode = provider.structuredOutput(request)

    override fun toString(): String = "ChatModel($id)"

    private inner class End : PathEnd<ChatRequest, ChatResponse> {
        override fun check(request: ChatRequest) {
            checkRequest(request, path.model.context)
            if (request.responseFormat != null && structuredOutput(request) != StructuredOutputMode.NATIVE) {
                throw InvalidRequestException(
                    "$id does not support responseFormat in this request: call ask with a type instead",
                    path.model.context,
                )
            }
        }

        override fun estimate(request: ChatRequest): Long = estimateTokens(request)

        override fun usageOf(response: ChatResponse): Usage? = response.usage()

        override suspend fun attempt(call: RunningCall<ChatRequest, ChatResponse>): ChatResponse {
            val response = call.stream?.attempt(provider) ?: provider.chat(call.request)
            if (response.model.isEmpty()) response.model(id.model)
            return response
                .usage(response.usage?.plausible())
                .provider(id.provider)
                .latency(call.start.elapsedNow().toJavaDuration())
                .build()
        }
    }
}
