package dev.muster

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ModelId
import dev.muster.chat.StructuredOutputMode
import dev.muster.provider.ModelProvider
import dev.muster.provider.ProviderConfig
import dev.muster.provider.ProviderContext
import dev.muster.provider.ProviderModel
import dev.muster.provider.ProviderSession
import dev.muster.provider.StreamSink

/** A provider without a wire: answers what the test says and counts what it is asked. */
class ScriptedProvider(
    override val ids: Set<String> = setOf("scripted"),
    private val onChat: suspend (ChatRequest) -> ChatResponse.Builder = { ChatResponse.builder().text("ok") },
    private val onStream: suspend (ChatRequest, StreamSink) -> Unit = { _, _ -> },
    private val onStructured: (ChatRequest) -> StructuredOutputMode = { StructuredOutputMode.INSTRUCTION },
    private val onOpen: (ProviderContext) -> Unit = {},
) : ModelProvider {
    val requests = mutableListOf<ChatRequest>()
    val opened = mutableListOf<Pair<String, ProviderConfig>>()
    var cancelled = 0
        private set

    override fun open(id: String, config: ProviderConfig, context: ProviderContext): ProviderSession {
        opened += id to config
        onOpen(context)
        return object : ProviderSession {
            override fun chatModel(id: ModelId): ProviderModel = Model()
        }
    }

    fun client(configure: MusterClient.Builder.() -> Unit = {}): MusterClient = MusterClient {
        providers(listOf(this@ScriptedProvider))
        environment(emptyMap())
        configure()
    }

    private inner class Model : ProviderModel {
        override suspend fun chat(request: ChatRequest): ChatResponse.Builder = counted(request) { onChat(request) }

        override suspend fun stream(request: ChatRequest, sink: StreamSink) =
            counted(request) { onStream(request, sink) }

        override fun structuredOutput(request: ChatRequest): StructuredOutputMode = onStructured(request)

        private suspend fun <T> counted(request: ChatRequest, block: suspend () -> T): T {
            requests += request
            var ended = false
            try {
                return block().also { ended = true }
            } finally {
                if (!ended) cancelled++
            }
        }
    }
}
