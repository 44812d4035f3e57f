package dev.muster

import dev.muster.agent.ChatAgent
import dev.muster.chat.ChatModel
import dev.muster.chat.ModelId
import dev.muster.internal.ClientChatModel
import dev.muster.internal.Lifecycle
import dev.muster.internal.ProviderRegistry
import dev.muster.resilience.ModelOptions
import dev.muster.resilience.RetryBudget
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import dev.muster.resilience.internal.Retrying
import dev.muster.spi.ModelProvider
import dev.muster.spi.NetworkSettings
import dev.muster.spi.ProviderConfig
import dev.muster.spi.SharedResource
import java.net.InetSocketAddress
import java.time.Duration
import java.util.ServiceLoader
import java.util.function.Consumer
import java.util.function.Function
import javax.net.ssl.SSLContext

/**
 * The way in: holds the providers, their connections and the calls that run on them. Make one for a program and share
 * it; all of it is thread-safe.
 *
 * [close] ends every call that runs, with [dev.muster.error.ClientClosedException], and closes its exchange.
 */
public class MusterClient private constructor(builder: Builder) : AutoCloseable {
    private val timeouts = builder.timeouts
    private val retry = builder.retry
    private val retrying = Retrying(builder.retryBudget)
    private val lifecycle = Lifecycle()
    private val providers =
        ProviderRegistry(
            providers = builder.providers ?: ServiceLoader.load(ModelProvider::class.java).toList(),
            configs = builder.configs.mapValues { it.value.build() },
            network = NetworkSettings(builder.connectTimeout, builder.proxy, builder.sslContext),
            environment = { builder.environment.apply(it) },
            given = listOfNotNull(builder.transport),
        )

    /** The ids of all providers this client knows, the presets of compatible endpoints among them. */
    public val providerIds: Set<String> get() = providers.ids

    /** Whether [close] has been called. */
    public val isClosed: Boolean get() = lifecycle.isClosed

    /**
     * The model [id], written `provider::model` (see [ModelId]). Sends nothing.
     *
     * @throws IllegalArgumentException where [id] cannot be read or names an unknown provider
     */
    public fun model(id: String): ChatModel = model(id, ModelOptions.builder().build())

    /**
     * The model [id] with limits of time or retries of its own. Sends nothing.
     *
     * @throws IllegalArgumentException where [id] cannot be read or names an unknown provider
     */
    public fun model(id: String, options: ModelOptions): ChatModel {
        val parsed = ModelId.parse(id, providerIds)
        return ClientChatModel(
            parsed,
            providers.model(parsed),
            lifecycle,
            options.timeouts ?: timeouts,
            options.retry ?: retry,
            retrying,
        )
    }

    /** An agent on the model [model]: `client.agent("ollama::gemma3") { systemPrompt("Be brief.") }`. */
    @JvmSynthetic
    public fun agent(model: String, build: ChatAgent.Builder.() -> Unit = {}): ChatAgent =
        ChatAgent.builder(model(model)).apply(build).build()

    /**
     * Ends every call that runs, refuses new ones, and waits until every exchange is closed, one second at most.
     * Calling it again does nothing.
     */
    override fun close() {
        shutdown()
        providers.awaitClosed(CLOSE_LIMIT)
    }

    /** Does what [close] does and does not wait: for threads that the closing itself may need. */
    public fun shutdown() {
        if (lifecycle.close()) providers.close()
    }

    override fun toString(): String = "MusterClient(${providerIds.size} providers, closed=$isClosed)"

    /** Builds a [MusterClient]. Not thread-safe. */
    public class Builder {
        internal val configs = LinkedHashMap<String, ProviderConfig.Builder>()
        internal var timeouts: Timeouts = Timeouts.DEFAULT
        internal var retry: RetryPolicy = RetryPolicy.DEFAULT
        internal var retryBudget: RetryBudget = RetryBudget()
        internal var environment: Function<String, String?> = Function { System.getenv(it) }
        internal var connectTimeout: Duration = Duration.ofSeconds(10)
        internal var proxy: InetSocketAddress? = null
        internal var sslContext: SSLContext? = null
        internal var transport: SharedResource? = null
        internal var providers: List<ModelProvider>? = null

        /**
         * Configures the provider [id]; what is not set comes from the environment. Called again for the same id it
         * adds to what was set.
         */
        public fun provider(id: String, configure: Consumer<ProviderConfig.Builder>): Builder =
            apply { configure.accept(configs.getOrPut(id.lowercase()) { ProviderConfig.builder() }) }

        /** Sets the limits of time of every call. */
        public fun timeouts(timeouts: Timeouts): Builder = apply { this.timeouts = timeouts }

        /** Says when a failed attempt is repeated. [RetryPolicy.DEFAULT] by default: twice at most. */
        public fun retry(policy: RetryPolicy): Builder = apply { retry = policy }

        /** Limits the retries of all calls together. */
        public fun retryBudget(budget: RetryBudget): Builder = apply { retryBudget = budget }

        /** Sets the longest time to open a connection. 10 seconds by default. */
        public fun connectTimeout(limit: Duration): Builder = apply {
            require(!limit.isZero && !limit.isNegative) { "The connect timeout must be positive: $limit" }
            connectTimeout = limit
        }

        /** Sends everything through an HTTP proxy. */
        public fun proxy(host: String, port: Int): Builder =
            apply { proxy = InetSocketAddress.createUnresolved(host, port) }

        /** Decides whom to trust in place of the JDK's default. */
        public fun sslContext(context: SSLContext): Builder = apply { sslContext = context }

        /** Replaces the environment variables that keys and URLs are read from. */
        public fun environment(variables: Map<String, String>): Builder =
            apply { environment = Function { variables[it] } }

        /** Replaces the transport; the client closes it. */
        public fun transport(transport: SharedResource): Builder = apply { this.transport = transport }

        /** Replaces the providers found on the class path. */
        public fun providers(providers: List<ModelProvider>): Builder = apply { this.providers = providers.toList() }

        /**
         * The client.
         *
         * @throws IllegalArgumentException where an id that is configured is unknown
         */
        public fun build(): MusterClient = MusterClient(this)
    }

    /** Makes clients. */
    public companion object {
        private val CLOSE_LIMIT = Duration.ofSeconds(1)

        /** A client with keys and URLs from the environment. */
        @JvmStatic
        public fun create(): MusterClient = builder().build()

        /** An empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}

/** Builds a client: `MusterClient { provider("openai") { it.apiKey(key) } }`. */
@JvmSynthetic
public fun MusterClient(build: MusterClient.Builder.() -> Unit): MusterClient =
    MusterClient.builder().apply(build).build()
