package dev.muster.http.transport.internal

import java.io.EOFException
import java.io.IOException
import java.net.ConnectException
import java.net.SocketException
import java.net.http.HttpTimeoutException
import java.nio.channels.ClosedChannelException
import javax.net.ssl.SSLHandshakeException

/**
 * The server shows no sign of having received the request: either it was sent on a pooled connection that turned out
 * dead at once, or an HTTP/2 server reported that it did not process it. The transport does not send it again. The
 * client may, if its retries allow it, and then needs no back-off.
 */
internal class RepeatableException(cause: IOException) : IOException(cause.message, cause)

/** The JDK is about to send a request a second time. It does so for a GET whose connection has died. */
internal class SentBeforeException : IOException("The connection closed before the first byte of the response")

/** Whether [failure] looks like a connection that closed before the first byte of the response. */
internal fun isDeadConnection(failure: IOException): Boolean {
    val causes = causes(failure)
    val notReached = causes.any { it is ConnectException || it is HttpTimeoutException || it is SSLHandshakeException }
    // The JDK's message for a response that ended within its headers.
    val answerBegun = causes.any { it.message.orEmpty().startsWith("parsing HTTP/1.1") }
    return !notReached && !answerBegun && causes.any(::isEndOfConnection)
}

/** Whether an HTTP/2 server reported that it did not process the request. */
internal fun isUnprocessed(failure: IOException): Boolean =
    causes(failure).any { cause -> UNPROCESSED.any { cause.message.orEmpty().contains(it, ignoreCase = true) } }

private fun causes(failure: IOException) = generateSequence<Throwable>(failure) { it.cause }.take(MAX_CAUSES).toList()

private fun isEndOfConnection(failure: Throwable): Boolean = failure is EOFException ||
    failure is SocketException ||
    failure is ClosedChannelException ||
    ENDINGS.any { failure.message.orEmpty().contains(it, ignoreCase = true) }

private const val MAX_CAUSES = 8
private val ENDINGS = listOf("header parser received no bytes", "connection reset", "broken pipe")

// The JDK's messages, since 24 and before: it has no exception type for this.
private val UNPROCESSED = listOf("request not processed by peer", "Received RST_STREAM: Refused stream")
