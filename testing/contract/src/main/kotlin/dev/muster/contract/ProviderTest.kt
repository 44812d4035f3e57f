@file:OptIn(ExperimentalMusterApi::class)

package dev.muster.contract

import dev.muster.MusterClient
import dev.muster.annotation.ExperimentalMusterApi
import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import dev.muster.chat.Usage
import dev.muster.error.LlmException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.TimeoutKind
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import dev.muster.http.transport.HttpTransport
import dev.muster.model.ChatModel
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import java.time.Duration

/**
 * A fake server and clients for it, without retries: the base class of a provider's tests and of the contracts. A
 * subclass says where its API is at [server]:
 *
 * ```kotlin
 * class MyAnswersTest : ProviderTest("mine") {
 *     override val url: String get() = server.openAiUrl
 * }
 * ```
 *
 * After each test it closes the clients, and fails if one of them left a connection open.
 */
public abstract class ProviderTest(
    /** The provider's id, the part of a model's name before `::`. */
    protected val id: String,
) {
    /** The server behind the provider, new for each test. */
    protected val server: FakeServer = FakeServer.start()
    private val clients = mutableListOf<MusterClient>()

    /** The base URL of the provider's API at [server]. */
    protected abstract val url: String

    /** Whether the provider lists its models. Default: true. */
    protected open val listsModels: Boolean get() = true

    /** Returns a transport for one client, which closes it, or null for the default transport. Default: null. */
    protected open fun newTransport(): HttpTransport? = null

    /** Returns a client that is closed after the test. It sees [environment] instead of the real one. */
    protected fun client(
        environment: Map<String, String> = emptyMap(),
        transport: HttpTransport? = newTransport(),
        configure: MusterClient.Builder.() -> Unit = {},
    ): MusterClient = MusterClient {
        environment(environment)
        retry(RetryPolicy.NONE)
        transport?.let { transport(it) }
        configure()
    }.also { clients += it }

    /** Returns the model [name] of a new client, with [key] and [url]. */
    protected fun model(
        name: String = "m",
        key: String? = KEY,
        provider: String = id,
        transport: HttpTransport? = newTransport(),
        configure: MusterClient.Builder.() -> Unit = {},
    ): ChatModel = client(transport = transport) {
        provider(provider) { it.apiKey(key).baseUrl(url) }
        configure()
    }.model("$provider::$name")

    /** Closes the clients and [server]. Fails if a connection stays open. */
    @AfterEach
    public fun closeAll() {
        clients.forEach { it.close() }
        server.awaitNoConnections(LIMIT)
        server.close()
    }

    /** Runs [block] with a timeout that only a hanging call exceeds. */
    protected fun blocking(block: suspend CoroutineScope.() -> Unit): Unit =
        runBlocking { withTimeout(LIMIT.toMillis()) { block() } }

    /** Returns the response of a call whose reply is [body]. */
    protected suspend fun whole(body: String): ChatResponse {
        server.otherwise(FakeReply.raw(body).unnamed())
        return model().chat(ChatRequest.of("hi"))
    }

    /** Returns the response at the end of a stream of [events]. */
    protected suspend fun streamed(vararg events: String): ChatResponse =
        (events(*events).last() as ChatEvent.Finished).response

    /** Returns what a stream of [events] emits. Each is sent as one `data:`, under the name that [nameOf] returns. */
    protected suspend fun events(vararg events: String): List<ChatEvent> {
        val body = events.joinToString("") { nameOf(it)?.let { name -> "event: $name\n" }.orEmpty() + "data: $it\n\n" }
        server.otherwise(FakeReply.raw(OK, "text/event-stream", body).unnamed())
        return model().stream("hi").toList()
    }

    /** Returns the SSE name of an event, or null if the API format uses none. Default: null. */
    protected open fun nameOf(event: String): String? = null

    /** Returns the field `type` of an event, which is its name in API formats that name their events, or null. */
    protected fun typeOf(event: String): String? = TYPE.find(event)?.groupValues?.get(1)

    /** Returns this reply without the request id in the headers, so that the one in the body counts. */
    protected fun FakeReply.unnamed(): FakeReply = header("x-request-id", "").header("request-id", "")

    /** Returns the exception of [call]. Fails if it succeeds. */
    protected suspend fun failure(call: suspend () -> Unit): LlmException {
        try {
            call()
        } catch (e: LlmException) {
            return e
        }
        throw AssertionError("the call did not fail")
    }

    /** Returns the exception of a whole response with [reply]. */
    protected suspend fun failure(reply: FakeReply): LlmException {
        server.otherwise(reply)
        return failure { model().ask("hi") }
    }

    /** Returns the exception of a stream with [reply]. */
    protected suspend fun streamFailure(reply: FakeReply): LlmException {
        server.otherwise(reply)
        return failure { model().stream("hi").collect() }
    }

    /** Returns the exception of a stream that sends two words and then nothing more. */
    protected suspend fun silenceAfterTwoWords(): LlmTimeoutException {
        val impatient = model { timeouts(Timeouts.builder().attempt(null).betweenTokens(SILENCE).build()) }
        server.otherwise(FakeReply.text("one two three").usage(10, 20).stallAfter(2))
        val error = silence(impatient, words = 2)
        assertEquals(TimeoutKind.BETWEEN_TOKENS, error.kind)
        return error
    }

    /**
     * Returns the exception of a stream of [model] that has sent [words] words when [SILENCE] passes. Without a word
     * nothing shows what has arrived, such as the usage so far: then the time is real.
     */
    protected suspend fun silence(model: ChatModel, words: Int, prompt: String = "hi"): LlmTimeoutException =
        coroutineScope {
            val clock = if (words == 0) null else HandClock()
            val given = Channel<ChatEvent>(Channel.UNLIMITED)
            val ending =
                async(clock?.context ?: Dispatchers.Default) {
                    failure { model.stream(prompt).collect { given.send(it) } }
                }
            server.awaitRequests(1, LIMIT)
            repeat(words) { while (given.receive() !is ChatEvent.TextDelta) continue }
            clock?.passUntil(SILENCE) { ending.isCompleted }
            server.awaitDisconnects(1, LIMIT)
            ending.await() as LlmTimeoutException
        }

    /** Returns a usage with these counts, for an expected value. */
    protected fun usageOf(
        input: Long?,
        output: Long?,
        cachedInputTokens: Long? = null,
        reasoningTokens: Long? = null,
        total: Long? = null,
        cacheWriteInputTokens: Long? = null,
    ): Usage = Usage.builder()
        .inputTokens(input)
        .outputTokens(output)
        .cachedInputTokens(cachedInputTokens)
        .reasoningTokens(reasoningTokens)
        .totalTokens(total)
        .cacheWriteInputTokens(cacheWriteInputTokens)
        .build()

    /** Requests and values that the tests share. */
    public companion object {
        /** A request with sampling settings and stop sequences, and a tool without parameters. */
        public val SAMPLED: ChatRequest = ChatRequest {
            user("q")
            temperature(0.0)
            topP(0.5)
            maxTokens(7)
            seed(1)
            stop(listOf("A", "B"))
            tools(listOf(ToolDefinition("now", "", emptyMap())))
        }

        /** A request with everything: a system prompt, a history with a tool run, limits and a tool. */
        public val WHOLE: ChatRequest = ChatRequest {
            system("Be brief.")
            user("Weather in Paris?")
            message(Message.assistant("Let me look.", listOf(ToolCall("c1", "weather", "{\"city\":\"Paris\"}"))))
            message(Message.tool("c1", "sunny"))
            user("And tomorrow?")
            temperature(0.25)
            maxTokens(50)
            val city = mapOf("type" to "object", "properties" to mapOf("city" to mapOf("type" to "string")))
            tools(listOf(ToolDefinition("weather", "Tells the weather", city)))
        }

        /** The API key of the clients. It must not appear in any message. */
        public const val KEY: String = "sk-test-0123456789"

        /** Exceeded only by a hanging call. */
        public val LIMIT: Duration = Duration.ofSeconds(60)

        /** A timeout that passes when a [HandClock] is advanced by it. */
        public val SILENCE: Duration = Duration.ofSeconds(3)

        private const val OK = 200
        private val TYPE = Regex("\"type\":\"([a-z_.]+)\"")
    }
}
