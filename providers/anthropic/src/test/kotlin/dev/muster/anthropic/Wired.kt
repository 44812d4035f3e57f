package dev.muster.anthropic

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
import kotlinx.coroutines.flow.collect
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

    protected fun model(configure: MusterClient.Builder.() -> Unit = {}): ChatModel = client {
        provider("anthropic") { it.apiKey("k").baseUrl(server.anthropicUrl) }
        configure()
    }.model("anthropic::m")

    @AfterEach
    fun closeAll() {
        clients.forEach { it.close() }
        server.close()
    }

    /** The end of a stream of [events], each sent under the name of its type. */
    protected suspend fun streamed(vararg events: String): ChatResponse =
        (events(*events).last() as ChatEvent.Finished).response

    protected suspend fun events(vararg events: String): List<ChatEvent> {
        val body = events.joinToString("") { "event: ${TYPE.find(it)?.groupValues?.get(1)}\ndata: $it\n\n" }
        server.otherwise(FakeReply.raw(200, "text/event-stream", body).header("request-id", ""))
        return model().stream("hi").toList()
    }

    /** The answer that [body] is. */
    protected suspend fun whole(body: String): ChatResponse {
        server.otherwise(FakeReply.raw(body).header("request-id", ""))
        return model().chat(ChatRequest.of("hi"))
    }

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

    protected suspend fun streamFailure(reply: FakeReply): LlmException {
        server.otherwise(reply)
        return failure { model().stream("hi").collect() }
    }

    protected fun blocking(block: suspend CoroutineScope.() -> Unit): Unit =
        runBlocking { withTimeout(20_000) { block() } }

    private companion object {
        val TYPE = Regex("\"type\":\"([a-z_]+)\"")
    }
}
