package dev.muster.config

import dev.muster.network.HttpVersion
import dev.muster.network.ProxyCredentials
import dev.muster.provider.ProviderConfig
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.RateLimiter
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import java.net.InetSocketAddress
import java.time.Duration
import java.util.function.Function

/**
 * What a [MusterConfig] applies itself to: the settings of a client. Null stands for one not made.
 * [MusterConfig.applyTo] makes those that are null or missing, so that a setting made before wins.
 */
internal interface ConfigTarget {
    var defaultModel: String?
    var timeouts: Timeouts?
    var retry: RetryPolicy?
    var connectTimeout: Duration?
    var httpVersion: HttpVersion?
    var proxy: InetSocketAddress?
    var proxyCredentials: ProxyCredentials?
    var noProxy: Set<String>?
    var systemProxy: Boolean?
    var environment: Function<String, String?>?

    /** By the id of a model or a provider. */
    val concurrencyLimiters: MutableMap<String, ConcurrencyLimiter>

    /** By the id of a model or a provider. */
    val rateLimiters: MutableMap<String, RateLimiter>

    /** By the provider's id. */
    val providers: MutableMap<String, ProviderConfig>
}
