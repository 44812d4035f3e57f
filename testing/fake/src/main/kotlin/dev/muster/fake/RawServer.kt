package dev.muster.fake

import java.io.IOException
import java.io.InputStream
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.concurrent.thread

/**
 * A server whose sockets a test controls byte by byte, for responses that no well-behaved server sends: a body without
 * its end, a wrong length, a connection that is reset. [FakeServer] speaks the providers' APIs; this one knows nothing
 * of HTTP except how to read a request.
 *
 * ```kotlin
 * RawServer { connection, number ->
 *     readRequest(connection)
 *     write(connection, RawServer.CHUNKED + "5\r\nhello\r\n")
 * }.use { server -> … }
 * ```
 *
 * It accepts connections until it is closed. Each one runs `serve` on a daemon thread of its own, with the socket and
 * its number, counted from 0. When it returns, the connection is closed. An [IOException] that it throws is
 * ignored, because the client may close at any time.
 */
public class RawServer(
    /** The address to listen on, at a free port. Default: the loopback address. */
    address: InetAddress = InetAddress.getLoopbackAddress(),
    /** Serves one connection. */
    private val serve: RawServer.(Socket, Int) -> Unit,
) : AutoCloseable {
    private val socket = ServerSocket(0, BACKLOG, address)
    private val sockets = ConcurrentLinkedQueue<Socket>()

    private val read = CopyOnWriteArrayList<String>()

    /** How many connections have been accepted. */
    @get:JvmName("connections")
    public val connections: Int get() = sockets.size

    /** The port it listens on. */
    @get:JvmName("port")
    public val port: Int get() = socket.localPort

    /** `http://127.0.0.1:PORT`. */
    @get:JvmName("url")
    public val url: String get() = "http://127.0.0.1:$port"

    /** Head and body of every request read by [readRequest]. */
    @get:JvmName("requests")
    public val requests: List<String> get() = read.toList()

    private val acceptor = thread(isDaemon = true, name = "raw-server", block = ::acceptAll)

    private fun acceptAll() {
        var count = 0
        while (!socket.isClosed) {
            val connection =
                try {
                    socket.accept()
                } catch (_: IOException) {
                    break
                }
            sockets += connection
            val number = count++
            thread(isDaemon = true, name = "raw-server-$number") {
                try {
                    connection.use { serve(it, number) }
                } catch (_: IOException) {
                    // The client has closed. The test checks that from its own side.
                }
            }
        }
    }

    /**
     * Reads one request with its body, adds it to [requests] and returns it. Returns null at the end of the
     * connection. The body is as long as `Content-Length` says.
     */
    public fun readRequest(connection: Socket): String? {
        val input = connection.getInputStream()
        val head = readHead(input) ?: return null
        val length = Regex("(?i)content-length: *(\\d+)").find(head)?.groupValues?.get(1)?.toInt() ?: 0
        val request = head + String(input.readNBytes(length))
        read += request
        return request
    }

    /** Sends [text] at once. */
    public fun write(connection: Socket, text: String): Unit = write(connection, text.toByteArray())

    /** Sends [bytes] at once. */
    public fun write(connection: Socket, bytes: ByteArray) {
        connection.getOutputStream().write(bytes)
        connection.getOutputStream().flush()
    }

    /** Closes [connection] with a reset (RST). */
    public fun reset(connection: Socket) {
        connection.setSoLinger(true, 0)
        connection.close()
    }

    /** Stops listening and closes every connection. */
    override fun close() {
        socket.close()
        try {
            // Until it ends, the system accepts connections, and the last one may not be in the list yet.
            acceptor.join()
        } finally {
            sockets.forEach { it.close() }
        }
    }

    private fun readHead(input: InputStream): String? {
        val head = StringBuilder()
        while (!head.endsWith("\r\n\r\n")) {
            val byte = input.read()
            if (byte < 0) return null
            head.append(byte.toChar())
        }
        return head.toString()
    }

    /** Responses for [write]. */
    public companion object {
        private const val BACKLOG = 50

        /** A whole response with the body `ok`. */
        public const val OK: String = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

        /** The head of a chunked response. Its chunks follow. */
        public const val CHUNKED: String = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    }
}
