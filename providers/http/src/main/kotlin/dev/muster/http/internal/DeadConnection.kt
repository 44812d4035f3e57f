package dev.muster.http.internal

import java.io.EOFException
import java.io.IOException
import java.net.ConnectException
import java.net.SocketException
import java.net.http.HttpTimeoutException
import java.nio.channels.ClosedChannelException
import javax.net.ssl.SSLHandshakeException

/**
 * Whether [failure] looks like a connection that was closed before a byte of the answer came. The JDK tells a pooled
 * connection from a new one internally, but does not say so.
 */
internal fun isDeadConnection(failure: IOException): Boolean {
    val causes = generateSequence<Throwable>(failure) { it.cause }.take(MAX_CAUSES).toList()
    val notReached = causes.any { it is ConnectException || it is HttpTimeoutException || it is SSLHandshakeException }
    // The JDK's words for an answer that broke off within its headers.
    val answerBegun = causes.any { it.message.orEmpty().startsWith("parsing HTTP/1.1") }
    return !notReached && !answerBegun && causes.any(::isEndOfConnection)
}

private fun isEndOfConnection(failure: Throwable): Boolean = failure is EOFException ||
    failure is SocketException ||
    failure is ClosedChannelException ||
    ENDINGS.any { failure.message.orEmpty().contains(it, ignoreCase = true) }

private const val MAX_CAUSES = 8
private val ENDINGS = listOf("header parser received no bytes", "connection reset", "broken pipe")
