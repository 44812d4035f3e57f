package dev.muster

import dev.muster.call.internal.CalledModel
import dev.muster.call.internal.Gate
import dev.muster.chat.ModelId
import dev.muster.config.ConfigTarget
import dev.muster.network.HttpVersion
import dev.muster.network.NetworkSettings
import dev.muster.provider.ModelProvider
import dev.muster.provider.ProviderConfig
import dev.muster.resilience.ModelOptions
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts

/** The effective settings of a client: from its builder, else from its configuration, else the defaults. */
internal class ClientSettings(private val draft: ClientDraft) {
    private val made = Made(draft).also { draft.config?.applyTo(it) }

    val defaultModel: String? = made.defaultModel
    private val timeouts: Timeouts = made.timeouts ?: Timeouts.DEFAULT
    private val retry: RetryPolicy = made.retry ?: RetryPolicy.DEFAULT

    val environment: (String) -> String? =
        made.environment?.let { given -> { name: String -> given.apply(name) } } ?: { name -> System.getenv(name) }

    val network: NetworkSettings = NetworkSettings.builder().also { network ->
        made.connectTimeout?.let(network::connectTimeout)
        made.proxy?.let(network::proxy)
        draft.sslContext?.let(network::sslContext)
        made.httpVersion?.let(network::httpVersion)
        made.proxyCredentials?.let(network::proxyCredentials)
        made.noProxy?.let(network::noProxy)
        made.systemProxy?.let(network::systemProxy)
    }.build()

    val providers: Map<String, ProviderConfig> = made.providers.toMap()

    init {
        require(network.proxyCredentials == null || network.proxy != null) {
            "Proxy credentials are set, but no proxy: set the proxy too"
        }
    }

    /** Returns the model [id] with its limits. Those in [options] replace the client's. */
    fun called(id: ModelId, options: ModelOptions): CalledModel {
        val ofModel =
            Gate(
                id.toString(),
                options.concurrencyLimiter ?: made.concurrencyLimiters[id.toString()],
                options.rateLimiter ?: made.rateLimiters[id.toString()],
            )
        val ofProvider = Gate(id.provider, made.concurrencyLimiters[id.provider], made.rateLimiters[id.provider])
        return CalledModel(id, options.timeouts ?: timeouts, options.retry ?: retry, listOf(ofModel, ofProvider))
    }

    /**
     * Checks that each id in the configuration names one of the [providers], a configured endpoint or one of [others].
     *
     * @throws IllegalArgumentException if one does not; the message names the key and its origin
     */
    fun checkConfig(providers: List<ModelProvider>, others: Set<String>) {
        val ownEndpoints = this.providers.filterValues { it.compatibleWith != null }.keys
        draft.config?.checkIds(providers.flatMap { it.ids }.toSet(), ownEndpoints + others)
    }

    /**
     * Checks that each id set on the builder names one of the [known] providers.
     *
     * @throws IllegalArgumentException if one does not; the message names the id
     */
    fun checkIds(known: Set<String>) {
        draft.defaultModel?.let { ModelId.parse(it, known) }
        (draft.concurrencyLimiters.keys + draft.rateLimiters.keys)
            .filter { it !in known }
            .forEach { ModelId.parse(it, known) }
    }

    /** The builder's settings, completed by the configuration. A copy, because the builder can be used again. */
    private class Made(draft: ClientDraft) : ConfigTarget {
        override var defaultModel = draft.defaultModel
        override var timeouts = draft.timeouts
        override var retry = draft.retry
        override var connectTimeout = draft.connectTimeout
        override var httpVersion = draft.httpVersion
        override var proxy = draft.proxy
        override var proxyCredentials = draft.proxyCredentials
        override var noProxy = draft.noProxy
        override var systemProxy = draft.systemProxy
        override var environment = draft.environment
        override val concurrencyLimiters = HashMap(draft.concurrencyLimiters)
        override val rateLimiters = HashMap(draft.rateLimiters)
        override val providers = draft.configs.mapValuesTo(LinkedHashMap()) { (_, config) -> config.build() }
    }
}
