package dev.muster.config.internal

import dev.muster.chat.ModelId
import dev.muster.chat.unknownProvider
import dev.muster.config.ConfigSetting
import dev.muster.config.ConfigSource
import dev.muster.config.ConfigTarget
import dev.muster.network.HttpVersion
import dev.muster.network.ProxyCredentials
import dev.muster.provider.ProviderConfig
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.RateLimiter
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import java.time.Duration

/** Validates the effective values and converts them to the types that a client needs. */
internal class ConfigReader(sources: ConfigSources) {
    private val found: Map<String, Found> =
        sources.keys.mapNotNull { key -> sources.find(key)?.let { key to it } }.toMap()

    init {
        found.forEach { (key, value) ->
            // A provider reads and validates its own variables itself.
            if (!isProvidersOwn(key, value)) Keys.kindOf(key)?.check(key, value.raw)
        }
    }

    val settings: List<ConfigSetting> =
        ((Keys.SINGLE.filterValues { it.second != null }.keys) + found.keys + keysToShow()).sorted().map(::setting)

    private val defaultModel: String? get() = text(Keys.DEFAULT_MODEL)

    /** Sets those settings of [target] that are not set yet. */
    fun applyTo(target: ConfigTarget) {
        target.defaultModel = target.defaultModel ?: defaultModel
        target.timeouts = target.timeouts ?: timeouts()
        target.retry = target.retry ?: retry()
        applyNetwork(target)
        concurrencyLimiters().forEach(target.concurrencyLimiters::putIfAbsent)
        rateLimiters().forEach(target.rateLimiters::putIfAbsent)
        (target.providers.keys + configuredProviders()).forEach { id ->
            target.providers[id] = provider(id, target.providers[id])
        }
    }

    private fun applyNetwork(target: ConfigTarget) {
        target.connectTimeout = target.connectTimeout ?: wait("timeouts.connect")
        target.httpVersion = target.httpVersion ?: text("http.version")?.let(Kind::version)
        target.proxy = target.proxy ?: text(Keys.PROXY)?.let(Kind::hostAndPort)
        target.systemProxy = target.systemProxy ?: text(Keys.PROXY)?.let { it == Kind.SYSTEM }
        target.noProxy = target.noProxy ?: noProxy()
        target.proxyCredentials = target.proxyCredentials ?: proxyCredentials()
    }

    private fun timeouts(): Timeouts = Timeouts
        .builder()
        .apply { limit("timeouts.total") { total(it) } }
        .apply { limit("timeouts.attempt") { attempt(it) } }
        .apply { limit("timeouts.first-token") { firstToken(it) } }
        .apply { limit("timeouts.between-tokens") { betweenTokens(it) } }
        .build()

    private fun retry(): RetryPolicy = RetryPolicy
        .builder()
        .apply { text("retries.max")?.let { maxRetries(it.toInt()) } }
        .apply { wait("retries.first-backoff")?.let { firstBackoff(it) } }
        .apply { wait("retries.max-backoff")?.let { maxBackoff(it) } }
        .apply { wait("retries.max-retry-after")?.let { maxRetryAfter(it) } }
        .build()

    private fun noProxy(): Set<String>? =
        text("http.no-proxy")?.split(',')?.map { it.trim() }?.filter { it.isNotEmpty() }?.toSet()

    private fun proxyCredentials(): ProxyCredentials? {
        val user = text("http.proxy-user")
        val password = text("http.proxy-password")
        require((user == null) == (password == null)) {
            "http.proxy-user and http.proxy-password must be set together"
        }
        return if (user == null || password == null) null else ProxyCredentials(user, password)
    }

    /** Returns the ids of the providers that are configured by an argument or the file. */
    private fun configuredProviders(): Set<String> =
        found.filter { (key, value) -> isOfProvider(key) && !isProvidersOwn(key, value) }
            .keys
            .map(Keys::idOfProvider)
            .toSet()

    /** Returns the configuration of the provider [id]. Values in [given] win. */
    private fun provider(id: String, given: ProviderConfig?): ProviderConfig {
        val config =
            ProviderConfig
                .builder()
                .apiKey(given?.apiKey ?: ofProvider(id, Keys.API_KEY))
                .baseUrl(given?.baseUrl ?: ofProvider(id, Keys.BASE_URL))
                .compatibleWith(given?.compatibleWith ?: ofProvider(id, Keys.COMPATIBLE_WITH))
        val headers = "${Keys.PROVIDERS}$id.${Keys.HEADERS}"
        found.filterKeys { it.startsWith(headers) }.forEach { (key, value) ->
            config.header(key.removePrefix(headers), value.raw.text.trim())
        }
        given?.headers?.forEach(config::header)
        return config.build()
    }

    private fun concurrencyLimiters(): Map<String, ConcurrencyLimiter> = limits("concurrency").mapValues { (_, limit) ->
        ConcurrencyLimiter.fixed(limit)
    }

    private fun rateLimiters(): Map<String, RateLimiter> {
        val requests = limits("requests-per-minute")
        val tokens = limits("tokens-per-minute")
        return (requests.keys + tokens.keys).associateWith { id ->
            val limiter = RateLimiter.builder()
            requests[id]?.let(limiter::requestsPerMinute)
            tokens[id]?.let { limiter.tokensPerMinute(it.toLong()) }
            limiter.build()
        }
    }

    /**
     * Checks that each id names one of the [known] providers, and each `compatible-with` one of [providers].
     *
     * @throws IllegalArgumentException if one does not; the message names the key and its origin
     */
    fun checkIds(providers: Set<String>, known: Set<String>) {
        found.filterNot { (key, value) -> isProvidersOwn(key, value) }.forEach { (key, value) ->
            val text = value.raw.text.trim()
            val fault =
                when {
                    key == Keys.DEFAULT_MODEL -> faultOfModel(text, known)

                    key.startsWith(Keys.LIMITS) -> faultOfLimit(Keys.idOfLimit(key), known)

                    !isOfProvider(key) -> null

                    key.endsWith(".${Keys.COMPATIBLE_WITH}") ->
                        "'$text' is not a provider: ${unknownProvider(text, providers)}".takeIf { text !in providers }

                    else -> faultOfProvider(Keys.idOfProvider(key), known)
                }
            require(fault == null) { "$key: $fault (${value.raw.origin})" }
        }
    }

    private fun faultOfModel(id: String, known: Set<String>): String? = try {
        ModelId.parse(id, known)
        null
    } catch (e: IllegalArgumentException) {
        e.message
    }

    private fun faultOfLimit(id: String, known: Set<String>) = if (id in known) null else faultOfModel(id, known)

    private fun faultOfProvider(id: String, known: Set<String>) = if (id in known) {
        null
    } else {
        "'$id' is not a provider: ${unknownProvider(id, known)}; for a custom endpoint set " +
            "${Keys.PROVIDERS}$id.${Keys.COMPATIBLE_WITH}"
    }

    private fun setting(key: String): ConfigSetting {
        val value = found[key]
        val kind = Keys.kindOf(key) ?: Kind.SECRET
        if (value == null) {
            val default = Keys.SINGLE[key]?.second ?: Kind.UNSET
            return ConfigSetting(key, default, ConfigSource.DEFAULT, "default")
        }
        return ConfigSetting(key, kind.shown(value.raw.text.trim()), value.source, value.raw.origin)
    }

    /** For configured providers and the one of the default model, the table also shows a missing key. */
    private fun keysToShow(): Set<String> {
        val ids = found.keys.filter(::isOfProvider).map(Keys::idOfProvider)
        val ofDefault = defaultModel?.substringBefore(':')?.substringBefore('/')?.trim()?.lowercase()
        return (ids + listOfNotNull(ofDefault)).map { "${Keys.PROVIDERS}$it.${Keys.API_KEY}" }.toSet()
    }

    private fun isOfProvider(key: String) = key.startsWith(Keys.PROVIDERS)

    private fun isProvidersOwn(key: String, value: Found) =
        isOfProvider(key) && value.source == ConfigSource.ENVIRONMENT

    private fun ofProvider(id: String, name: String): String? {
        val key = "${Keys.PROVIDERS}$id.$name"
        return found[key]?.takeUnless { isProvidersOwn(key, it) }?.raw?.text?.trim()
    }

    private fun limits(name: String): Map<String, Int> = found
        .filterKeys { it.startsWith(Keys.LIMITS) && it.endsWith(".$name") }
        .entries
        .associate { (key, value) -> Keys.idOfLimit(key) to value.raw.text.trim().toInt() }

    private fun text(key: String): String? = found[key]?.raw?.text?.trim()

    private fun wait(key: String): Duration? = text(key)?.let(Kind::duration)

    private fun limit(key: String, set: (Duration?) -> Unit) {
        val text = text(key) ?: return
        set(Kind.duration(text))
    }
}
