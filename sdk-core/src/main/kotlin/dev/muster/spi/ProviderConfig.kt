package dev.muster.spi

/**
 * How to reach one provider. What is null comes from the provider's environment variables, else from its defaults.
 * `toString` shows no key and no header.
 */
public class ProviderConfig private constructor(builder: Builder) {
    /** The key, sent in a header only. */
    @get:JvmName("apiKey")
    public val apiKey: String? = builder.apiKey

    /** The root of the API, such as `https://api.openai.com/v1`. */
    @get:JvmName("baseUrl")
    public val baseUrl: String? = builder.baseUrl

    /** Headers added to every request. */
    @get:JvmName("headers")
    public val headers: Map<String, String> = builder.headers.toMap()

    /** The id of the provider whose wire form an endpoint of one's own speaks; null for a known provider. */
    @get:JvmName("compatibleWith")
    public val compatibleWith: String? = builder.compatibleWith

    override fun toString(): String =
        "ProviderConfig(baseUrl=$baseUrl, apiKey=${if (apiKey == null) "none" else "***"}, ${headers.size} headers)"

    /** Builds a [ProviderConfig]. Not thread-safe. */
    public class Builder {
        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var apiKey: String? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var baseUrl: String? = null

        @get:JvmSynthetic
        internal val headers = LinkedHashMap<String, String>()

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var compatibleWith: String? = null

        /** Sets [ProviderConfig.apiKey]. */
        public fun apiKey(apiKey: String?): Builder = apply { this.apiKey = apiKey }

        /** Sets [ProviderConfig.baseUrl]. */
        public fun baseUrl(baseUrl: String?): Builder = apply { this.baseUrl = baseUrl }

        /** Adds to [ProviderConfig.headers]. */
        public fun header(name: String, value: String): Builder = apply { headers[name] = value }

        /**
         * Makes the id that is configured a new one: an endpoint that speaks the wire form of [provider], say `openai`.
         */
        public fun compatibleWith(provider: String?): Builder = apply { compatibleWith = provider }

        /** The configuration as set so far. */
        public fun build(): ProviderConfig = ProviderConfig(this)
    }

    /** Makes configurations. */
    public companion object {
        /** An empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
