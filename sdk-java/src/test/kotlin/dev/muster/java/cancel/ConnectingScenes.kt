package dev.muster.java.cancel

import org.junit.jupiter.api.Assumptions.assumeTrue
import java.io.File
import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.net.SocketTimeoutException
import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.Semaphore
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.readSymbolicLink

/**
 * A port that accepts connections and reads the client's TLS hello but never replies. It sees each connection close.
 */
internal class MuteTlsScene : Scene {
    private val listener = ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))
    private val hellos = Semaphore(0)
    private val closed = LinkedBlockingQueue<Long>()

    override val url: String get() = "https://127.0.0.1:${listener.localPort}/v1"

    init {
        thread(isDaemon = true, name = "mute-tls") {
            while (!listener.isClosed) {
                try {
                    listener.accept().use(::listenTo)
                } catch (_: IOException) {
                    // This listener was closed.
                }
            }
        }
    }

    private fun listenTo(connection: Socket) {
        val buffer = ByteArray(BUFFER_BYTES)
        var greeted = false
        try {
            while (connection.getInputStream().read(buffer) >= 0) {
                if (!greeted) hellos.release()
                greeted = true
            }
        } catch (_: IOException) {
            // Closed by RST, which counts, too.
        }
        closed.put(System.nanoTime())
    }

    override fun begin() = Unit

    override fun entered(time: Duration): Boolean = hellos.tryAcquire(time.toNanos(), TimeUnit.NANOSECONDS)

    override fun awaitClosed(time: Duration): Long? =
        checkNotNull(closed.poll(time.toNanos(), TimeUnit.NANOSECONDS)) { "the connection was not closed" }

    override fun surplus(): Int = hellos.availablePermits()

    override fun close() = listener.close()

    private companion object {
        const val BUFFER_BYTES = 4 * 1024
    }
}

/**
 * A listener whose queue is full: the kernel drops the client's SYN, so only the client's kernel knows that the client
 * tries to connect, or has given up. The kernel's table of sockets shows which file of this process the connecting
 * socket is. When the file is gone, the socket is closed.
 */
internal class FullBacklogScene : Scene {
    private val listener = ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))
    private val fillers = List(FILLERS) { Socket() }
    private var file: Path? = null
    private var socket = ""

    override val url: String get() = "http://127.0.0.1:${listener.localPort}/v1"

    init {
        assumeTrue(TABLES.isNotEmpty(), "Only Linux tells which sockets are connecting")
        fillers.forEach { filler ->
            try {
                filler.connect(listener.localSocketAddress, FILL_MILLIS)
            } catch (_: SocketTimeoutException) {
                // Full: the next client waits as well.
            }
        }
    }

    override fun begin() {
        check(connecting() == null) { "a socket of the call before still connects" }
    }

    override fun entered(time: Duration): Boolean = polled(time) {
        socket = connecting() ?: return@polled false
        file = FILES.listDirectoryEntries().find { it.target() == socket }
        true
    }

    // Reading the table takes the kernel ten milliseconds; checking a single file takes almost no time.
    override fun awaitClosed(time: Duration): Long? {
        check(polled(time) { file?.target() != socket }) { "the socket still connects" }
        return System.nanoTime()
    }

    override fun close() {
        listener.close()
        fillers.forEach { it.close() }
    }

    /**
     * Returns the socket that has sent a SYN to the listener and waits, by its file name in /proc; null if there is
     * none.
     */
    private fun connecting(): String? {
        val remote = ":%04X".format(listener.localPort)
        return TABLES.firstNotNullOfOrNull { table ->
            table.useLines { lines ->
                lines.map { it.trim().split(SPACES) }.find { it[REMOTE].endsWith(remote) && it[STATE] == SYN_SENT }
            }
        }?.let { "socket:[${it[INODE]}]" }
    }

    private fun Path.target(): String? = try {
        readSymbolicLink().toString()
    } catch (_: IOException) {
        // Closed.
        null
    }

    private companion object {
        const val FILLERS = 4
        const val FILL_MILLIS = 200
        const val REMOTE = 2
        const val STATE = 3
        const val INODE = 9
        const val SYN_SENT = "02"
        val SPACES = Regex("\\s+")
        val TABLES = listOf(File("/proc/net/tcp"), File("/proc/net/tcp6")).filter { it.canRead() }
        val FILES = Path.of("/proc/self/fd")
    }
}
