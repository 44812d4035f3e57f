package dev.muster.http

import dev.muster.fake.RawServer
import java.io.IOException
import java.net.InetAddress
import java.net.Socket
import kotlin.concurrent.thread

/** A proxy that opens tunnels on this machine and records their traffic. */
internal fun tunnelling(seen: StringBuffer) = RawServer { connection, _ ->
    val port = readRequest(connection)!!.substringAfter(':').substringBefore(' ').toInt()
    Socket(InetAddress.getLoopbackAddress(), port).use { onward ->
        write(connection, "HTTP/1.1 200 Connection established\r\n\r\n")
        thread(isDaemon = true) {
            try {
                onward.getInputStream().transferTo(connection.getOutputStream())
            } catch (_: IOException) {
                // Either side may end the tunnel.
            } finally {
                connection.close()
            }
        }
        val buffer = ByteArray(4_096)
        while (true) {
            val size = connection.getInputStream().read(buffer)
            if (size < 0) break
            seen.append(String(buffer, 0, size, Charsets.ISO_8859_1))
            onward.getOutputStream().write(buffer, 0, size)
        }
    }
}
