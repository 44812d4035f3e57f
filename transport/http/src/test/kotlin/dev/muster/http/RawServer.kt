package dev.muster.http

import java.io.InputStream
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.concurrent.thread

/** A server whose sockets a test controls: [serve] gets each connection and its number from 0. */
public class RawServer(
    address: InetAddress = InetAddress.getLoopbackAddress(),
    private val serve: RawServer.(Socket, Int) -> Unit,
) : AutoCloseable {
    private val socket = ServerSocket(0, 50, address)
    private val sockets = ConcurrentLinkedQueue<Socket>()

    /** How many connections have been accepted. */
    public val connections: Int get() = sockets.size

    /** The address it listens on. */
    public val port: Int get() = socket.localPort

    /** Its base URL. */
    public val url: String get() = "http://127.0.0.1:$port"

    /** Head and body of every request read by [readRequest]. */
    public val requests = CopyOnWriteArrayList<String>()

    init {
        thread(isDaemon = true, name = "raw-server") {
            var count = 0
            while (!socket.isClosed) {
                val connection =
                    try {
                        socket.accept()
                    } catch (_: java.io.IOException) {
                        break
                    }
                sockets += connection
                val number = count++
                thread(isDaemon = true, name = "raw-server-$number") {
                    try {
                        connection.use { serve(it, number) }
                    } catch (_: java.io.IOException) {
                        // The client has closed. The test checks that from its own side.
                    }
                }
            }
        }
    }

    /** Reads one request with its body, or null at the end of the connection. */
    public fun readRequest(connection: Socket): String? {
        val input = connection.getInputStream()
        val head = readHead(input) ?: return null
        val length = Regex("(?i)content-length: *(\\d+)").find(head)?.groupValues?.get(1)?.toInt() ?: 0
        val request = head + String(input.readNBytes(length))
        requests += request
        return request
    }

    /** Sends [text]. */
    public fun write(connection: Socket, text: String): Unit = write(connection, text.toByteArray())

    /** Sends [bytes]. */
    public fun write(connection: Socket, bytes: ByteArray) {
        connection.getOutputStream().write(bytes)
        connection.getOutputStream().flush()
    }

    /** Closes the connection with RST. */
    public fun reset(connection: Socket) {
        connection.setSoLinger(true, 0)
        connection.close()
    }

    override fun close() {
        socket.close()
        sockets.forEach { it.close() }
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

    /** Responses. */
    public companion object {
        /** A whole response. */
        public const val OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

        /** The head of a chunked response. */
        public const val CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    }
}
