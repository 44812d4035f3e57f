package dev.muster

import dev.muster.agent.ChatAgent
import dev.muster.annotation.ExperimentalMusterApi
import dev.muster.annotation.InternalMusterApi
import dev.muster.call.ChatInterceptor
import dev.muster.call.internal.CallPath
import dev.muster.call.internal.CalledModel
import dev.muster.call.internal.Delivery
import dev.muster.call.internal.InterceptorLink
import dev.muster.call.internal.Lifecycle
import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.chat.unknownProvider
import dev.muster.config.MusterConfig
import dev.muster.embedding.EmbeddingModel
import dev.muster.facade.LeakWatch
import dev.muster.internal.ClassPathCheck
import dev.muster.internal.ClientChatModel
import dev.muster.internal.ClientEmbeddingModel
import dev.muster.internal.ModelList
import dev.muster.internal.OwnModels
import dev.muster.internal.ProviderRegistry
import dev.muster.model.ChatModel
import dev.muster.network.HttpVersion
import dev.muster.network.ProxyCredentials
import dev.muster.provider.ModelProvider
import dev.muster.provider.ProviderConfig
import dev.muster.provider.ProviderSession
import dev.muster.provider.Transport
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.ModelOptions
import dev.muster.resilience.RateLimiter
import dev.muster.resilience.RetryBudget
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import dev.muster.resilience.internal.Retrying
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import java.net.InetSocketAddress
import java.time.Duration
import java.util.ServiceLoader
import java.util.function.Consumer
import java.util.function.Function
import javax.net.ssl.SSLContext
import kotlin.time.Duration as KotlinDuration

/**
 * The entry point: holds the providers, their connections and the running calls. Thread-safe. Create one client for the
 * program and share it.
 *
 * [close] ends every running call with a [dev.muster.error.ClientClosedException] and closes its HTTP exchange. If a
 * client and all its models are garbage-collected without [close], the client closes itself and logs a warning.
 *
 * ```kotlin
 * MusterClient.create().use { client ->
 *     println(client.model("openai::gpt-4o-mini").ask("Name a prime."))
 * }
 * ```
 */
@OptIn(ExperimentalMusterApi::class, InternalMusterApi::class)
public class MusterClient private constructor(draft: ClientDraft) : AutoCloseable {
    private val settings = ClientSettings(draft)
    private val retrying = Retrying(draft.retryBudget)
    private val lifecycle = Lifecycle(draft.facade)
    private val interceptors = draft.interceptors.toList()
    private val attemptInterceptors = draft.attemptInterceptors.toList()
    private val ownModels = OwnModels(draft.models)
    private val providers =
        ProviderRegistry(
            providers =
            (draft.providers ?: ServiceLoader.load(ModelProvider::class.java).toList())
                .also { settings.checkConfig(it, ownModels.providerIds) },
            configs = settings.providers,
            network = settings.network,
            environment = settings.environment,
            transport = draft.transport,
        )

    init {
        settings.checkIds(providerIds)
    }

    // Watches the life, not the client: models and running calls hold the life too, and they need the connections.
    private val leaks = watched(lifecycle, providers)

    /** The ids of all providers this client knows, including the presets for compatible endpoints. */
    public val providerIds: Set<String> get() = providers.ids + ownModels.providerIds

    /** The id of the model that [model] returns without an argument, or null if none was set. */
    @get:JvmName("defaultModel")
    public val defaultModel: String? get() = settings.defaultModel

    /** Whether [close] or [closeGracefully] has been called. */
    public val isClosed: Boolean get() = lifecycle.isClosed

    /**
     * Returns the default model. Sends nothing.
     *
     * @throws IllegalStateException if no default model was set
     */
    public fun model(): ChatModel = model(
        checkNotNull(defaultModel) { "No default model is set: call defaultModel(...) or set default-model" },
    )

    /**
     * Returns the model [id], written `provider::model` (see [ModelId]). Settings in [options] replace the client's
     * timeouts, retries and limiters for this model. Sends nothing.
     *
     * @throws IllegalArgumentException if [id] is malformed or names an unknown provider
     */
    @JvmOverloads
    public fun model(id: String, options: ModelOptions = ModelOptions.DEFAULT): ChatModel {
        val parsed = ModelId.parse(id, providerIds)
        val model = ownModels[parsed] ?: session(parsed.provider).chatModel(parsed)
        return ClientChatModel(chatPath(settings.called(parsed, options)), model)
    }

    /**
     * Returns the embedding model [id], written `provider::model`. Settings in [options] replace the client's for this
     * model. Sends nothing.
     *
     * @throws IllegalArgumentException if [id] is malformed, or names a provider that is unknown or has no embeddings
     */
    @JvmOverloads
    public fun embeddingModel(id: String, options: ModelOptions = ModelOptions.DEFAULT): EmbeddingModel {
        val parsed = ModelId.parse(id, providerIds)
        val model = session(parsed.provider).embeddingModel(parsed)
        requireNotNull(model) { "Provider '${parsed.provider}' has no embedding models: use another provider" }
        return ClientEmbeddingModel(CallPath(settings.called(parsed, options), lifecycle, retrying), model)
    }

    /**
     * Asks [provider] for the models it offers now and returns them in its order. Uses the client's retries and
     * timeouts.
     *
     * @throws IllegalArgumentException if [provider] is unknown or cannot list its models
     * @throws dev.muster.error.LlmException if the request failed
     */
    public suspend fun models(provider: String): List<ModelInfo> {
        val id = provider.trim().lowercase()
        require(id in providerIds) { "Unknown provider '$provider': " + unknownProvider(id, providerIds) }
        val asked = settings.called(ModelId.of(id, "models"), ModelOptions.DEFAULT)
        val models = CallPath<Unit, List<ModelInfo>?>(asked, lifecycle, retrying).run(Unit, ModelList(session(id)))
        return requireNotNull(models) { "Provider '$id' cannot list its models" }
    }

    /** Builds an agent on the model [model]: `client.agent("ollama::gemma3") { systemPrompt("Be brief.") }`. */
    @JvmSynthetic
    public fun agent(
        model: String,
        options: ModelOptions = ModelOptions.DEFAULT,
        build: ChatAgent.Builder.() -> Unit = {},
    ): ChatAgent = ChatAgent.builder(model(model, options)).apply(build).build()

    /**
     * Builds an agent on the default model.
     *
     * @throws IllegalStateException if no default model was set
     */
    @JvmSynthetic
    public fun agent(build: ChatAgent.Builder.() -> Unit = {}): ChatAgent =
        ChatAgent.builder(model()).apply(build).build()

    private fun session(provider: String): ProviderSession {
        require(provider in providers.ids) {
            "Provider '$provider' has only the models added with model(...): ${ownModels.of(provider)}"
        }
        return providers.session(provider)
    }

    private fun chatPath(model: CalledModel) = CallPath(
        model,
        lifecycle,
        retrying,
        ofCall = listOf(Delivery) + interceptors.map(::InterceptorLink),
        ofAttempt = attemptInterceptors.map(::InterceptorLink),
    )

    /**
     * Cancels every running call, rejects new calls, and waits up to one second until every HTTP exchange is closed.
     * Cancelled calls end with [dev.muster.error.ClientClosedException]. A second call has no effect.
     */
    override fun close() {
        shutdown()
        providers.awaitClosed(CLOSE_LIMIT)
    }

    /**
     * Rejects new calls, waits up to [limit] for the running calls to end, and then closes the client as [close] does.
     *
     * An agent's call or a conversation's turn that has sent its first request counts as one running call: it may
     * finish all its rounds and tools. Blocks the current thread, so do not call it on a thread that the calls need.
     *
     * @return true if all calls ended by themselves; false if some were cancelled at the limit
     * @throws IllegalArgumentException if [limit] is negative
     */
    public fun closeGracefully(limit: Duration): Boolean {
        require(!limit.isNegative) { "The limit must not be negative: $limit" }
        try {
            return lifecycle.drain(limit)
        } finally {
            // Also if this thread is interrupted while it waits.
            close()
        }
    }

    /**
     * As [closeGracefully], but suspends instead of blocking. If the caller is cancelled while it waits, the client is
     * closed at once.
     *
     * @return true if all calls ended by themselves; false if some were cancelled at the limit
     * @throws IllegalArgumentException if [limit] is negative
     */
    @JvmSynthetic
    public suspend fun closeGracefully(limit: KotlinDuration): Boolean {
        require(!limit.isNegative()) { "The limit must not be negative: $limit" }
        try {
            return lifecycle.drain(limit)
        } finally {
            shutdown()
            // Blocks for up to one second, until the transport's threads have closed everything.
            withContext(NonCancellable + Dispatchers.IO) { providers.awaitClosed(CLOSE_LIMIT) }
        }
    }

    /** Closes the client as [close] does, but does not wait. For threads that closing itself may need. */
    public fun shutdown() {
        var isFirst = true
        try {
            isFirst = lifecycle.close()
        } finally {
            // Also if cancelling a call threw: the connections must be closed in any case.
            if (isFirst) {
                leaks.closed()
                providers.close()
            }
        }
    }

    override fun toString(): String = "MusterClient(${providerIds.size} providers, closed=$isClosed)"

    /** Builds a [MusterClient]. Not thread-safe. */
    @Suppress("TooManyFunctions") // One for each setting.
    public class Builder {
        init {
            // First, because everything else may need a library that is missing or too old.
            ClassPathCheck.require()
        }

        @get:JvmSynthetic
        internal val draft = ClientDraft()

        /** Uses the settings in [config]. A setting made on this builder wins, before or after this call. */
        public fun config(config: MusterConfig): Builder = apply { draft.config = config }

        /**
         * Sets the model that [MusterClient.model] returns without an argument, written `provider::model`. Default: no
         * default model.
         */
        public fun defaultModel(id: String): Builder = apply { draft.defaultModel = id }

        /**
         * Adds a custom model, such as a scripted one for tests, under its [ChatModel.id]. The client applies its
         * checks, limits and retries to it, as to a provider's model. It replaces a provider's model with the same id.
         */
        public fun model(model: ChatModel): Builder = apply { draft.models += model }

        /**
         * Configures the provider [id]. Unset values come from the environment. Calling it again for the same id adds
         * to the earlier settings.
         */
        public fun provider(id: String, configure: Consumer<ProviderConfig.Builder>): Builder =
            apply { configure.accept(draft.configs.getOrPut(id.lowercase()) { ProviderConfig.builder() }) }

        /** Sets the timeouts of every call. Default: [Timeouts.DEFAULT]. */
        public fun timeouts(timeouts: Timeouts): Builder = apply { draft.timeouts = timeouts }

        /** Sets when a failed attempt is retried. Default: [RetryPolicy.DEFAULT], at most 2 retries. */
        public fun retry(policy: RetryPolicy): Builder = apply { draft.retry = policy }

        /** Limits the retries of all calls together. Default: a [RetryBudget] with its default values. */
        public fun retryBudget(budget: RetryBudget): Builder = apply { draft.retryBudget = budget }

        /**
         * Limits how many attempts run at the same time on [id]: a model (`openai::gpt-4o`) or a whole provider
         * (`openai`). If both have a limiter, an attempt passes both. Default: no limit.
         */
        public fun concurrencyLimiter(id: String, limiter: ConcurrencyLimiter): Builder =
            apply { draft.concurrencyLimiters[id.trim()] = limiter }

        /**
         * Limits the rate of attempts and tokens sent to [id]: a model (`openai::gpt-4o`) or a whole provider
         * (`openai`). If both have a limiter, an attempt passes both. Default: no limit.
         */
        public fun rateLimiter(id: String, limiter: RateLimiter): Builder = apply {
            draft.rateLimiters[id.trim()] =
                limiter
        }

        /**
         * Sets the timeout for opening a connection: TCP, the proxy's tunnel and TLS together. Default: 10 seconds.
         *
         * @throws IllegalArgumentException if [limit] is not positive
         */
        public fun connectTimeout(limit: Duration): Builder = apply {
            require(!limit.isZero && !limit.isNegative) { "connectTimeout must be positive: $limit" }
            draft.connectTimeout = limit
        }

        /**
         * Sends all requests through an HTTP proxy, except those to loopback addresses and to the hosts in [noProxy].
         * Default: the JVM's `ProxySelector` decides (see [systemProxy]). It reads the system properties
         * `https.proxyHost`, `http.proxyHost` and `http.nonProxyHosts`.
         */
        public fun proxy(host: String, port: Int): Builder =
            apply { draft.proxy = InetSocketAddress.createUnresolved(host, port) }

        /**
         * Adds hosts that are connected to directly, without the proxy: `host.example`, `.example` for all subdomains,
         * or a pattern with a `*` at either end.
         */
        public fun noProxy(vararg hosts: String): Builder = apply { draft.noProxy = draft.noProxy.orEmpty() + hosts }

        /** Sets whether the JVM's `ProxySelector` decides if no [proxy] is set. Default: true. */
        public fun systemProxy(use: Boolean): Builder = apply { draft.systemProxy = use }

        /**
         * Sets the credentials for the proxy, sent with the Basic scheme.
         *
         * For https hosts the JDK sends them only if the system property `jdk.http.auth.tunneling.disabledSchemes` is
         * set to a value without `Basic`, such as an empty string, before the first request. Otherwise the call fails
         * with a [NetworkException][dev.muster.error.NetworkException] that says so.
         *
         * @throws IllegalArgumentException if [user] contains a colon, or if [user] or [password] contains a control
         * character
         */
        public fun proxyCredentials(user: String, password: String): Builder =
            apply { draft.proxyCredentials = ProxyCredentials(user, password) }

        /** Sets the TLS context, which decides which certificates to trust. Default: the JDK's. */
        public fun sslContext(context: SSLContext): Builder = apply { draft.sslContext = context }

        /** Sets the HTTP version for https endpoints. Default: [HttpVersion.HTTP_1_1]. */
        public fun httpVersion(version: HttpVersion): Builder = apply { draft.httpVersion = version }

        /**
         * Adds an interceptor around every call to a chat model. The first one added is the outermost. All of them
         * run outside the total timeout, the retries and the limiters.
         */
        @ExperimentalMusterApi
        public fun interceptor(interceptor: ChatInterceptor): Builder = apply { draft.interceptors += interceptor }

        /**
         * Adds an interceptor around every attempt of a call to a chat model. It runs when the attempt has its permits,
         * outside of the attempt timeout. The first one added is the outermost.
         */
        @ExperimentalMusterApi
        public fun attemptInterceptor(interceptor: ChatInterceptor): Builder =
            apply { draft.attemptInterceptors += interceptor }

        /** Replaces the environment variables from which keys and URLs are read. Default: those of the process. */
        public fun environment(variables: Map<String, String>): Builder =
            apply { draft.environment = Function { variables[it] } }

        /**
         * Replaces the transport: an `HttpTransport` from `muster-http` or a `KtorTransport` from `muster-ktor`. The
         * client closes it. Default: a `JdkTransport` with the client's network settings.
         */
        public fun transport(transport: Transport): Builder = apply { draft.transport = transport }

        /** Sets the providers to use. Default: those that `ServiceLoader` finds on the class path. */
        public fun providers(providers: List<ModelProvider>): Builder = apply { draft.providers = providers.toList() }

        /**
         * Sets the class name that error messages use for the client. For facades, whose users never see this class.
         * Default: `MusterClient`.
         */
        @InternalMusterApi
        public fun facade(name: String): Builder = apply { draft.facade = name }

        /**
         * Builds the client.
         *
         * @throws IllegalArgumentException if a configured or limited id is unknown, or if proxy credentials are set
         * without a proxy
         */
        public fun build(): MusterClient = MusterClient(draft)
    }

    /** Creates clients. */
    public companion object {
        private val CLOSE_LIMIT = Duration.ofSeconds(1)

        private fun watched(life: Lifecycle, providers: ProviderRegistry): LeakWatch =
            LeakWatch.watch(life, "A Muster client") { providers.close() }

        /**
         * Creates a client that reads keys and URLs from the environment.
         *
         * @throws dev.muster.error.IncompatibleClassPathException if Kotlin, coroutines or serialization on the class
         * path is too old
         */
        @JvmStatic
        public fun create(): MusterClient = builder().build()

        /**
         * Creates a client with the settings in [config].
         *
         * @throws IllegalArgumentException if an id in [config] is unknown
         */
        @JvmStatic
        public fun create(config: MusterConfig): MusterClient = builder().config(config).build()

        /**
         * Returns an empty builder.
         *
         * @throws dev.muster.error.IncompatibleClassPathException if Kotlin, coroutines or serialization on the class
         * path is too old
         */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}

/** Builds a client: `MusterClient { provider("openai") { it.apiKey(key) } }`. */
@JvmSynthetic
public fun MusterClient(build: MusterClient.Builder.() -> Unit): MusterClient =
    MusterClient.builder().apply(build).build()
