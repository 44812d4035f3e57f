package dev.muster.contract

import dev.muster.chat.ChatEvent
import dev.muster.chat.Usage
import dev.muster.concurrent.gather
import dev.muster.error.AuthenticationException
import dev.muster.error.LlmException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.MalformedResponseException
import dev.muster.error.NetworkException
import dev.muster.error.RateLimitedException
import dev.muster.error.StreamTruncatedException
import dev.muster.error.TimeoutKind
import dev.muster.fake.FakeReply
import dev.muster.fake.RawServer
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import kotlinx.coroutines.flow.collect
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.Arguments
import org.junit.jupiter.params.provider.Arguments.arguments
import org.junit.jupiter.params.provider.MethodSource
import java.io.IOException
import java.io.OutputStream
import java.net.ServerSocket
import java.time.Duration
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

/**
 * [ProviderContract], and how every API format fails. A provider has one subclass for each API format:
 *
 * ```kotlin
 * class MyContractTest : FailureContract("mine", maxTokens = "/max_tokens", tellsDetails = false) {
 *     override val url: String get() = server.openAiUrl
 *     override val whole: String get() = """{"model":"m","messages":[…],"max_tokens":50,…}"""
 * }
 * ```
 *
 * The tests check that
 * - each status has its exception class, whether a retry may help, provider, model and request id, whole and streamed;
 *   `Retry-After` and `x-should-retry` are obeyed;
 * - no message shows the key or the prompt, and a 404 or an HTML page says which URL was called;
 * - a refused, cut or reset connection is a `NetworkException`, garbage is a `MalformedResponseException`, and a
 *   redirect is not followed;
 * - a stream that breaks off, reports an error or falls silent fails with the text and the usage so far, and never
 *   succeeds; a response whose error body stalls fails within seconds.
 */
public abstract class FailureContract(id: String, maxTokens: String, tellsDetails: Boolean) :
    ProviderContract(id, maxTokens, tellsDetails) {
    @ParameterizedTest
    @MethodSource("statuses")
    public fun `C12 a status gives its class, flag and context, whole and streamed`(
        status: Int,
        expected: String,
        retryable: Boolean,
    ): Unit = blocking {
        server.otherwise(FakeReply.status(status).header(requestIdHeader, "req-1"))
        listOf(failure { model().ask(PROMPT) }, failure { model().stream(PROMPT).collect() }).forEach { error ->
            assertEquals(expected, error.javaClass.simpleName)
            assertEquals(retryable, error.isRetryable)
            assertEquals(listOf(id, "m", status, "req-1"), error.run { listOf(provider, model, status, requestId) })
            assertPrivate(error)
        }
        assertEquals(2, server.requestCount)
    }

    @Test
    public fun `an error status whose body stalls fails within seconds, whole, streamed and listed`(): Unit = blocking {
        val count = if (listsModels) WAYS else WAYS - 1
        val closed = CountDownLatch(STALLS.size * count)
        val stalling = RawServer { socket, number ->
            readRequest(socket)
            write(socket, "HTTP/1.1 401 No\r\nContent-Length: 999\r\n\r\n" + STALLS[number % STALLS.size])
            socket.getInputStream().transferTo(OutputStream.nullOutputStream())
            closed.countDown()
        }
        stalling.use {
            val client = client { provider(id) { it.apiKey(KEY).baseUrl(stalling.url) } }
            val model = client.model("$id::m")
            val ways =
                listOf<suspend () -> Unit>(
                    { model.ask(PROMPT) },
                    { model.stream(PROMPT).collect() },
                    { client.models(id) },
                ).take(count)
            gather(STALLS.flatMap { ways }) { failure(it) }.forEach { error ->
                assertEquals(AuthenticationException::class.java, error.javaClass)
                assertPrivate(error)
            }
            assertTrue(closed.await(LIMIT.toSeconds(), TimeUnit.SECONDS), "a connection stayed open")
            assertEquals(STALLS.size * ways.size, stalling.requests.size)
        }
    }

    @Test
    public fun `a 404 and a page in place of an answer say where they were asked for`(): Unit = blocking {
        val page = "<!DOCTYPE html><html>Welcome</html>"
        val replies =
            listOf(
                FakeReply.status(404),
                FakeReply.raw(404, "text/html", page),
                FakeReply.raw(502, "text/html", page),
                FakeReply.raw(200, "text/html", page),
                FakeReply.raw(200, "text/html", page + "\n"),
            )
        replies.forEach { reply ->
            server.otherwise(reply)
            listOf(failure { model().ask(PROMPT) }, failure { model().stream(PROMPT).collect() }).forEach { error ->
                val message = error.message!!
                assertTrue("$url/" in message && '?' !in message.substringAfter(url).substringBefore(' '), message)
                assertTrue(error.status == 404 || "HTML page" in message, message)
                assertTrue(error.status != 200 || error is MalformedResponseException, "$error")
                assertPrivate(error)
            }
        }
    }

    @Test
    public fun `C12 what the provider advises about a retry is obeyed, whole and streamed`(): Unit = blocking {
        val retried = RetryPolicy.builder().maxRetries(1).firstBackoff(Duration.ZERO).build()
        listOf(400 to "true", 429 to " False ", 500 to "false", 500 to "maybe").forEach { (status, advised) ->
            val expected = if (advised == "true" || advised == "maybe") 2 else 1
            server.otherwise(FakeReply.status(status).header("x-should-retry", advised))
            val client = client { provider(id) { it.apiKey(KEY).baseUrl(url) }.retry(retried) }
            val model = client.model("$id::m")
            listOf<suspend () -> Unit>({ model.ask(PROMPT) }, { model.stream(PROMPT).collect() }).forEach { ask ->
                val before = server.requestCount
                val error = failure(ask)
                assertEquals(status, error.status)
                assertEquals(expected, server.requestCount - before, "$status $advised")
            }
        }
    }

    @Test
    public fun `C12 a 429 says how long to wait`(): Unit = blocking {
        server.otherwise(FakeReply.status(429).retryAfter(Duration.ofSeconds(3)))
        assertEquals(Duration.ofSeconds(3), (failure { model().ask("hi") } as RateLimitedException).retryAfter)
    }

    @Test
    public fun `C12 a message that repeats key and prompt is shown without them`(): Unit = blocking {
        listOf(400, 401, 500).forEach { status ->
            server.otherwise(FakeReply.status(status, "c", "You, $KEY, asked '$PROMPT' and that is wrong"))
            val error = failure { model().ask(PROMPT) }
            assertPrivate(error)
            assertTrue("that is wrong" in error.message!!, error.message)
        }
    }

    @Test
    public fun `C12 a connection refused, cut or reset is a NetworkException`(): Unit = blocking {
        listOf(FakeReply.cut(), FakeReply.reset()).forEach { reply ->
            server.otherwise(reply)
            listOf(failure { model().ask(PROMPT) }, failure { model().stream(PROMPT).collect() }).forEach {
                assertNetwork(it)
            }
        }
        assertEquals(4, server.requestCount)
        val port = ServerSocket(0).use { it.localPort }
        val nobody = model { provider(id) { it.baseUrl("http://127.0.0.1:$port") } }
        listOf(failure { nobody.ask(PROMPT) }, failure { nobody.stream(PROMPT).collect() }).forEach {
            assertNetwork(it)
            assertTrue("127.0.0.1:$port" in it.message!!, it.message)
        }
    }

    @Test
    public fun `C12 garbage with status 200 is malformed and kept`(): Unit = blocking {
        listOf("<html>Welcome</html>", "hello", "", "[]", "{\"foo\":1}", "{\"a\":").forEach { body ->
            server.otherwise(FakeReply.raw(200, "text/html", body))
            val error = failure { model().ask(PROMPT) }
            assertEquals(MalformedResponseException::class.java, error.javaClass, body)
            assertEquals(body, (error as MalformedResponseException).raw)
            assertFalse(error.isRetryable)
            assertEquals(listOf(id, "m", 200), listOf(error.provider, error.model, error.status))
            assertPrivate(error)
        }
        listOf("<html>Welcome</html>\n", "hello\n").forEach { body ->
            server.otherwise(FakeReply.raw(200, "text/html", body))
            val error = failure { model().stream(PROMPT).collect() }
            assertEquals(MalformedResponseException::class.java, error.javaClass, body)
            assertEquals(body.trim(), (error as MalformedResponseException).raw!!.trim())
        }
    }

    @Test
    public fun `C12 a whole answer that is cut off is a NetworkException`(): Unit = blocking {
        listOf(FakeReply.text("a b c").cutAfter(1), FakeReply.text("a b c").resetAfter(1)).forEach {
            server.otherwise(it)
            assertNetwork(failure { model().ask(PROMPT) })
        }
    }

    @Test
    public fun `C12 a redirect is not followed and its host is named`(): Unit = blocking {
        server.otherwise(FakeReply.raw(307, "text/plain", "").header("Location", "https://elsewhere.example/x?k=v"))
        val error = failure { model().ask(PROMPT) }
        assertTrue("elsewhere.example" in error.message!!, error.message)
        assertFalse("k=v" in error.message!!, error.message)
        assertEquals(307, error.status)
        assertEquals(1, server.requestCount)
    }

    /**
     * Why a broken connection may lose what had arrived but was not read yet, or null if it does not. Default: null.
     * It depends on the transport. If it may, the tests expect only what had been read.
     */
    protected open val whyABreakOvertakes: String? get() = null

    @ParameterizedTest
    @MethodSource("cuts")
    public fun `C13 a stream that breaks off is an error with the text so far`(
        name: String,
        reply: FakeReply,
        partial: String?,
    ): Unit = blocking {
        server.otherwise(reply)
        val seen = StringBuilder()
        val error =
            failure { model().stream(PROMPT).collect { if (it is ChatEvent.TextDelta) seen.append(it.text) } }
        if (whyABreakOvertakes == null) {
            assertEquals(StreamTruncatedException::class.java, error.javaClass, name)
            assertEquals(partial, error.partialText)
            assertEquals(partial.orEmpty(), seen.toString())
            assertEquals(if (name == "empty body") null else usageWith(partial), error.partialUsage)
        } else {
            // The reset may even overtake the status.
            val isUnanswered = name.startsWith("RST") && error is NetworkException
            assertTrue(isUnanswered || error is StreamTruncatedException, "$name: $error")
            assertTrue(partial.orEmpty().startsWith(seen), "$name: $seen")
            assertEquals(seen.toString().ifEmpty { null }, error.partialText)
        }
        assertEquals(listOf(id, "m"), listOf(error.provider, error.model))
        assertPrivate(error)
    }

    @Test
    public fun `C13 a stream that is reset is an error with what had been read`(): Unit = blocking {
        // A reset overtakes what the client has not read yet: so the first token is read before it, controlled by a
        // gate.
        listOf(FakeReply::resetAfter, FakeReply::resetInsideEvent).forEach { reset ->
            server.otherwise(reset(FakeReply.text("one two three").gate(2, "read"), 2))
            val seen = StringBuilder()
            val error =
                failure {
                    model().stream(PROMPT).collect {
                        if (it is ChatEvent.TextDelta) seen.append(it.text)
                        server.release("read")
                    }
                }
            assertEquals(StreamTruncatedException::class.java, error.javaClass)
            assertTrue(seen.startsWith("one"), "$seen")
            assertEquals("$seen", error.partialText)
            assertEquals(usageWith("$seen"), error.partialUsage)
            assertTrue(error.cause is IOException, "${error.cause}")
            assertPrivate(error)
            server.reset()
        }
    }

    @ParameterizedTest
    @MethodSource("pauses")
    public fun `C13 an error inside a stream is an error with text and usage so far`(
        after: Int,
        partial: String?,
    ): Unit = blocking {
        server.otherwise(FakeReply.text("one two three").errorAfter(after, "server_error", "The model fell over"))
        val error = failure { model().stream(PROMPT).collect() }
        assertEquals("ProviderException", error.javaClass.simpleName)
        assertEquals(partial, error.partialText)
        assertEquals(usageWith(partial), error.partialUsage)
        assertTrue("fell over" in error.message!!, error.message)
        assertPrivate(error)
    }

    @ParameterizedTest
    @MethodSource("pauses")
    public fun `C13 a stream that falls silent is a timeout with text and usage so far`(
        after: Int,
        partial: String?,
    ): Unit = blocking {
        server.otherwise(FakeReply.text("one two three").stallAfter(after))
        val before = partial == null
        val limits = Timeouts.builder().attempt(null)
            .run { if (before) firstToken(SILENCE) else betweenTokens(SILENCE) }.build()
        val error = silence(model { timeouts(limits) }, after, PROMPT)
        assertEquals(if (before) TimeoutKind.FIRST_TOKEN else TimeoutKind.BETWEEN_TOKENS, error.kind)
        assertEquals(partial, error.partialText)
        assertEquals(usageWith(partial), error.partialUsage)
        assertEquals(listOf(id, "m"), listOf(error.provider, error.model))
        assertPrivate(error)
    }

    @Test
    public fun `C13 an error in place of a whole answer is an error`(): Unit = blocking {
        server.otherwise(FakeReply.text("x").errorAfter(0, "server_error", "The model fell over"))
        assertEquals("ProviderException", failure { model().ask(PROMPT) }.javaClass.simpleName)
    }

    /**
     * The usage that the API format reports before the first token of the stream, if it does. The prompt of the tests
     * has seven words, which the fake server counts as tokens. Default: null.
     */
    protected open val usageAtStart: Usage? get() = null

    /** Returns the usage that the API format has reported when [partial] has arrived. Default: [usageAtStart]. */
    protected open fun usageWith(partial: String?): Usage? = usageAtStart

    private fun assertNetwork(error: LlmException) {
        assertEquals(NetworkException::class.java, error.javaClass)
        assertTrue(error.isRetryable)
        assertEquals(listOf(id, "m"), listOf(error.provider, error.model))
        assertPrivate(error)
    }

    /** Checks that neither the message nor that of a cause shows private text. */
    private fun assertPrivate(error: LlmException) {
        val shown = generateSequence<Throwable>(error) { it.cause }.joinToString { it.toString() } + error.context
        assertFalse(KEY in shown, shown)
        assertFalse("neighbour" in shown, shown)
    }

    /** The cases of the tests with parameters. */
    public companion object {
        private const val WAYS = 3
        private val STALLS = listOf("", "{\"error\":{\"message\":\"No such k")
        private const val PROMPT = "Tell me my neighbour's secret recipe, please"

        /** Status, exception class, whether a retry may help. */
        @JvmStatic
        public fun statuses(): List<Arguments> = listOf(
            arguments(400, "InvalidRequestException", false),
            arguments(401, "AuthenticationException", false),
            arguments(402, "InsufficientFundsException", false),
            arguments(403, "AuthenticationException", false),
            arguments(404, "ModelNotFoundException", false),
            arguments(408, "ProviderException", true),
            arguments(409, "ProviderException", true),
            arguments(413, "InvalidRequestException", false),
            arguments(422, "InvalidRequestException", false),
            arguments(429, "RateLimitedException", true),
            arguments(500, "ProviderException", true),
            arguments(502, "ProviderException", true),
            arguments(503, "ProviderException", true),
            arguments(504, "ProviderException", true),
            arguments(529, "ProviderException", true),
        )

        /** How the stream is cut off, and the text that had arrived. */
        @JvmStatic
        public fun cuts(): List<Arguments> {
            val reply = FakeReply.text("one two three")
            return listOf(
                arguments("FIN", reply.cutAfter(2), "one two"),
                arguments("FIN before a token", reply.cutAfter(0), null),
                arguments("FIN behind the last token", reply.cutAfter(3), "one two three"),
                arguments("FIN in an event", reply.cutInsideEvent(1), "one"),
                arguments("FIN in an event before a token", reply.cutInsideEvent(0), null),
                arguments("RST in an event before a token", reply.resetInsideEvent(0), null),
                arguments("no end marker", reply.withoutEnd(), "one two three"),
                arguments("empty body", FakeReply.raw(200, "text/event-stream", ""), null),
            )
        }

        /** After how many tokens the stream stops, and the text that had arrived. */
        @JvmStatic
        public fun pauses(): List<Arguments> = listOf(arguments(0, null), arguments(2, "one two"))
    }
}
