package dev.muster.provider

/**
 * The configuration of one provider. A null value comes from the provider's environment variables, else from its
 * defaults. `toString` shows neither the key nor the headers.
 */
public class ProviderConfig private constructor(builder: Builder) {
    /** The API key. Sent only in a header. */
    @get:JvmName("apiKey")
    public val apiKey: String? = builder.apiKey

    /** The base URL of the API, such as `https://api.openai.com/v1`. */
    @get:JvmName("baseUrl")
    public val baseUrl: String? = builder.baseUrl

    /** The headers added to every request. */
    @get:JvmName("headers")
    public val headers: Map<String, String> = builder.headers.toMap()

    /** For a custom endpoint, the id of the provider whose API format it uses; null for a known provider. */
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

        /** Adds a header to [ProviderConfig.headers]. */
        public fun header(name: String, value: String): Builder = apply { headers[name] = value }

        /**
         * Defines the configured id as a custom endpoint that uses the API format of [provider], such as `openai`.
         */
        public fun compatibleWith(provider: String?): Builder = apply { compatibleWith = provider }

        /** Builds the configuration. */
        public fun build(): ProviderConfig = ProviderConfig(this)
    }

    /** Creates builders. */
    public companion object {
        /** Returns an empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
