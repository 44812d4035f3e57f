package dev.muster

import dev.muster.chat.ModelId
import dev.muster.config.internal.ConfigReader
import dev.muster.network.HttpVersion
import dev.muster.network.NetworkSettings
import dev.muster.provider.ModelProvider
import dev.muster.provider.ProviderConfig
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.RateLimiter
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import java.time.Duration

/** The effective settings of a client: from its builder, else from its configuration, else the defaults. */
internal class ClientSettings(private val draft: ClientDraft) {
    private val config: ConfigReader? = draft.config?.reader
    private val configuredConcurrency = config?.concurrencyLimiters().orEmpty()
    private val configuredRates = config?.rateLimiters().orEmpty()

    val defaultModel: String? = draft.defaultModel ?: config?.defaultModel
    val timeouts: Timeouts = draft.timeouts ?: config?.timeouts ?: Timeouts.DEFAULT
    val retry: RetryPolicy = draft.retry ?: config?.retry ?: RetryPolicy.DEFAULT
    val concurrencyLimiters: Map<String, ConcurrencyLimiter> = configuredConcurrency + draft.concurrencyLimiters
    val rateLimiters: Map<String, RateLimiter> = configuredRates + draft.rateLimiters

    val environment: (String) -> String? =
        (draft.environment ?: draft.config?.environment)?.let { given -> { name: String -> given.apply(name) } }
            ?: { name -> System.getenv(name) }

    val network =
        NetworkSettings(
            draft.connectTimeout ?: config?.connectTimeout ?: Duration.ofSeconds(10),
            draft.proxy ?: config?.proxy,
            draft.sslContext,
            draft.httpVersion ?: config?.httpVersion ?: HttpVersion.HTTP_1_1,
            draft.proxyCredentials ?: config?.proxyCredentials,
            draft.noProxy ?: config?.noProxy.orEmpty(),
            draft.systemProxy ?: config?.systemProxy ?: true,
        ).also {
            require(it.proxyCredentials == null || it.proxy != null) {
                "Proxy credentials are set, but no proxy: set the proxy too"
            }
        }

    val providers: Map<String, ProviderConfig> =
        (draft.configs.keys + config?.providerIds.orEmpty()).associateWith { id ->
            val given = draft.configs[id]?.build()
            config?.provider(id, given) ?: given ?: ProviderConfig.builder().build()
        }

    /**
     * Checks that each id in the configuration names one of the [providers], a configured endpoint or one of [others].
     *
     * @throws IllegalArgumentException if one does not; the message names the key and its origin
     */
    fun checkConfig(providers: List<ModelProvider>, others: Set<String>) {
        val known = providers.flatMap { it.ids }.toSet()
        val ownEndpoints = this.providers.filterValues { it.compatibleWith != null }.keys
        config?.checkIds(known, known + ownEndpoints + others)
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
}
