package dev.muster.http.endpoint.internal

import dev.muster.error.ErrorContext
import dev.muster.error.MissingApiKeyException
import dev.muster.http.endpoint.BaseUrl
import dev.muster.http.endpoint.EndpointSpec
import dev.muster.provider.ProviderConfig
import dev.muster.provider.ProviderContext
import org.slf4j.LoggerFactory
import java.net.URI

/**
 * The base URL, API key and headers of the endpoint [id], which [spec] describes. Each value comes from the
 * configuration, else from the environment, else from the default. `toString` shows no key.
 *
 * A key may be sent over plain http, because servers in a private network often do not use TLS. If it would leave the
 * machine that way, one warning is logged for each client and endpoint.
 */
internal class EndpointSettings(
    private val id: String,
    config: ProviderConfig,
    context: ProviderContext,
    private val spec: EndpointSpec,
) {
    private val keyVariable: String? = spec.keyVariables.let { names ->
        names.firstOrNull { context.environment(it) != null } ?: names.firstOrNull()
    }

    /** The base URL. */
    val baseUrl: URI =
        try {
            val variable = spec.urlVariable
            BaseUrl.parse(
                requireNotNull(config.baseUrl ?: variable?.let(context::environment)?.let(spec.toUrl) ?: spec.url) {
                    "No base URL is set and there is no default: set baseUrl" +
                        variable?.let { " or the environment variable $it" }.orEmpty()
                },
            )
        } catch (e: IllegalArgumentException) {
            throw IllegalArgumentException("Provider '$id': ${e.message}", e)
        }

    /** The API key, or null if none was found. */
    val key: String? = (config.apiKey ?: keyVariable?.let(context::environment))?.trim()?.ifEmpty { null }

    /** The headers from the configuration. */
    private val custom: Map<String, String> = config.headers

    init {
        require(key == null || key.all { it in PRINTABLE }) {
            "Provider '$id': the API key contains characters that are not allowed in a header"
        }
        custom.forEach { (name, value) ->
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

    /** The headers of every request. A header from the configuration replaces that of the API. */
    val headers: Map<String, String> =
        (listOfNotNull(key?.let(spec::keyHeader)).toMap() + spec.headers).filterKeys { !isCustom(it) } + custom

    /** Whether requests are authenticated, by the key or by a header that can hold one. */
    val isAuthenticated: Boolean = key != null || (AUTHENTICATING + spec.keyHeaderName).any(::isCustom)

    /** Returns the exception to throw if a key is required and [isAuthenticated] is false. */
    fun missingKey(subject: String): MissingApiKeyException = MissingApiKeyException(
        "$id::$subject: no API key: set " +
            keyVariable?.let { "the environment variable $it, or " }.orEmpty() + "apiKey of the provider '$id'",
        ErrorContext.builder().provider(id).model(subject).build(),
    )

    init {
        // Runs after the headers are set: they may hold the key.
        if (isAuthenticated && BaseUrl.isOpenToReaders(baseUrl)) {
            LoggerFactory.getLogger(EndpointSpec::class.java).warn(
                "Provider '{}': the API key is sent to {} over plain http, where others can read it: use https",
                id,
                baseUrl.rawAuthority,
            )
        }
    }

    override fun toString(): String = "EndpointSettings($id, $baseUrl, key=${if (key == null) "none" else "***"})"

    private fun isCustom(header: String) = custom.keys.any { it.equals(header, ignoreCase = true) }

    private companion object {
        val AUTHENTICATING = listOf("Authorization", "api-key")
        val PRINTABLE = ' '..'~'
        val NAME = (('a'..'z') + ('A'..'Z') + ('0'..'9') + "!#$%&'*+-.^_`|~".toList()).toSet()
        val RESERVED = setOf("connection", "content-length", "expect", "host", "upgrade", "transfer-encoding")
    }
}
