package dev.muster.http

import dev.muster.error.ErrorContext
import dev.muster.error.MissingApiKeyException
import dev.muster.provider.ProviderConfig
import dev.muster.provider.ProviderContext
import org.slf4j.LoggerFactory
import java.net.URI

/**
 * The base URL, API key and headers of an endpoint. Each value comes from the configuration, else from the
 * environment, else from the default. `toString` shows no key.
 *
 * A key may be sent over plain http, because servers in a private network often do not use TLS. If it would leave the
 * machine that way, one warning is logged for each client and endpoint.
 */
public class EndpointSettings(
    private val id: String,
    config: ProviderConfig,
    context: ProviderContext,
    /** The environment variable that holds the key, or null if unknown. */
    private val keyVariable: String?,
    /** The environment variable that holds the base URL. */
    urlVariable: String?,
    /** The base URL if none is configured, or null for no default. */
    defaultUrl: String?,
) {
    /** The base URL. */
    public val baseUrl: URI =
        try {
            BaseUrl.parse(
                requireNotNull(config.baseUrl ?: urlVariable?.let(context::environment) ?: defaultUrl) {
                    "No base URL is set and there is no default: set baseUrl" +
                        urlVariable?.let { " or the environment variable $it" }.orEmpty()
                },
            )
        } catch (e: IllegalArgumentException) {
            throw IllegalArgumentException("Provider '$id': ${e.message}", e)
        }

    /** The API key, or null if none was found. */
    public val key: String? = (config.apiKey ?: keyVariable?.let(context::environment))?.trim()?.ifEmpty { null }

    /** The headers added to every request. */
    public val headers: Map<String, String> = config.headers

    init {
        require(key == null || key.all { it in PRINTABLE }) {
            "Provider '$id': the API key contains characters that are not allowed in a header"
        }
        headers.forEach { (name, value) ->
            require(name.isNotEmpty() && name.all { it in NAME }) {
                "Provider '$id': '$name' is not a valid header name: use ASCII letters, digits and -"
            }
            require(name.lowercase() !in RESERVED) {
                "Provider '$id': the header '$name' is set by the transport: remove it"
            }
            require(value.all { it == '\t' || it in PRINTABLE }) {
                "Provider '$id': the header '$name' contains characters that are not allowed in a header"
            }
        }
    }

    /** Whether requests are authenticated, by the key or by a custom `Authorization` or `api-key` header. */
    public val isAuthenticated: Boolean =
        key != null || headers.keys.any { it.equals("Authorization", true) || it.equals("api-key", true) }

    /** Returns the exception to throw if a key is required and [isAuthenticated] is false. */
    public fun missingKey(model: String): MissingApiKeyException = MissingApiKeyException(
        "$id::$model: no API key: set the environment variable $keyVariable, or apiKey of the provider '$id'",
        ErrorContext.builder().provider(id).model(model).build(),
    )

    init {
        // Runs after the headers are set: they may hold the key.
        if (isAuthenticated && BaseUrl.isOpenToReaders(baseUrl)) {
            LoggerFactory.getLogger(EndpointSettings::class.java).warn(
                "Provider '{}': the API key is sent to {} over plain http, where others can read it: use https",
                id,
                baseUrl.rawAuthority,
            )
        }
    }

    override fun toString(): String = "EndpointSettings($id, $baseUrl, key=${if (key == null) "none" else "***"})"

    private companion object {
        val PRINTABLE = ' '..'~'
        val NAME = (('a'..'z') + ('A'..'Z') + ('0'..'9') + "!#$%&'*+-.^_`|~".toList()).toSet()
        val RESERVED = setOf("connection", "content-length", "expect", "host", "upgrade", "transfer-encoding")
    }
}
