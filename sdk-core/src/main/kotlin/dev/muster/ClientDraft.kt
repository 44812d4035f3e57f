package dev.muster

import dev.muster.annotation.ExperimentalMusterApi
import dev.muster.call.ChatInterceptor
import dev.muster.config.MusterConfig
import dev.muster.model.ChatModel
import dev.muster.network.HttpVersion
import dev.muster.network.ProxyCredentials
import dev.muster.provider.ModelProvider
import dev.muster.provider.ProviderConfig
import dev.muster.provider.Transport
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.RateLimiter
import dev.muster.resilience.RetryBudget
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import java.net.InetSocketAddress
import java.time.Duration
import java.util.function.Function
import javax.net.ssl.SSLContext

/** The settings made so far on a [MusterClient.Builder]; null if not set. */
@OptIn(ExperimentalMusterApi::class)
internal class ClientDraft {
    /** The name of the class that users know the client by. */
    var facade: String = "MusterClient"
    val configs = LinkedHashMap<String, ProviderConfig.Builder>()
    val models = ArrayList<ChatModel>()
    val interceptors = ArrayList<ChatInterceptor>()
    val attemptInterceptors = ArrayList<ChatInterceptor>()
    var config: MusterConfig? = null
    var defaultModel: String? = null
    var timeouts: Timeouts? = null
    var retry: RetryPolicy? = null
    val concurrencyLimiters = HashMap<String, ConcurrencyLimiter>()
    val rateLimiters = HashMap<String, RateLimiter>()
    var retryBudget: RetryBudget = RetryBudget()
    var environment: Function<String, String?>? = null
    var connectTimeout: Duration? = null
    var proxy: InetSocketAddress? = null
    var proxyCredentials: ProxyCredentials? = null
    var noProxy: Set<String>? = null
    var systemProxy: Boolean? = null
    var sslContext: SSLContext? = null
    var httpVersion: HttpVersion? = null
    var transport: Transport? = null
    var providers: List<ModelProvider>? = null
}
