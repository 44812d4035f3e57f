package dev.muster

import dev.muster.chat.ModelId
import dev.muster.config.internal.ConfigReader
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.RateLimiter
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import dev.muster.spi.HttpVersion
import dev.muster.spi.ModelProvider
import dev.muster.spi.NetworkSettings
import dev.muster.spi.ProviderConfig
import java.time.Duration

/** What a client goes by: what its builder was told, else its configuration, else the defaults. */
internal class ClientSettings(private val builder: MusterClient.Builder) {
    private val config: ConfigReader? = builder.config?.reader
    private val configuredConcurrency = config?.concurrencyLimiters().orEmpty()
    private val configuredRates = config?.rateLimiters().orEmpty()

    val defaultModel: String? = builder.defaultModel ?: config?.defaultModel
    val timeouts: Timeouts = builder.timeouts ?: config?.timeouts ?: Timeouts.DEFAULT
    val retry: RetryPolicy = builder.retry ?: config?.retry ?: RetryPolicy.DEFAULT
    val concurrencyLimiters: Map<String, ConcurrencyLimiter> = configuredConcurrency + builder.concurrencyLimiters
    val rateLimiters: Map<String, RateLimiter> = configuredRates + builder.rateLimiters

    val environment: (String) -> String? =
        (builder.environment ?: builder.config?.environment)?.let { given -> { name: String -> given.apply(name) } }
            ?: { name -> System.getenv(name) }

    val network =
        NetworkSettings(
            builder.connectTimeout ?: config?.connectTimeout ?: Duration.ofSeconds(10),
            builder.proxy ?: config?.proxy,
            builder.sslContext,
            builder.httpVersion ?: config?.httpVersion ?: HttpVersion.HTTP_1_1,
            builder.proxyCredentials ?: config?.proxyCredentials,
            builder.noProxy ?: config?.noProxy.orEmpty(),
            builder.systemProxy ?: config?.systemProxy ?: true,
        ).also {
            require(it.proxyCredentials == null || it.proxy != null) {
                "Credentials for a proxy are set, but no proxy: set it too"
            }
        }

    val providers: Map<String, ProviderConfig> =
        (builder.configs.keys + config?.providerIds.orEmpty()).associateWith { id ->
            val given = builder.configs[id]?.build()
            config?.provider(id, given) ?: given ?: ProviderConfig.builder().build()
        }

    /**
     * Refuses ids in the configuration that name none of the [providers], own endpoints or [others].
     *
     * @throws IllegalArgumentException naming the key and where it stands
     */
    fun checkConfig(providers: List<ModelProvider>, others: Set<String>) {
        val known = providers.flatMap { it.ids }.toSet()
        val ownEndpoints = this.providers.filterValues { it.compatibleWith != null }.keys
        config?.checkIds(known, known + ownEndpoints + others)
    }

    /**
     * Refuses ids given to the builder that name none of the providers [known].
     *
     * @throws IllegalArgumentException naming the id
     */
    fun checkIds(known: Set<String>) {
        builder.defaultModel?.let { ModelId.parse(it, known) }
        (builder.concurrencyLimiters.keys + builder.rateLimiters.keys)
            .filter { it !in known }
            .forEach { ModelId.parse(it, known) }
    }
}
