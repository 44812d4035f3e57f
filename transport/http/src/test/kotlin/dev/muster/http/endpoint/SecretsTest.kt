package dev.muster.http.endpoint

import dev.muster.MusterClient
import dev.muster.error.LlmException
import dev.muster.fake.RawServer
import dev.muster.http.Certificates
import dev.muster.http.EchoProvider
import dev.muster.http.LIMIT
import dev.muster.http.TestLogs
import dev.muster.http.TlsForwarder
import dev.muster.http.apiCall
import dev.muster.http.endpointAt
import dev.muster.http.onTransport
import dev.muster.http.transport.HttpCall
import dev.muster.network.NetworkSettings
import dev.muster.provider.ProviderConfig
import dev.muster.resilience.RetryPolicy
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.lang.reflect.Modifier
import java.time.Duration

/**
 * Servers that echo the request in every place that a failure may quote: the key must not be in any message, cause,
 * field, log line or `toString`.
 */
class SecretsTest {
    @ParameterizedTest
    @MethodSource("echoes")
    fun `a server that repeats the key in all it says does not get it shown`(name: String, answer: String) {
        RawServer { connection, _ ->
            if (readRequest(connection) != null) write(connection, answer)
        }.use { server ->
            val shown = shown({ it.baseUrl(server.url) })
            assertTrue(shown.failures > 0, "$name did not fail")
            assertHidden(shown.text)
            assertTrue(server.requests.all { KEY in it && OWN in it }, "the server was not sent the secrets")
        }
    }

    @Test
    fun `a peer that cannot be spoken to does not get it shown either`() {
        val closed = RawServer { _, _ -> }.also { it.close() }
        RawServer { connection, _ -> readRequest(connection) }.use { silent ->
            TlsForwarder(Certificates.server(), silent.port).use { untrusted ->
                listOf(closed.url, "http://no-such-host.invalid", untrusted.url, silent.url).forEach { url ->
                    assertHidden(shown({ it.baseUrl(url) }).also { assertEquals(2, it.failures, url) }.text)
                }
            }
        }
        RawServer { connection, _ ->
            val connect = readRequest(connection).orEmpty()
            write(connection, "HTTP/1.1 502 $KEY\r\nX-Echo: $connect $KEY\r\n\r\n")
        }.use { proxy ->
            val shown = shown({ it.baseUrl("https://api.example.invalid") }) { it.proxy("127.0.0.1", proxy.port) }
            assertHidden(shown.text)
        }
    }

    @Test
    fun `what is wrong with a key or a header is said without either`() {
        val wrong: List<(ProviderConfig.Builder) -> Unit> =
            listOf(
                { it.apiKey(KEY + "\n.") },
                { it.header("X-Own-Token", OWN + "\u0000") },
                { it.header("X Token", OWN) },
                { it.baseUrl("https://$KEY@host") },
                { it.baseUrl("https://host/?key=$KEY") },
                { it.baseUrl("https://ho st/$KEY") },
            )
        wrong.forEach { assertHidden(shown(it).text) }
    }

    @Test
    fun `nothing that can be printed shows them`() {
        val config = ProviderConfig.builder().apiKey(KEY).header("X-Own-Token", OWN).baseUrl("http://h").build()
        val headers = mapOf("Authorization" to "Bearer $KEY", "X-Own-Token" to OWN)
        onTransport { transport ->
            val call = HttpCall("POST", java.net.URI("http://h"), headers, KEY.toByteArray())
            listOf(
                config,
                transport,
                call,
                apiCall(KEY),
                endpointAt(transport, "http://h", KEY),
                NetworkSettings.DEFAULT,
            )
                .forEach { assertHidden(it.toString()) }
        }
    }

    private class Shown(val text: String, val failures: Int)

    /** Everything that a user can see of calls configured with [configure] and [network]. */
    private fun shown(
        configure: (ProviderConfig.Builder) -> Unit,
        network: (MusterClient.Builder) -> Unit = { },
    ): Shown {
        TestLogs.clear()
        val text = StringBuilder()
        var failures = 0
        text.append(
            standardStreams {
                val retry = RetryPolicy.builder().maxRetries(1).firstBackoff(Duration.ZERO).build()
                val client =
                    MusterClient
                        .builder()
                        .providers(listOf(EchoProvider()))
                        .environment(emptyMap())
                        .retry(retry)
                        .provider("echo") { it.apiKey(KEY).header("X-Own-Token", OWN) }
                        .provider("echo", configure)
                        .also(network)
                        .build()
                client.use {
                    text.append(client)
                    for (call in CALLS) {
                        try {
                            val model = client.model("echo::m")
                            text.append(model)
                            runBlocking { withTimeout(LIMIT.toMillis()) { call(model) } }
                        } catch (e: LlmException) {
                            failures++
                            text.append(everythingOf(e))
                        } catch (e: IllegalArgumentException) {
                            failures++
                            text.append(e.stackTraceToString())
                        }
                    }
                }
            },
        )
        TestLogs.lines().forEach(text::append)
        return Shown(text.toString(), failures)
    }

    /** The stack, causes, suppressed exceptions, and the value of every public accessor. */
    private fun everythingOf(e: LlmException): String {
        val accessors = listOf<Any>(e, e.context).flatMap { part ->
            part.javaClass.methods
                .filter { it.parameterCount == 0 && Modifier.isPublic(it.modifiers) && it.returnType != Void.TYPE }
                .filter { it.name !in setOf("wait", "notify", "notifyAll", "fillInStackTrace") }
                .map { "${it.name}=${it.invoke(part)}" }
        }
        assertTrue(accessors.any { it.startsWith("requestId=") }, "$accessors")
        return e.stackTraceToString() + accessors
    }

    private fun assertHidden(text: String) {
        listOf(KEY, OWN).forEach { secret ->
            val at = text.indexOf(secret)
            assertFalse(at >= 0, text.substring(maxOf(0, at - 300), minOf(text.length, maxOf(at, 0) + 100)))
        }
    }

    private fun standardStreams(block: () -> Unit): String {
        val out = System.out
        val err = System.err
        val text = ByteArrayOutputStream()
        System.setOut(PrintStream(text, true))
        System.setErr(PrintStream(text, true))
        try {
            block()
        } finally {
            System.setOut(out)
            System.setErr(err)
        }
        return text.toString()
    }

    companion object {
        private const val KEY = "s3cret-0123456789-key"
        private const val OWN = "0wn-9876543210-token"
        private const val BOTH = "Bearer $KEY $OWN"
        private val CALLS: List<suspend (dev.muster.model.ChatModel) -> Unit> =
            listOf({ it.ask("hi") }, { it.stream("hi").collect() })

        @JvmStatic
        fun echoes(): List<Array<String>> {
            val statuses =
                listOf(300, 307, 400, 401, 402, 403, 404, 407, 408, 409, 413, 418, 422, 429, 500, 502, 503, 529)
            val echo = """{"error":{"message":"You sent $BOTH","code":"$KEY","type":"$OWN"}}"""
            val rows =
                statuses.map { "HTTP $it" to answer("$it $BOTH", echo) } +
                    listOf("""{"error":"$BOTH"}""", """{"detail":"$BOTH"}""", BOTH, "[$BOTH", "$BOTH ".repeat(200))
                        .map { "error body ${it.take(8)}" to answer("400 Bad", it) } +
                    listOf(
                        "garbage" to answer("200 OK", "<html>$BOTH"),
                        "error in an answer" to answer("200 OK", echo),
                        "error in a stream" to answer("200 OK", "data: $echo\n\n"),
                        "broken JSON in a stream" to answer("200 OK", "data: {\"$BOTH\n\n"),
                        "status line" to "$BOTH\r\n\r\n",
                        "status" to "HTTP/1.1 $KEY OK\r\n\r\n",
                        "header without a colon" to "HTTP/1.1 200 OK\r\n$BOTH\r\n\r\n",
                        "name of a header" to "HTTP/1.1 200 OK\r\n$BOTH: x\r\n\r\n",
                        "length" to "HTTP/1.1 200 OK\r\nContent-Length: $KEY\r\n\r\n",
                        "encoding" to "HTTP/1.1 200 OK\r\nTransfer-Encoding: $KEY\r\n\r\n",
                        "chunk" to "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n$KEY\r\n",
                        "cut" to "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\ndata: $BOTH",
                    )
            return rows.map { (name, answer) -> arrayOf(name, answer) }
        }

        private fun answer(status: String, body: String) = "HTTP/1.1 $status\r\nx-request-id: $BOTH\r\n" +
            "Location: https://$KEY.example/$OWN\r\nRetry-After: $KEY\r\nx-ratelimit-reset-requests: $KEY\r\n" +
            "Connection: close\r\nContent-Length: ${body.length}\r\n\r\n$body"
    }
}
