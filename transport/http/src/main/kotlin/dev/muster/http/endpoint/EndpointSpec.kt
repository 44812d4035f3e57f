package dev.muster.http.endpoint

import dev.muster.http.endpoint.internal.EndpointSettings
import dev.muster.http.transport.HttpTransport
import dev.muster.provider.ProviderConfig
import dev.muster.provider.ProviderContext
import dev.muster.provider.ProviderVariables
import java.net.URI

/**
 * What distinguishes one provider's endpoint from others: its URL, its environment variables, the header for the key
 * and its error codes. A provider builds one as a constant; [open] then applies a client's configuration to it.
 */
public class EndpointSpec private constructor(builder: Builder) {
    /** The base URL if none is configured, or null for no default. */
    public val url: String? = builder.url

    /** Whether a call without an API key fails. */
    public val needsKey: Boolean = builder.needsKey

    @get:JvmSynthetic
    internal val keyVariables: List<String> = builder.keyVariables.toList()

    @get:JvmSynthetic
    internal val urlVariable: String? = builder.urlVariable

    @get:JvmSynthetic
    internal val toUrl: (String) -> String = builder.toUrl

    @get:JvmSynthetic
    internal val keyHeaderName: String = builder.keyHeader ?: "Authorization"

    @get:JvmSynthetic
    internal val headers: Map<String, String> = builder.headers.toMap()

    private val isBearer: Boolean = builder.keyHeader == null
    private val root: (URI) -> URI = builder.root
    private val requestIdHeader: String? = builder.requestIdHeader
    private val codes: ErrorCodes = builder.codes

    /** The environment variables that [open] reads: the result of [dev.muster.provider.ModelProvider.variables]. */
    public val variables: ProviderVariables = ProviderVariables(keyVariables, listOfNotNull(urlVariable))

    /**
     * Opens the endpoint [id] for one client. Sends nothing. A missing key fails the calls, not this method.
     *
     * @throws IllegalArgumentException if the base URL, the key or a header is not valid, or if there is no base URL
     */
    public fun open(id: String, config: ProviderConfig, context: ProviderContext): ApiEndpoint {
        val settings = EndpointSettings(id, config, context, this)
        return ApiEndpoint(
            provider = id,
            transport = HttpTransport.of(context),
            baseUrl = root(settings.baseUrl),
            headers = settings.headers,
            secret = settings.key,
            connectTimeout = context.network.connectTimeout,
            codes = codes,
            requestIdHeader = requestIdHeader,
            lacking = settings.takeIf { needsKey && !it.isAuthenticated },
        )
    }

    /**
     * Returns the same API at the custom endpoint [id]: it has no default URL, reads the variables `ID_API_KEY` and
     * `ID_BASE_URL`, and needs no key.
     */
    public fun custom(id: String): EndpointSpec = Builder(this).url(null).variables(id).keyOptional().build()

    @JvmSynthetic
    internal fun keyHeader(key: String): Pair<String, String> = keyHeaderName to if (isBearer) "Bearer $key" else key

    /** Builds an [EndpointSpec]. Not thread-safe. */
    public class Builder internal constructor(from: EndpointSpec?) {
        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var url: String? = from?.url

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var needsKey: Boolean = from?.needsKey ?: true

        @get:JvmSynthetic
        internal val keyVariables: MutableList<String> = from?.keyVariables.orEmpty().toMutableList()

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var urlVariable: String? = from?.urlVariable

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var toUrl: (String) -> String = from?.toUrl ?: { it }

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var keyHeader: String? = from?.run { keyHeaderName.takeUnless { isBearer } }

        @get:JvmSynthetic
        internal val headers: MutableMap<String, String> = LinkedHashMap(from?.headers.orEmpty())

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var root: (URI) -> URI = from?.root ?: { it }

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var requestIdHeader: String? = from?.requestIdHeader

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var codes: ErrorCodes = from?.codes ?: ErrorCodes()

        /** Sets [EndpointSpec.url]. Default: none, so that a base URL must be configured. */
        public fun url(url: String?): Builder = apply { this.url = url }

        /**
         * Reads the key and the base URL from the variables that are named after [id]: `ID_API_KEY` and `ID_BASE_URL`,
         * with `_` for every character other than letters and digits. Replaces all variables set before.
         */
        public fun variables(id: String): Builder = apply {
            val name = id.uppercase().map { if (it.isLetterOrDigit()) it else '_' }.joinToString("")
            keyVariables.clear()
            keyVariable("${name}_API_KEY").urlVariable("${name}_BASE_URL")
        }

        /** Adds a variable that may hold the key. The first one that is set counts. */
        public fun keyVariable(name: String): Builder = apply { keyVariables += name }

        /** Sets the variable that may hold the base URL. [toUrl] returns the URL for its value. Default: the value. */
        public fun urlVariable(name: String, toUrl: (value: String) -> String = { it }): Builder = apply {
            urlVariable = name
            this.toUrl = toUrl
        }

        /** Sends the key as the value of the header [name]. Default: `Authorization: Bearer` and the key. */
        public fun keyHeader(name: String): Builder = apply { keyHeader = name }

        /** Allows calls without a key. Default: they fail with a [dev.muster.error.MissingApiKeyException]. */
        public fun keyOptional(): Builder = apply { needsKey = false }

        /** Sends a header with every request, unless the configuration has a header of that name. */
        public fun header(name: String, value: String): Builder = apply { headers[name] = value }

        /** Removes [endings], which users copy from the API's documentation, from the end of the base URL. */
        public fun trimEndings(vararg endings: String): Builder = root { BaseUrl.root(it, endings.asList()) }

        /** Sets the function that returns the root of the API for a configured base URL. Default: the URL itself. */
        public fun root(root: (url: URI) -> URI): Builder = apply { this.root = root }

        /** Sets the header with the request id. Default: one of the usual ones, which are read in any case. */
        public fun requestIdHeader(name: String): Builder = apply { requestIdHeader = name }

        /** Sets the meaning of the provider's error codes. Default: the HTTP status alone decides. */
        public fun codes(codes: ErrorCodes): Builder = apply { this.codes = codes }

        /** Builds the specification. */
        public fun build(): EndpointSpec = EndpointSpec(this)
    }

    /** Creates builders. */
    public companion object {
        /** Returns a builder: no default URL, no variables, a bearer token as key, which is required. */
        @JvmStatic
        public fun builder(): Builder = Builder(null)
    }
}
