package dev.muster.fake.internal.net

import java.io.IOException
import java.net.StandardSocketOptions
import java.nio.ByteBuffer
import java.nio.channels.SelectionKey
import java.nio.channels.SocketChannel

/** The callbacks of a connection. All run on the loop. */
internal interface ConnectionOwner {
    /** A complete request has arrived. The next one is delivered only after [Connection.ready]. */
    fun requested(connection: Connection, request: HttpRequest)

    /** The bytes are not a valid request. The owner responds and closes the connection. */
    fun refused(connection: Connection, reason: BadRequest)

    /** The socket is closed: either the peer's FIN or RST was seen at [nanos] ([byPeer]), or this side closed it. */
    fun closed(connection: Connection, byPeer: Boolean, nanos: Long)
}

/**
 * One accepted socket. A read is always pending, even while a reply is held or written. So the peer's FIN or RST is
 * seen when the socket reports it, not when a later write fails.
 */
internal class Connection(
    private val loop: EventLoop,
    private val channel: SocketChannel,
    private val input: ByteBuffer,
    maxBody: Int,
    private val owner: ConnectionOwner,
) : Ready {
    private val parser = RequestParser(maxBody)
    private val bufferLimit = maxBody.toLong() + HEADROOM
    private val out = ArrayDeque<Outgoing>()
    private val gathered = arrayOfNulls<ByteBuffer>(GATHER)
    private var whenDrained: Runnable? = null
    private var busy = false
    private var open = true
    private val key: SelectionKey

    /** Bytes accepted by [send] that the socket has not taken yet. */
    var pendingBytes = 0L
        private set

    init {
        channel.configureBlocking(false)
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true)
        key = loop.register(channel, SelectionKey.OP_READ, this)
    }

    val isOpen: Boolean get() = open

    override fun ready(key: SelectionKey) {
        if (key.isWritable) flush()
        if (open && key.isReadable) read()
    }

    /** Adds bytes to the output. [written] runs when the socket has taken the last of them. */
    fun send(bytes: ByteBuffer, written: Runnable? = null) {
        pendingBytes += bytes.remaining()
        out.addLast(Outgoing(bytes, written))
    }

    /** Writes what the socket accepts now. The rest is written when the socket is writable. */
    fun flush() {
        try {
            while (open && out.isNotEmpty()) {
                if (writeOnce() == 0L) break
            }
        } catch (_: IOException) {
            // The peer closed between the last read and this write: treat it like its FIN.
            return close(byPeer = true)
        }
        if (!open) return
        val operations = if (out.isEmpty()) SelectionKey.OP_READ else SelectionKey.OP_READ or SelectionKey.OP_WRITE
        if (key.interestOps() != operations) key.interestOps(operations)
        if (out.isEmpty()) {
            val drained = whenDrained ?: return
            whenDrained = null
            drained.run()
        }
    }

    /** Flushes and runs [task] when the socket has taken every byte: immediately or later, but never after a close. */
    fun afterFlush(task: Runnable) {
        whenDrained = task
        flush()
    }

    /** The reply is complete: the next request on this connection may be delivered. */
    fun ready() {
        busy = false
        // Not inside the write that ended the reply: the stack must not grow with pipelined requests.
        if (parser.buffered > 0) loop.execute { if (open) handOut() }
    }

    /** Closes with FIN. */
    fun close(): Unit = close(byPeer = false)

    /** Closes with RST: unsent bytes are dropped and the peer gets "connection reset". */
    fun reset() {
        if (!open) return
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0)
        } catch (_: IOException) {
            // The peer has already reset it.
            return close(byPeer = true)
        }
        close(byPeer = false)
    }

    private fun writeOnce(): Long {
        var count = 0
        for (part in out) {
            if (count == GATHER) break
            gathered[count++] = part.bytes
        }
        val written = channel.write(gathered, 0, count)
        pendingBytes -= written
        while (open && out.isNotEmpty() && !out.first().bytes.hasRemaining()) {
            out.removeFirst().written?.run()
        }
        return written
    }

    private fun read() {
        try {
            while (open) {
                input.clear()
                val count = channel.read(input)
                if (count == 0) break
                if (count < 0) return close(byPeer = true)
                parser.feed(input.flip())
                if (parser.buffered > bufferLimit) return close()
                if (!busy) handOut()
            }
        } catch (_: IOException) {
            close(byPeer = true)
        }
    }

    private fun handOut() {
        try {
            val request = parser.next()
            if (request != null) {
                busy = true
                owner.requested(this, request)
            } else if (parser.continueWanted) {
                parser.continueSent()
                send(ByteBuffer.wrap(CONTINUE))
                flush()
            }
        } catch (e: BadRequest) {
            busy = true
            owner.refused(this, e)
        }
    }

    private fun close(byPeer: Boolean) {
        if (!open) return
        val now = System.nanoTime()
        open = false
        whenDrained = null
        out.clear()
        pendingBytes = 0
        key.cancel()
        try {
            channel.close()
        } catch (_: IOException) {
            // A socket whose close fails is closed anyway: the kernel has released it.
        }
        owner.closed(this, byPeer, now)
    }

    private class Outgoing(val bytes: ByteBuffer, val written: Runnable?)

    private companion object {
        private const val GATHER = 64
        private const val HEADROOM = 128 * 1024
        private val CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".toByteArray(Charsets.ISO_8859_1)
    }
}
