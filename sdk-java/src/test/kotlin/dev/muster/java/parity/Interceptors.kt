@file:OptIn(ExperimentalMusterApi::class)

package dev.muster.java.parity

import dev.muster.MusterClient
import dev.muster.annotation.ExperimentalMusterApi
import dev.muster.call.ChatInterceptor
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.error.ProviderException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runInterruptible

/** Adds what [interception] says, as a Kotlin program writes it. */
internal fun MusterClient.Builder.intercepted(interception: Interception?): MusterClient.Builder = when (interception) {
    null -> this

    Interception.ADDS_TO_PROMPT -> interceptor { it.proceed(it.withPromptAnd("!")) }

    Interception.ANSWERS -> interceptor { CACHED }

    Interception.CHANGES_RESPONSE -> interceptor { capitals(it.proceed()) }

    Interception.FAILS -> interceptor { throw ProviderException("intercepted") }

    Interception.PROCEEDS_TWICE -> interceptor {
        it.proceed()
        it.proceed()
    }

    Interception.BLOCKS -> interceptor { runInterruptible(Dispatchers.IO) { CACHED } }

    Interception.OF_ATTEMPTS -> attemptInterceptor {
        if (it.call.attempt == 1) throw ProviderException("intercepted")
        it.proceed(it.withPromptAnd(it.call.attempt.toString()))
    }
}

internal val CACHED: ChatResponse = ChatResponse.builder().text("cached").provider("cache").model("cache").build()

internal fun capitals(response: ChatResponse): ChatResponse =
    response.toBuilder().text(response.text.uppercase()).build()

private fun ChatInterceptor.Chain.withPromptAnd(more: String) = ChatRequest.of(promptOf(call.request) + more)

internal fun promptOf(request: ChatRequest): String = request.messages.last().text
