package dev.muster.ktor.internal

import io.ktor.client.network.sockets.ConnectTimeoutException
import java.io.IOException
import java.net.http.HttpConnectTimeoutException
import java.security.GeneralSecurityException
import javax.net.ssl.SSLException
import javax.net.ssl.SSLHandshakeException

/**
 * The failure of an engine as the JDK's client would report it: [dev.muster.http.ApiEndpoint] knows those and no other.
 */
internal fun Exception.asIoException(): IOException = when {
    causes().any { it is ConnectTimeoutException } -> HttpConnectTimeoutException(message).also { it.initCause(this) }

    causes().any { it is GeneralSecurityException } && causes().none { it is SSLException } ->
        SSLHandshakeException(message).also { it.initCause(this) }

    this is IOException -> this

    else -> IOException(message ?: javaClass.simpleName, this)
}

private fun Throwable.causes() = generateSequence(this) { it.cause }.take(MAX_CAUSES)

private const val MAX_CAUSES = 8
