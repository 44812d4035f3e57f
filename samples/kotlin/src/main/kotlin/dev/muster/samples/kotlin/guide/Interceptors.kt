@file:Suppress("unused")
@file:OptIn(ExperimentalMusterApi::class)

package dev.muster.samples.kotlin.guide

import dev.muster.MusterClient
import dev.muster.annotation.ExperimentalMusterApi
import dev.muster.call.ChatCall
import dev.muster.call.ChatInterceptor
import dev.muster.chat.ChatResponse
import java.util.concurrent.ConcurrentHashMap

/*
 * What docs/interceptors.md shows.
 */

internal fun timing() = MusterClient {
    interceptor { chain -> chain.proceed().also { println(summary(chain.call)) } }
}

internal fun summary(call: ChatCall): String = "${call.model}: ${call.attempt} attempts, ${call.elapsed.toMillis()} ms"

internal fun cache(): ChatInterceptor {
    val known = ConcurrentHashMap<String, ChatResponse>()
    return ChatInterceptor { chain ->
        val prompt = chain.call.request.messages.first().text
        known[prompt] ?: chain.proceed().also { known[prompt] = it }
    }
}

internal fun cooler() = ChatInterceptor { chain ->
    chain.proceed(chain.call.request.toBuilder().temperature(0.0).build())
}
