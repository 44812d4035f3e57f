package dev.muster.samples.kotlin

import dev.muster.MusterClient
import dev.muster.model.ChatModel

/** The shortest program with a call that suspends. The key comes from the variable OPENAI_API_KEY. */
suspend fun main() {
    MusterClient.create().use { client ->
        println(hello(client.model("openai::gpt-4o-mini")))
    }
}

internal suspend fun hello(model: ChatModel): String = model.ask("Say hello in one sentence.")
