package dev.muster.call.internal

import dev.muster.annotation.ExperimentalMusterApi
import dev.muster.call.ChatInterceptor
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse

/** Runs a user's [interceptor]. */
@OptIn(ExperimentalMusterApi::class)
internal class InterceptorLink(private val interceptor: ChatInterceptor) : Link<ChatRequest, ChatResponse> {
    override suspend fun run(call: RunningCall<ChatRequest, ChatResponse>, next: Int): ChatResponse =
        interceptor.intercept(ChatInterceptor.Chain(Hidden(call), next))
}
