package dev.muster.fake

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.net.Socket

/** How a connection ended, as seen by its client. */
internal enum class Ended { FIN, RST }

/** A plain socket: it sees every byte that the server sends, and how the connection ends. */
internal class RawClient(server: FakeServer) : AutoCloseable {
    private val socket = Socket("127.0.0.1", server.port).apply { soTimeout = 5_000 }
    private val received = ByteArrayOutputStream()

    val text: String get() = received.toString(Charsets.UTF_8)

    fun send(text: String): RawClient = apply {
        socket.getOutputStream().write(text.toByteArray())
        socket.getOutputStream().flush()
    }

    fun post(path: String, body: String): RawClient = send(
        "POST $path HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer key\r\n" +
            "Content-Length: ${body.toByteArray().size}\r\n\r\n$body",
    )

    fun chat(more: String = "", model: String = "gpt-4o"): RawClient =
        post("/v1/chat/completions", Wire.chatBody(model = model, more = more))

    fun ollama(more: String = ""): RawClient = post("/api/chat", Wire.chatBody(more = more))

    /** Reads until the received text contains [part]. */
    fun readUntil(part: String): RawClient = apply {
        while (part !in text) check(readSome() >= 0) { "ended before '$part': $text" }
    }

    fun readToEnd(): Ended = try {
        while (readSome() >= 0) continue
        Ended.FIN
    } catch (e: IOException) {
        if (e.message?.contains("reset") != true) throw e
        Ended.RST
    }

    /** Whether nothing more can be read now. */
    fun silent(): Boolean = socket.getInputStream().available() == 0

    private fun readSome(): Int {
        val buffer = ByteArray(8192)
        val count = socket.getInputStream().read(buffer)
        if (count > 0) received.write(buffer, 0, count)
        return count
    }

    /** The body so far, chunk framing left in place. */
    val body: String get() = text.substringAfter("\r\n\r\n")

    /** The payloads of the SSE events so far. */
    val events: List<String>
        get() = body.lines().filter { it.startsWith("data:") }.map { it.removePrefix("data:").trim() }

    override fun close() = socket.close()

    fun reset() {
        socket.setSoLinger(true, 0)
        socket.close()
    }
}
