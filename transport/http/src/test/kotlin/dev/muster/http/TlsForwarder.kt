package dev.muster.http

import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger
import javax.net.ssl.SSLContext
import kotlin.concurrent.thread

/** Terminates TLS for connections to the plain server at [target]. If either side closes, the other is closed too. */
public class TlsForwarder(context: SSLContext, private val target: Int) : AutoCloseable {
    private val listening: ServerSocket =
        context.serverSocketFactory.createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress())
    private val sockets = ConcurrentHashMap.newKeySet<Socket>()
    private val count = AtomicInteger()

    /** Its base URL. */
    public val url: String get() = "https://localhost:${listening.localPort}"

    /** [url] with a host name that only a proxy can resolve. */
    val farUrl: String get() = "https://${Certificates.FAR}:${listening.localPort}"

    /** How many connections have been accepted. */
    public val accepted: Int get() = count.get()

    init {
        background("accept") {
            while (true) {
                val secure = listening.accept()
                count.incrementAndGet()
                background("in") { forward(secure) }
            }
        }
    }

    private fun forward(secure: Socket) = secure.closing {
        Socket(InetAddress.getLoopbackAddress(), target).closing { plain ->
            background("out") { secure.closing { plain.closing { copy(plain, secure) } } }
            copy(secure, plain)
        }
    }

    // Not transferTo: bytes must be forwarded immediately.
    private fun copy(from: Socket, to: Socket) {
        val buffer = ByteArray(BUFFER)
        while (true) {
            val size = from.getInputStream().read(buffer)
            if (size < 0) return
            to.getOutputStream().write(buffer, 0, size)
            to.getOutputStream().flush()
        }
    }

    private fun Socket.closing(block: (Socket) -> Unit) {
        sockets += this
        use(block)
        sockets -= this
    }

    private fun background(role: String, block: () -> Unit) = thread(isDaemon = true, name = "tls-forwarder-$role") {
        try {
            block()
        } catch (_: IOException) {
            // One side has closed or refused the certificate. The test checks that from its own side.
        }
    }

    override fun close() {
        listening.close()
        sockets.forEach { it.close() }
    }

    private companion object {
        const val BACKLOG = 2_000
        const val BUFFER = 16 * 1024
    }
}
