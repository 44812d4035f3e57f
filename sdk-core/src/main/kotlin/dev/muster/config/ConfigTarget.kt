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
 * The settings of a client, to which [MusterConfig.applyTo] applies the configuration. Null means not set.
 * [MusterConfig.applyTo] sets only those that are null or missing, so that earlier settings win.
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
