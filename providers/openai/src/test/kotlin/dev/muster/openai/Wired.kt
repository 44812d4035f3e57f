package dev.muster.openai

import dev.muster.MusterClient
import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatModel
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ask
import dev.muster.chat.stream
import dev.muster.error.LlmException
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import dev.muster.resilience.RetryPolicy
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterEach

/** A server and clients for it. */
abstract class Wired {
    protected val server: FakeServer = FakeServer.start()
    private val clients = mutableListOf<MusterClient>()

    protected fun client(
        environment: Map<String, String> = emptyMap(),
        configure: MusterClient.Builder.() -> Unit = {},
    ): MusterClient = MusterClient {
        environment(environment)
        retry(RetryPolicy.NONE)
        configure()
    }.also { clients += it }

    protected fun model(id: String = "openai"): ChatModel =
        client { provider(id) { it.apiKey("k").baseUrl(server.openAiUrl) } }.model("$id::m")

    @AfterEach
    fun closeAll() {
        clients.forEach { it.close() }
        server.close()
    }

    /** The end of a stream of [events], each sent as one `data:`. */
    protected suspend fun streamed(vararg events: String): ChatResponse =
        (events(*events).last() as ChatEvent.Finished).response

    protected suspend fun events(vararg events: String): List<ChatEvent> {
        server.otherwise(FakeReply.raw(200, "text/event-stream", events.joinToString("") { "data: $it\n\n" }).unnamed())
        return model().stream("hi").toList()
    }

    /** The answer that [body] is. */
    protected suspend fun whole(body: String): ChatResponse {
        server.otherwise(FakeReply.raw(body).unnamed())
        return model().chat(ChatRequest.of("hi"))
    }

    /** Without the id of the exchange in the headers, so that the one in the body counts. */
    private fun FakeReply.unnamed() = header("x-request-id", "")

    protected suspend fun failure(call: suspend () -> Unit): LlmException {
        try {
            call()
        } catch (e: LlmException) {
            return e
        }
        throw AssertionError("the call did not fail")
    }

    protected suspend fun failure(reply: FakeReply): LlmException {
        server.otherwise(reply)
        return failure { model().ask("hi") }
    }

    protected fun blocking(block: suspend CoroutineScope.() -> Unit): Unit =
        runBlocking { withTimeout(20_000) { block() } }
}
