package dev.muster.spi

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.chat.StructuredOutputMode
import dev.muster.chat.Usage
import dev.muster.embedding.EmbeddingRequest
import dev.muster.embedding.EmbeddingResponse
import java.net.InetSocketAddress
import java.time.Duration
import javax.net.ssl.SSLContext

/** A wire form and the endpoints that speak it. Found by `java.util.ServiceLoader`. */
public interface ModelProvider {
    /** The provider ids this one serves: `openai`, `groq`, … */
    public val ids: Set<String>

    /**
     * Prepares the endpoint [id], once for each client. Sends nothing, and fails only where [config] is wrong in itself
     * (a base URL that is none); a missing key is a failure of the call.
     *
     * @param id one of [ids], or an id of the user's own that [ProviderConfig.compatibleWith] gave to this provider
     */
    public fun open(id: String, config: ProviderConfig, context: ProviderContext): ProviderSession

    /**
     * The environment variables that [open] reads for [id]: what tells a
     * [MusterConfig][dev.muster.config.MusterConfig] where a value comes from. None by default.
     */
    public fun variables(id: String): ProviderVariables = ProviderVariables.NONE
}

/** The environment variables that an endpoint is configured by; of several the first that is set. */
public class ProviderVariables(
    /** Those for the key. */
    @get:JvmName("apiKey")
    public val apiKey: List<String>,
    /** Those for the base URL. */
    @get:JvmName("baseUrl")
    public val baseUrl: List<String>,
) {
    override fun toString(): String = "ProviderVariables(apiKey=$apiKey, baseUrl=$baseUrl)"

    /** Some that are needed often. */
    public companion object {
        /** No variables. */
        @JvmField
        public val NONE: ProviderVariables = ProviderVariables(emptyList(), emptyList())
    }
}

/** An endpoint, ready for calls. */
public interface ProviderSession {
    /** The model named [ModelId.model] at this endpoint. */
    public fun chatModel(id: ModelId): ProviderModel

    /** The model named [ModelId.model] for embeddings, or null where this provider has none. */
    public fun embeddingModel(id: ModelId): ProviderEmbeddingModel? = null

    /**
     * The models this endpoint offers, all pages of them, or null where it cannot say.
     *
     * @throws dev.muster.error.LlmException where the list did not come
     */
    public suspend fun models(): List<ModelInfo>? = null
}

/**
 * What a provider does for a model: translate and exchange. Checks of the request, timeouts, the sum of a stream, the
 * latency and the partial text on a failure are the client's work.
 */
public interface ProviderModel {
    /**
     * Sends [request] and returns what came, with all but provider and latency set.
     *
     * @throws dev.muster.error.LlmException where no whole answer came
     */
    public suspend fun chat(request: ChatRequest): ChatResponse.Builder

    /**
     * Sends [request] and hands what arrives to [sink], in order, waiting for it. Returns when the protocol's end
     * marker has been seen, or the stream has ended without one: then [StreamSink.finish] was never called, and the
     * client makes it an error.
     *
     * @throws dev.muster.error.LlmException where the exchange failed
     */
    public suspend fun stream(request: ChatRequest, sink: StreamSink)

    /**
     * How this model is best brought to answer [request] in the form that its [ChatRequest.responseFormat] says. Only
     * with [StructuredOutputMode.NATIVE] will a request that has one be given to [chat] or [stream].
     */
    public fun structuredOutput(request: ChatRequest): StructuredOutputMode = StructuredOutputMode.INSTRUCTION
}

/** What a provider does for a model that embeds. Splitting, order and sums are the client's work. */
public interface ProviderEmbeddingModel {
    /** The most texts in one exchange. */
    public val maxBatch: Int

    /** The most tokens in all texts of one exchange together, or null where they are not limited. */
    public val maxBatchTokens: Long? get() = null

    /**
     * Embeds the texts of [request], [maxBatch] at most and, as far as the client can tell, of no more than
     * [maxBatchTokens] unless it is a single one, and returns what came, with all but provider and latency set.
     *
     * @throws dev.muster.error.LlmException where no whole answer came
     */
    public suspend fun embed(request: EmbeddingRequest): EmbeddingResponse.Builder
}

/** Takes a streamed answer apart from its wire form. Used by one coroutine at a time. */
public interface StreamSink {
    /** More text. Suspends while the collector is busy: that is the backpressure. */
    public suspend fun text(delta: String)

    /** More reasoning. */
    public suspend fun reasoning(delta: String)

    /** A whole block of reasoning that must go back to the model. Its text has come through [reasoning] already. */
    public fun reasoningPart(part: ContentPart.Reasoning)

    /** A whole block that is neither text nor reasoning nor a call of a tool. */
    public fun opaquePart(part: ContentPart.Opaque)

    /** What must go back to the model with the tool call number [index]. */
    public fun toolCallSignature(index: Int, signature: String)

    /** More of the tool call number [index]; [id] and [name] where this piece has them. */
    public suspend fun toolCall(index: Int, id: String?, name: String?, argumentsDelta: String)

    /** The usage so far; a later one replaces it. */
    public fun usage(usage: Usage)

    /** The model that answers, by its own name. */
    public fun model(name: String)

    /** The provider's id of the exchange. */
    public fun requestId(id: String)

    /** The provider says that the answer is whole, and why it ended. */
    public fun finish(reason: FinishReason, raw: String?)
}

/** What a provider may use of the client it works for. */
public interface ProviderContext {
    /** How to reach the network. */
    public val network: NetworkSettings

    /** The resource of [type] that all providers of this client share, made by [create] where there is none yet. */
    public fun <T : SharedResource> shared(type: Class<T>, create: () -> T): T

    /** The environment variable [name], or null where it is unset or blank. */
    public fun environment(name: String): String?
}

/** Something the providers of one client share and the client closes, such as the connection pool. */
public interface SharedResource {
    /** Refuses new work and cancels what runs. Never blocks. */
    public fun close()

    /** Waits until all is closed, [timeout] at most. Returns whether it is. */
    public fun awaitClosed(timeout: Duration): Boolean
}

/**
 * Carries the exchanges of a client's providers with their servers: `HttpTransport` of `muster-http`, which
 * `JdkTransport` and `KtorTransport` implement. A client closes the one it is given.
 */
public interface Transport : SharedResource

/** How to reach the network. */
public class NetworkSettings(
    /** The longest time to open a connection: TCP, a proxy's tunnel and TLS together. */
    @get:JvmName("connectTimeout")
    public val connectTimeout: Duration = Duration.ofSeconds(10),
    /** The HTTP proxy, or null for the JVM's if [systemProxy] is set, else none. */
    @get:JvmName("proxy")
    public val proxy: InetSocketAddress? = null,
    /** Whom to trust, or null for the JDK's default. */
    @get:JvmName("sslContext")
    public val sslContext: SSLContext? = null,
    /** What https endpoints are spoken to in. */
    @get:JvmName("httpVersion")
    public val httpVersion: HttpVersion = HttpVersion.HTTP_1_1,
    /** What opens the [proxy], or null where it wants nothing. */
    @get:JvmName("proxyCredentials")
    public val proxyCredentials: ProxyCredentials? = null,
    /**
     * Hosts that are connected to directly, whatever the proxy: `host.example`, `.example` for all subdomains, or with
     * a `*` at either end. Loopback addresses and `localhost` always are.
     */
    @get:JvmName("noProxy")
    public val noProxy: Set<String> = emptySet(),
    /** Whether the JVM's `ProxySelector` decides where [proxy] is null. */
    @get:JvmName("systemProxy")
    public val systemProxy: Boolean = true,
)

/** What a proxy knows a user by. `toString` shows neither part. */
public class ProxyCredentials(
    /** The user's name, without a colon. */
    @get:JvmName("user")
    public val user: String,
    /** The password. */
    @get:JvmName("password")
    public val password: String,
) {
    init {
        require(':' !in user && (user + password).none { it.isISOControl() }) {
            "A proxy's user has no colon, and neither user nor password a control character"
        }
    }

    override fun toString(): String = "ProxyCredentials(***)"
}

/** A version of HTTP. */
public enum class HttpVersion {
    /** A connection for each exchange that runs, kept for the next one. The default. */
    HTTP_1_1,

    /**
     * All exchanges with a host on one connection, where the host offers it over TLS; else [HTTP_1_1], and always with
     * a plain http URL.
     *
     * By choice only: the exchanges of one connection share its fate. A connection that breaks, or is closed by the
     * peer, fails all of them, and the JDK's client has had faults in which a cancelled exchange left its connection
     * unusable for the others. Most hosts take about a hundred exchanges on a connection at once; beyond that, and
     * while the first connection is being opened, further ones are.
     */
    HTTP_2,
}
