package dev.muster.http

import dev.muster.network.HttpVersion
import dev.muster.network.NetworkSettings
import mockwebserver3.Dispatcher
import mockwebserver3.MockResponse
import mockwebserver3.MockWebServer
import mockwebserver3.RecordedRequest
import mockwebserver3.SocketHandler
import okhttp3.Protocol
import okio.BufferedSink
import okio.buffer
import java.io.IOException
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

/**
 * An HTTP/2 server over TLS with a path for each behaviour: `/whole` responds at once, `/flow` never stops sending,
 * `/stall` sends a chunk and then waits for [release], `/hang` waits before its headers.
 */
internal class Http2Server(vararg protocols: Protocol = arrayOf(Protocol.HTTP_2, Protocol.HTTP_1_1)) : AutoCloseable {
    private val server = MockWebServer()
    private val released = CountDownLatch(1)
    private val ended = LinkedBlockingQueue<String>()
    val url: String get() = "https://localhost:${server.port}"

    /** All requests, in the order in which they came. */
    val requests = ConcurrentLinkedQueue<RecordedRequest>()
    private val arrivals = LinkedBlockingQueue<String>()

    init {
        server.useHttps(Certificates.server().socketFactory)
        server.protocols = protocols.toList()
        server.dispatcher =
            object : Dispatcher() {
                override fun dispatch(request: RecordedRequest): MockResponse {
                    requests += request
                    arrivals += request.target
                    return answer(request.target)
                }
            }
        server.start()
    }

    fun release(): Unit = released.countDown()

    /** Waits for one more request and returns its path. */
    fun awaitRequest(): String = checkNotNull(arrivals.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)) { "no request" }

    /** Waits until the client has ended one more stream, and returns its path. */
    fun awaitReset(): String = checkNotNull(ended.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)) { "no stream was ended" }

    private fun answer(path: String): MockResponse = when (path) {
        "/whole" -> MockResponse.Builder().body("ok").build()

        "/flow" -> streaming(path) { while (true) writeUtf8("data: x\n\n").flush() }

        "/stall" -> streaming(path) {
            writeUtf8("data: x\n\n").flush()
            released.await()
            writeUtf8("data: [DONE]\n\n").flush()
        }

        else -> {
            released.await()
            MockResponse.Builder().body("late").build()
        }
    }

    private fun streaming(path: String, write: BufferedSink.() -> Unit) = MockResponse
        .Builder()
        .socketHandler(
            object : SocketHandler {
                override fun handle(socket: okio.Socket) = try {
                    socket.sink.buffer().use(write)
                } catch (_: IOException) {
                    ended += path
                }
            },
        ).build()

    override fun close() {
        release()
        server.close()
    }

    companion object {
        /** For a client that chooses HTTP/2. */
        val network =
            NetworkSettings {
                connectTimeout(LIMIT).sslContext(Certificates.trusting()).httpVersion(HttpVersion.HTTP_2)
            }
    }
}
