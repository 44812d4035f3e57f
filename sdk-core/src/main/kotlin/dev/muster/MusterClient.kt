package dev.muster

import dev.muster.agent.ChatAgent
import dev.muster.annotation.ExperimentalMusterApi
import dev.muster.call.ChatInterceptor
import dev.muster.call.internal.CallPath
import dev.muster.call.internal.CalledModel
import dev.muster.call.internal.Delivery
import dev.muster.call.internal.Gate
import dev.muster.call.internal.InterceptorLink
import dev.muster.call.internal.Lifecycle
import dev.muster.chat.ChatModel
import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.chat.unknownProvider
import dev.muster.config.MusterConfig
import dev.muster.embedding.EmbeddingModel
import dev.muster.internal.ClassPathCheck
import dev.muster.internal.ClientChatModel
import dev.muster.internal.ClientEmbeddingModel
import dev.muster.internal.ModelList
import dev.muster.internal.OwnModels
import dev.muster.internal.ProviderRegistry
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.ModelOptions
import dev.muster.resilience.RateLimiter
import dev.muster.resilience.RetryBudget
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import dev.muster.resilience.internal.Retrying
import dev.muster.spi.HttpVersion
import dev.muster.spi.LeakWatch
import dev.muster.spi.ModelProvider
import dev.muster.spi.ProviderConfig
import dev.muster.spi.ProviderSession
import dev.muster.spi.ProxyCredentials
import dev.muster.spi.Transport
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
 * The way in: holds the providers, their connections and the calls that run on them. Make one for a program and share
 * it; all of it is thread-safe.
 *
 * [close] ends every call that runs, with [dev.muster.error.ClientClosedException], and closes its exchange. A client
 * that is garbage-collected without it, with all its models, is closed and reported in the log.
 *
 * ```kotlin
 * MusterClient.create().use { client ->
 *     println(client.model("openai::gpt-4o-mini").ask("Name a prime."))
 * }
 * ```
 */
@OptIn(ExperimentalMusterApi::class)
public class MusterClient private constructor(draft: ClientDraft) : AutoCloseable {
    private val settings = ClientSettings(draft)
    private val timeouts = settings.timeouts
    private val retry = settings.retry
    private val retrying = Retrying(draft.retryBudget)
    private val concurrencyLimiters = settings.concurrencyLimiters
    private val rateLimiters = settings.rateLimiters
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

    // Of the life and not of the client: the models and the calls that run hold it too, and they need the connections.
    private val leaks = watched(lifecycle, providers)

    /** The ids of all providers this client knows, the presets of compatible endpoints among them. */
    public val providerIds: Set<String> get() = providers.ids + ownModels.providerIds

    /** The model that [model] gives without a name, or null where none was set. */
    @get:JvmName("defaultModel")
    public val defaultModel: String? get() = settings.defaultModel

    /** Whether [close] or [closeGracefully] has been called. */
    public val isClosed: Boolean get() = lifecycle.isClosed

    /**
     * The default model. Sends nothing.
     *
     * @throws IllegalStateException where none was set
     */
    public fun model(): ChatModel = model(
        checkNotNull(defaultModel) { "No default model is set: call defaultModel, or set default-model" },
    )

    /**
     * The model [id], written `provider::model` (see [ModelId]), with limits and retries of its own where [options] has
     * some. Sends nothing.
     *
     * @throws IllegalArgumentException where [id] cannot be read or names an unknown provider
     */
    @JvmOverloads
    public fun model(id: String, options: ModelOptions = ModelOptions.DEFAULT): ChatModel {
        val parsed = ModelId.parse(id, providerIds)
        val model = ownModels[parsed] ?: session(parsed.provider).chatModel(parsed)
        return ClientChatModel(chatPath(called(parsed, options)), model)
    }

    /**
     * The embedding model [id], written `provider::model`, with the options of its own. Sends nothing.
     *
     * @throws IllegalArgumentException where [id] cannot be read, names an unknown provider, or one without embeddings
     */
    @JvmOverloads
    public fun embeddingModel(id: String, options: ModelOptions = ModelOptions.DEFAULT): EmbeddingModel {
        val parsed = ModelId.parse(id, providerIds)
        val model = session(parsed.provider).embeddingModel(parsed)
        requireNotNull(model) { "The provider '${parsed.provider}' has no embeddings" }
        return ClientEmbeddingModel(CallPath(called(parsed, options), lifecycle, retrying), model)
    }

    /**
     * The models that [provider] offers now, as it lists them. Retries and limits of time are the client's.
     *
     * @throws IllegalArgumentException where [provider] is unknown or lists no models
     * @throws dev.muster.error.LlmException where the list did not come
     */
    public suspend fun models(provider: String): List<ModelInfo> {
        val id = provider.trim().lowercase()
        require(id in providerIds) { "'$provider' is an unknown provider: " + unknownProvider(id, providerIds) }
        val path =
            CallPath<Unit, List<ModelInfo>?>(
                called(ModelId.of(id, "models"), ModelOptions.DEFAULT),
                lifecycle,
                retrying,
            )
        val models = path.run(Unit, ModelList(session(id)))
        return requireNotNull(models) { "The provider '$id' lists no models" }
    }

    /** An agent on the model [model]: `client.agent("ollama::gemma3") { systemPrompt("Be brief.") }`. */
    @JvmSynthetic
    public fun agent(
        model: String,
        options: ModelOptions = ModelOptions.DEFAULT,
        build: ChatAgent.Builder.() -> Unit = {},
    ): ChatAgent = ChatAgent.builder(model(model, options)).apply(build).build()

    /** As [agent], on the default model. */
    @JvmSynthetic
    public fun agent(build: ChatAgent.Builder.() -> Unit = {}): ChatAgent =
        ChatAgent.builder(model()).apply(build).build()

    private fun session(provider: String): ProviderSession {
        require(provider in providers.ids) {
            "The provider '$provider' has only the models that were given to this client: ${ownModels.of(provider)}"
        }
        return providers.session(provider)
    }

    private fun called(id: ModelId, options: ModelOptions): CalledModel {
        val ofModel =
            Gate(
                id.toString(),
                options.concurrencyLimiter ?: concurrencyLimiters[id.toString()],
                options.rateLimiter ?: rateLimiters[id.toString()],
            )
        val ofProvider = Gate(id.provider, concurrencyLimiters[id.provider], rateLimiters[id.provider])
        return CalledModel(id, options.timeouts ?: timeouts, options.retry ?: retry, listOf(ofModel, ofProvider))
    }

    private fun chatPath(model: CalledModel) = CallPath(
        model,
        lifecycle,
        retrying,
        ofCall = listOf(Delivery) + interceptors.map(::InterceptorLink),
        ofAttempt = attemptInterceptors.map(::InterceptorLink),
    )

    /**
     * Ends every call that runs, refuses new ones, and waits until every exchange is closed, one second at most.
     * Calling it again does nothing.
     */
    override fun close() {
        shutdown()
        providers.awaitClosed(CLOSE_LIMIT)
    }

    /**
     * Refuses new calls, lets those that run go on for [limit] at most, and then does what [close] does. A call of an
     * agent or a turn of a conversation that has sent its first request is one call, which goes on through all its
     * rounds and tools. Blocks the current thread, which must not be one that the calls need.
     *
     * @return whether all calls had ended by themselves; those that had not were cancelled
     * @throws IllegalArgumentException where [limit] is negative
     */
    public fun closeGracefully(limit: Duration): Boolean {
        require(!limit.isNegative) { "The limit must not be negative: $limit" }
        try {
            return lifecycle.drain(limit)
        } finally {
            // Also where this thread is interrupted while it waits.
            close()
        }
    }

    /**
     * [closeGracefully] that suspends. Where the caller is cancelled while it waits, the client is closed at once.
     *
     * @throws IllegalArgumentException where [limit] is negative
     */
    @JvmSynthetic
    public suspend fun closeGracefully(limit: KotlinDuration): Boolean {
        require(!limit.isNegative()) { "The limit must not be negative: $limit" }
        try {
            return lifecycle.drain(limit)
        } finally {
            shutdown()
            // Blocks, one second at most, for the transport's own threads.
            withContext(NonCancellable + Dispatchers.IO) { providers.awaitClosed(CLOSE_LIMIT) }
        }
    }

    /** Does what [close] does and does not wait: for threads that the closing itself may need. */
    public fun shutdown() {
        var isFirst = true
        try {
            isFirst = lifecycle.close()
        } finally {
            // Also where the cancelling of a call has thrown: the connections are closed whatever happens.
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
            // Before all else, which may need what is missing.
            ClassPathCheck.require()
        }

        /** What has been set. */
        @get:JvmSynthetic
        internal val draft = ClientDraft()

        /** Takes the settings of [config], in whichever order. What is set here as well beats them. */
        public fun config(config: MusterConfig): Builder = apply { draft.config = config }

        /** Sets the model, written `provider::model`, that [MusterClient.model] gives without a name. */
        public fun defaultModel(id: String): Builder = apply { draft.defaultModel = id }

        /**
         * Adds a model of the user's own, say a scripted one of a test, under its [ChatModel.id]. The client's checks,
         * limits and retries hold for it as for a provider's; where a provider has a model of that id it stands in
         * its place.
         */
        public fun model(model: ChatModel): Builder = apply { draft.models += model }

        /**
         * Configures the provider [id]; what is not set comes from the environment. Called again for the same id it
         * adds to what was set.
         */
        public fun provider(id: String, configure: Consumer<ProviderConfig.Builder>): Builder =
            apply { configure.accept(draft.configs.getOrPut(id.lowercase()) { ProviderConfig.builder() }) }

        /** Sets the limits of time of every call. */
        public fun timeouts(timeouts: Timeouts): Builder = apply { draft.timeouts = timeouts }

        /** Says when a failed attempt is repeated. [RetryPolicy.DEFAULT] by default: twice at most. */
        public fun retry(policy: RetryPolicy): Builder = apply { draft.retry = policy }

        /** Limits the retries of all calls together. */
        public fun retryBudget(budget: RetryBudget): Builder = apply { draft.retryBudget = budget }

        /**
         * Limits how many attempts run at the same time on [id], a model (`openai::gpt-4o`) or all of a provider
         * (`openai`). Where both are limited an attempt passes both. None by default.
         */
        public fun concurrencyLimiter(id: String, limiter: ConcurrencyLimiter): Builder =
            apply { draft.concurrencyLimiters[id.trim()] = limiter }

        /**
         * Limits how many attempts and tokens go to [id] in a time, a model (`openai::gpt-4o`) or all of a provider
         * (`openai`). Where both are limited an attempt passes both. None by default.
         */
        public fun rateLimiter(id: String, limiter: RateLimiter): Builder = apply {
            draft.rateLimiters[id.trim()] =
                limiter
        }

        /**
         * Sets the longest time to open a connection: TCP, a proxy's tunnel and TLS together. Default: 10 seconds.
         */
        public fun connectTimeout(limit: Duration): Builder = apply {
            require(!limit.isZero && !limit.isNegative) { "The connect timeout must be positive: $limit" }
            draft.connectTimeout = limit
        }

        /**
         * Sends everything through an HTTP proxy, except to loopback addresses and to the hosts of [noProxy]. Default:
         * what the JVM's `ProxySelector` says, which reads `https.proxyHost`, `http.proxyHost` and
         * `http.nonProxyHosts`; see [systemProxy].
         */
        public fun proxy(host: String, port: Int): Builder =
            apply { draft.proxy = InetSocketAddress.createUnresolved(host, port) }

        /**
         * Adds hosts to connect to directly, whatever the proxy: `host.example`, `.example` for all subdomains, or with
         * a `*` at either end.
         */
        public fun noProxy(vararg hosts: String): Builder = apply { draft.noProxy = draft.noProxy.orEmpty() + hosts }

        /** Sets whether the JVM's `ProxySelector` decides where no proxy is set here. Default: true. */
        public fun systemProxy(use: Boolean): Builder = apply { draft.systemProxy = use }

        /**
         * Sends [user] and [password] to the proxy, by the Basic scheme. To open the way to an https host the JDK lets
         * them pass only where the system property `jdk.http.auth.tunneling.disabledSchemes` is set, before the first
         * request, to something without `Basic`, such as nothing; else such a call ends with a
         * [NetworkException][dev.muster.error.NetworkException] that says so.
         *
         * @throws IllegalArgumentException where [user] has a colon, or either a control character
         */
        public fun proxyCredentials(user: String, password: String): Builder =
            apply { draft.proxyCredentials = ProxyCredentials(user, password) }

        /** Decides whom to trust in place of the JDK's default. */
        public fun sslContext(context: SSLContext): Builder = apply { draft.sslContext = context }

        /** Sets what https endpoints are spoken to in. [HttpVersion.HTTP_1_1] by default. */
        public fun httpVersion(version: HttpVersion): Builder = apply { draft.httpVersion = version }

        /**
         * Adds an interceptor around every call to a chat model. The first one added is the outermost; inside of them
         * all are the total timeout, retries and limiters.
         */
        @ExperimentalMusterApi
        public fun interceptor(interceptor: ChatInterceptor): Builder = apply { draft.interceptors += interceptor }

        /**
         * Adds an interceptor around every attempt of a call to a chat model. It runs when the limiters have let the
         * attempt through, outside of the attempt timeout. The first one added is the outermost.
         */
        @ExperimentalMusterApi
        public fun attemptInterceptor(interceptor: ChatInterceptor): Builder =
            apply { draft.attemptInterceptors += interceptor }

        /** Replaces the environment variables that keys and URLs are read from. */
        public fun environment(variables: Map<String, String>): Builder =
            apply { draft.environment = Function { variables[it] } }

        /**
         * Replaces the transport: an `HttpTransport` of `muster-http`, or `KtorTransport` of `muster-ktor`. The client
         * closes it. Default: a `JdkTransport` with the client's settings.
         */
        public fun transport(transport: Transport): Builder = apply { draft.transport = transport }

        /** Replaces the providers found on the class path. */
        public fun providers(providers: List<ModelProvider>): Builder = apply { draft.providers = providers.toList() }

        /**
         * Sets what failures call the client, for facades over it: their users have never seen this class. Default:
         * `MusterClient`.
         */
        public fun facade(name: String): Builder = apply { draft.facade = name }

        /**
         * The client.
         *
         * @throws IllegalArgumentException where an id that is configured or limited is unknown, or a proxy's
         * credentials are set and no proxy
         */
        public fun build(): MusterClient = MusterClient(draft)
    }

    /** Makes clients. */
    public companion object {
        private val CLOSE_LIMIT = Duration.ofSeconds(1)

        private fun watched(life: Lifecycle, providers: ProviderRegistry): LeakWatch =
            LeakWatch.watch(life, "A Muster client") { providers.close() }

        /**
         * A client with keys and URLs from the environment.
         *
         * @throws dev.muster.error.IncompatibleClassPathException if Kotlin, coroutines or serialization on the class
         * path is too old
         */
        @JvmStatic
        public fun create(): MusterClient = builder().build()

        /**
         * A client with the settings of [config].
         *
         * @throws IllegalArgumentException where an id in it is unknown
         */
        @JvmStatic
        public fun create(config: MusterConfig): MusterClient = builder().config(config).build()

        /**
         * An empty builder.
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
