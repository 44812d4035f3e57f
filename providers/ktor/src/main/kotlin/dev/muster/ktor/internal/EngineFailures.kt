package dev.muster.ktor.internal

import io.ktor.client.network.sockets.ConnectTimeoutException
import java.io.IOException
import java.net.ProtocolException
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

/**
 * The failure of a body that ended too soon. OkHttp reports that by the class that stands for an answer that is not
 * valid HTTP, which no retry would mend.
 */
internal fun Throwable.asBrokenOff(): IOException {
    val isCut = causes().any { it is ProtocolException && it.message == OKHTTP_CUT }
    if (isCut) return IOException("The answer broke off: $OKHTTP_CUT").also { it.addSuppressed(this) }
    return this as? IOException ?: IOException("The answer broke off", this)
}

private fun Throwable.causes() = generateSequence(this) { it.cause }.take(MAX_CAUSES)

private const val MAX_CAUSES = 8
private const val OKHTTP_CUT = "unexpected end of stream"
