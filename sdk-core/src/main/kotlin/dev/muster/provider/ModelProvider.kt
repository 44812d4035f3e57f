package dev.muster.provider

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
import dev.muster.facade.each
import dev.muster.facade.failed
import dev.muster.facade.running
import dev.muster.network.NetworkSettings
import java.net.InetSocketAddress
import java.time.Duration
import javax.net.ssl.SSLContext

/** An API format and the endpoints that use it. Implementations are found by `java.util.ServiceLoader`. */
public interface ModelProvider {
    /** The provider ids that this implementation serves, such as `openai` and `groq`. */
    public val ids: Set<String>

    /**
     * Prepares the endpoint [id]. Called once for each client. Sends nothing. Fails only if [config] itself is not
     * valid, for example if its base URL is malformed. A missing key fails the call, not this method.
     *
     * @param id one of [ids], or a custom id that was assigned to this provider with [ProviderConfig.compatibleWith]
     */
    public fun open(id: String, config: ProviderConfig, context: ProviderContext): ProviderSession

    /**
     * Returns the environment variables that [open] reads for [id].
     * [MusterConfig][dev.muster.config.MusterConfig] uses them to show where a value comes from. Default: none.
     */
    public fun variables(id: String): ProviderVariables = ProviderVariables.NONE
}

/** The environment variables that configure an endpoint. The first one that is set counts. */
public class ProviderVariables(
    /** The variables for the key. */
    @get:JvmName("apiKey")
    public val apiKey: List<String>,
    /** The variables for the base URL. */
    @get:JvmName("baseUrl")
    public val baseUrl: List<String>,
) {
    override fun toString(): String = "ProviderVariables(apiKey=$apiKey, baseUrl=$baseUrl)"

    /** Common values. */
    public companion object {
        /** No variables. */
        @JvmField
        public val NONE: ProviderVariables = ProviderVariables(emptyList(), emptyList())
    }
}

/** An endpoint of one client, ready for calls. */
public interface ProviderSession {
    /** Returns the model named [ModelId.model] at this endpoint. */
    public fun chatModel(id: ModelId): ProviderModel

    /** Returns the embedding model named [ModelId.model], or null if this provider has no embeddings. */
    public fun embeddingModel(id: ModelId): ProviderEmbeddingModel? = null

    /**
     * Returns the models that this endpoint offers, from all pages, or null if it cannot list them.
     *
     * @throws dev.muster.error.LlmException if the request failed
     */
    public suspend fun models(): List<ModelInfo>? = null
}

/**
 * A provider's part of a chat model: translates requests and responses, and runs the HTTP exchange. The client
 * validates requests, applies timeouts, collects streams, measures latency and adds the partial text to failures.
 */
public interface ProviderModel {
    /**
     * Sends [request] and returns the response with everything set but provider and latency.
     *
     * @throws dev.muster.error.LlmException if no complete response arrived
     */
    public suspend fun chat(request: ChatRequest): ChatResponse.Builder

    /**
     * Sends [request] and passes each piece that arrives to [sink], in order, suspending while the sink is busy.
     * Returns at the protocol's end marker. Also returns if the stream ends without one; [StreamSink.finish] was then
     * never called, and the client raises an error.
     *
     * @throws dev.muster.error.LlmException if the HTTP exchange failed
     */
    public suspend fun stream(request: ChatRequest, sink: StreamSink)

    /**
     * Returns the best way to get a response to [request] in its [ChatRequest.responseFormat] from this model. Only
     * with [StructuredOutputMode.NATIVE] do [chat] and [stream] receive a request with a response format. Default:
     * [StructuredOutputMode.INSTRUCTION].
     */
    public fun structuredOutput(request: ChatRequest): StructuredOutputMode = StructuredOutputMode.INSTRUCTION
}

/** A provider's part of an embedding model. The client splits requests, restores the order and adds up the usage. */
public interface ProviderEmbeddingModel {
    /** The maximum number of texts in one request. */
    public val maxBatch: Int

    /** The maximum number of tokens of all texts in one request, or null for no limit. Default: null. */
    public val maxBatchTokens: Long? get() = null

    /**
     * Embeds the texts of [request] and returns the response with everything set but provider and latency. The client
     * sends at most [maxBatch] texts, with an estimated total of at most [maxBatchTokens] tokens; a single text may
     * have more.
     *
     * @throws dev.muster.error.LlmException if no complete response arrived
     */
    public suspend fun embed(request: EmbeddingRequest): EmbeddingResponse.Builder
}

/** Receives a streamed response, independent of the API format. Used by one coroutine at a time. */
public interface StreamSink {
    /** Adds text. Suspends while the collector is busy (backpressure). */
    public suspend fun text(delta: String)

    /** Adds reasoning. */
    public suspend fun reasoning(delta: String)

    /** Adds a complete block of reasoning that must be sent back to the model. [reasoning] got its text before. */
    public fun reasoningPart(part: ContentPart.Reasoning)

    /** Adds a complete block that is neither text nor reasoning nor a tool call. */
    public fun opaquePart(part: ContentPart.Opaque)

    /** Sets the signature that must be sent back to the model with tool call number [index]. */
    public fun toolCallSignature(index: Int, signature: String)

    /** Adds a piece of tool call number [index]. [id] and [name] are null if the piece does not have them. */
    public suspend fun toolCall(index: Int, id: String?, name: String?, argumentsDelta: String)

    /** Sets the usage so far; a later call replaces it. */
    public fun usage(usage: Usage)

    /** Sets the name of the model as reported in the response. */
    public fun model(name: String)

    /** Sets the provider's id of the request. */
    public fun requestId(id: String)

    /** Marks the response as complete, with the reason why it ended; [raw] is the provider's own name for it. */
    public fun finish(reason: FinishReason, raw: String?)
}

/** The services of a client for its providers. */
public interface ProviderContext {
    /** The client's network settings. */
    public val network: NetworkSettings

    /** Returns the resource of [type] that all providers of this client share. Calls [create] if there is none yet. */
    public fun <T : SharedResource> shared(type: Class<T>, create: () -> T): T

    /** Returns the environment variable [name], or null if it is unset or blank. */
    public fun environment(name: String): String?
}

/** A resource that the providers of one client share, such as the connection pool. The client closes it. */
public interface SharedResource {
    /** Rejects new work and cancels running work. Must not block. */
    public fun close()

    /** Blocks up to [timeout] until everything is closed. Returns true if it is. */
    public fun awaitClosed(timeout: Duration): Boolean
}

/**
 * Carries the HTTP exchanges of a client's providers: `HttpTransport` of `muster-http`, which `JdkTransport` and
 * `KtorTransport` implement. The client closes the one it is given.
 */
public interface Transport : SharedResource
