package dev.muster.http

import dev.muster.error.ErrorContext
import dev.muster.error.MissingApiKeyException
import dev.muster.spi.ProviderConfig
import dev.muster.spi.ProviderContext
import org.slf4j.LoggerFactory
import java.net.URI

/**
 * Where an endpoint is and what opens it: the configuration, else the environment, else the default. `toString` shows
 * no key.
 *
 * A key may be sent by plain http, because servers inside a network of one's own often speak no TLS. Where it would
 * leave the machine that way, one warning is logged for each client and endpoint.
 */
public class EndpointSettings(
    private val id: String,
    config: ProviderConfig,
    context: ProviderContext,
    /** The environment variable that holds the key, or null where none is known. */
    private val keyVariable: String?,
    /** The environment variable that holds the base URL. */
    urlVariable: String?,
    /** Used where no base URL is given. */
    defaultUrl: String?,
) {
    /** The base URL. */
    public val baseUrl: URI =
        try {
            BaseUrl.parse(
                requireNotNull(config.baseUrl ?: urlVariable?.let(context::environment) ?: defaultUrl) {
                    "No base URL is set, and there is no default: give baseUrl" +
                        urlVariable?.let { ", or set the environment variable $it" }.orEmpty()
                },
            )
        } catch (e: IllegalArgumentException) {
            throw IllegalArgumentException("Provider '$id': ${e.message}", e)
        }

    /** The key, or null where none was found. */
    public val key: String? = (config.apiKey ?: keyVariable?.let(context::environment))?.trim()?.ifEmpty { null }

    /** The headers added to every request. */
    public val headers: Map<String, String> = config.headers

    init {
        require(key == null || key.all { it in PRINTABLE }) {
            "Provider '$id': the API key has characters that a header cannot hold"
        }
        headers.forEach { (name, value) ->
            require(name.isNotEmpty() && name.all { it in NAME }) {
                "Provider '$id': '$name' is not a valid header name: use ASCII letters, digits and -"
            }
            require(name.lowercase() !in RESERVED) { "Provider '$id': the header '$name' is set by the transport" }
            require(value.all { it == '\t' || it in PRINTABLE }) {
                "Provider '$id': the header '$name' has characters that a header cannot hold"
            }
        }
    }

    /** Whether a request can be authenticated: by the key or by a header of the user's own. */
    public val isAuthenticated: Boolean =
        key != null || headers.keys.any { it.equals("Authorization", true) || it.equals("api-key", true) }

    /** What to throw where a key is needed and [isAuthenticated] is false. */
    public fun missingKey(model: String): MissingApiKeyException = MissingApiKeyException(
        "$id::$model: no API key: set the environment variable $keyVariable, or apiKey of the provider '$id'",
        ErrorContext.builder().provider(id).model(model).build(),
    )

    init {
        // After the headers, which may hold the key.
        if (isAuthenticated && BaseUrl.isOpenToReaders(baseUrl)) {
            LoggerFactory.getLogger(EndpointSettings::class.java).warn(
                "Provider '{}': the key is sent to {} by plain http, where others can read it: use https",
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
