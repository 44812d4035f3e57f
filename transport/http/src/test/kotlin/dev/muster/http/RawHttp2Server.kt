package dev.muster.http

import java.io.DataInputStream
import java.io.IOException
import java.io.OutputStream
import java.net.InetAddress
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicInteger
import javax.net.ssl.SSLServerSocket
import javax.net.ssl.SSLSocket
import kotlin.concurrent.thread

/**
 * An HTTP/2 server over TLS, frame by frame: [onRequest] gets each new stream, on its connection's thread.
 *
 * @param maxStreams the concurrent streams in its SETTINGS
 */
internal class RawHttp2Server(private val maxStreams: Int, private val onRequest: (Http2Peer, stream: Int) -> Unit) :
    AutoCloseable {
    private val listening =
        Certificates
            .server()
            .serverSocketFactory
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress()) as SSLServerSocket
    private val sockets = CopyOnWriteArrayList<SSLSocket>()
    private val count = AtomicInteger()
    val url: String get() = "https://localhost:${listening.localPort}"

    /** How many connections have been accepted, and how many requests have arrived. */
    val connections: Int get() = sockets.size
    val requests: Int get() = count.get()

    init {
        listening.sslParameters = listening.sslParameters.apply { applicationProtocols = arrayOf("h2") }
        background {
            while (true) {
                val socket = listening.accept() as SSLSocket
                val number = sockets.size
                sockets += socket
                background { socket.use { serve(it, number) } }
            }
        }
    }

    private fun serve(socket: SSLSocket, number: Int) {
        val input = DataInputStream(socket.inputStream)
        input.readFully(ByteArray(PREFACE))
        val peer = Http2Peer(number, socket.outputStream)
        peer.send(SETTINGS, 0, 0, byteArrayOf(0, MAX_CONCURRENT_STREAMS) + bytes(maxStreams))
        while (true) {
            val length = (input.readUnsignedByte() shl 16) + input.readUnsignedShort()
            val type = input.readByte()
            val flags = input.readByte()
            val stream = input.readInt()
            input.readFully(ByteArray(length))
            if (type == SETTINGS && flags != ACK) peer.send(SETTINGS, ACK, 0, ByteArray(0))
            if (type == HEADERS) {
                count.incrementAndGet()
                onRequest(peer, stream)
            }
        }
    }

    private fun background(block: () -> Unit) = thread(isDaemon = true, name = "raw-http2") {
        try {
            block()
        } catch (_: IOException) {
            // One side has closed. The test checks that from its own side.
        }
    }

    override fun close() {
        listening.close()
        sockets.forEach { it.close() }
    }

    /** One connection, from the server's side. */
    class Http2Peer(val number: Int, private val output: OutputStream) {
        /** Sends 200 and [body] on [stream]. */
        fun answer(stream: Int, body: String) {
            send(HEADERS, END_HEADERS, stream, byteArrayOf(STATUS_200))
            send(DATA, END_STREAM, stream, body.toByteArray())
        }

        /** Sends GOAWAY: streams above [last] were not processed, and no more are accepted. */
        fun goAway(last: Int) = send(GOAWAY, 0, 0, bytes(last) + bytes(0))

        @Synchronized
        fun send(type: Byte, flags: Byte, stream: Int, payload: ByteArray) {
            val length = bytes(payload.size).drop(1).toByteArray()
            output.write(length + byteArrayOf(type, flags) + bytes(stream) + payload)
            output.flush()
        }
    }

    private companion object {
        const val PREFACE = 24
        const val DATA: Byte = 0
        const val HEADERS: Byte = 1
        const val SETTINGS: Byte = 4
        const val GOAWAY: Byte = 7
        const val ACK: Byte = 1
        const val END_STREAM: Byte = 1
        const val END_HEADERS: Byte = 4
        const val MAX_CONCURRENT_STREAMS: Byte = 3

        // The index of `:status: 200` in HPACK's table.
        const val STATUS_200: Byte = 0x88.toByte()

        fun bytes(number: Int): ByteArray = java.nio.ByteBuffer.allocate(Int.SIZE_BYTES).putInt(number).array()
    }
}
