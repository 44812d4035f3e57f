package dev.muster.ktor.internal

import io.ktor.client.network.sockets.ConnectTimeoutException
import java.io.IOException
import java.net.ProtocolException
import java.net.http.HttpConnectTimeoutException
import java.security.GeneralSecurityException
import javax.net.ssl.SSLException
import javax.net.ssl.SSLHandshakeException

/**
 * Maps an engine's failure to the exception that the JDK client would throw:
 * [dev.muster.http.endpoint.ApiEndpoint] handles only those.
 */
internal fun Exception.asIoException(): IOException = when {
    causes().any { it is ConnectTimeoutException } -> HttpConnectTimeoutException(message).also { it.initCause(this) }

    causes().any { it is GeneralSecurityException } && causes().none { it is SSLException } ->
        SSLHandshakeException(message).also { it.initCause(this) }

    this is IOException -> this

    else -> IOException(message ?: javaClass.simpleName, this)
}

/**
 * Maps the failure of a body that ended too early. OkHttp reports it with the exception class for a response that is
 * not valid HTTP, which a retry would not fix.
 */
internal fun Throwable.asBrokenOff(): IOException {
    val isCut = causes().any { it is ProtocolException && it.message == OKHTTP_CUT }
    if (isCut) return IOException("The response ended early: $OKHTTP_CUT").also { it.addSuppressed(this) }
    return this as? IOException ?: IOException("The response ended early", this)
}

private fun Throwable.causes() = generateSequence(this) { it.cause }.take(MAX_CAUSES)

private const val MAX_CAUSES = 8
private const val OKHTTP_CUT = "unexpected end of stream"
