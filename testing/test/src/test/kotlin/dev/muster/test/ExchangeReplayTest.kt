package dev.muster.test

import dev.muster.MusterClient
import dev.muster.chat.text
import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.RateLimitedException
import dev.muster.error.StreamTruncatedException
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.file.Path
import java.time.Duration
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readText

class ExchangeReplayTest {
    @TempDir
    private lateinit var directory: Path

    private fun client(provider: String, url: String, configure: MusterClient.Builder.() -> Unit = {}) = MusterClient {
        environment(emptyMap())
        retry(RetryPolicy.NONE)
        provider(provider) {
            it.baseUrl(url).apiKey("sk-very-secret-key")
            it.header("OpenAI-Organization", "org-of-mine-1").header("X-Any", "other-1")
        }
        configure()
    }

    private fun urlOf(provider: String, server: FakeServer) = when (provider) {
        "openai", "openai-responses" -> server.openAiUrl
        else -> server.url
    }

    private fun <T> recording(provider: String, script: FakeServer.() -> Unit, use: suspend (MusterClient) -> T): T =
        FakeServer.start().use { server ->
            server.script()
            ExchangeRecorder.start(urlOf(provider, server), directory).use { recorder ->
                client(provider, recorder.url).use { runBlocking { use(it) } }
            }
        }

    private fun <T> replaying(provider: String, use: suspend (MusterClient) -> T): T =
        ExchangeReplay.start(directory).use { replay ->
            client(provider, replay.url).use { runBlocking { use(it) } }
        }

    private fun files() = directory.listDirectoryEntries().sorted()

    @ParameterizedTest
    @ValueSource(strings = ["openai", "openai-responses", "anthropic", "gemini", "ollama"])
    fun `C32 what was recorded is replayed without a network, streamed and not`(provider: String) {
        suspend fun ask(client: MusterClient): List<Any?> {
            val model = client.model("$provider::any-model")
            val whole = model.chat("A question with ü and 漢字?")
            val pieces = model.stream("A question?").text().toList()
            return listOf(whole.text, whole.usage.toString(), whole.finishReason, pieces)
        }
        val script: FakeServer.() -> Unit = { otherwise(FakeReply.tokens("An ", "änswer ", "in ", "漢字").byteByByte()) }
        val recorded = recording(provider, script, ::ask)
        assertEquals("An änswer in 漢字", recorded.first())
        assertEquals(2, files().size)
        assertEquals(recorded, replaying(provider, ::ask))
    }

    @ParameterizedTest
    @ValueSource(strings = ["openai", "anthropic", "gemini", "ollama"])
    fun `C32 no secret is in a recording`(provider: String) {
        val echo: FakeServer.() -> Unit = {
            otherwise(
                FakeReply
                    .text("your key is sk-very-secret-key")
                    .header("Set-Cookie", "session=cookie-1")
                    .header("openai-organization", "org-of-mine-1")
                    .header("x-request-id", "for sk-very-secret-key"),
            )
        }
        recording(provider, echo) {
            it.model("$provider::m").ask("My key is sk-very-secret-key")
            it.model("$provider::m").stream("My key is sk-very-secret-key").toList()
        }
        assertEquals(2, files().size)
        files().forEach { file ->
            val text = file.readText().lowercase()
            listOf("secret", "org-of-mine", "cookie", "other-1", "x-any", "authorization", "api-key").forEach {
                assertFalse(it in text, "$it is in $text")
            }
            // In the request, in the response and in a response header.
            assertEquals(3, text.split("***").size - 1, text)
        }
        // And it is the same request with another key.
        ExchangeReplay.start(directory).use { replay ->
            client(provider, replay.url).use {
                val answer = runBlocking { it.model("$provider::m").ask("My key is sk-very-secret-key") }
                assertEquals("your key is ***", answer)
            }
        }
    }

    @Test
    fun `a key in the parameters of a URL is not written, and one's own secrets are not either`() {
        FakeServer.start().use { server ->
            val recorder =
                ExchangeRecorder.builder(server.url, directory).secret("ACME").keep("x-any").start()
            recorder.use {
                client("openai", it.url + "/sub/v1").use { client ->
                    runBlocking { client.model("openai::m").ask("At ACME") }
                }
                val list = HttpRequest.newBuilder(URI("${it.url}/a/v1/models?key=hidden-value&limit=3&user=bob"))
                list.header("Authorization", "Bearer hidden-value")
                HttpClient.newHttpClient().send(list.build(), HttpResponse.BodyHandlers.discarding())
            }
        }
        val words = files().map { it.name.split('-').dropLast(2).joinToString("-") }
        assertEquals(listOf("a-v1-models", "sub-v1-chat-completions"), words)
        val texts = files().map { it.readText() }.reversed()
        assertTrue("At ***" in texts[0] && "ACME" !in texts[0] && "other-1" in texts[0], texts[0])
        assertTrue("key=***&limit=3&user=***" in texts[1] && "hidden-value" !in texts[1], texts[1])
        ExchangeReplay.builder(directory).secret("ACME").start().use {
            client("openai", it.url + "/sub/v1").use { client ->
                runBlocking { client.model("openai::m").ask("At ACME") }
            }
        }
    }

    @Test
    fun `C32 a request that was not recorded fails and says what is different`() {
        recording("openai", {}) { it.model("openai::m").ask("Name a prime") }
        val failure =
            assertThrows<AssertionError> {
                replaying("openai") {
                    assertThrows<InvalidRequestException> { it.model("openai::m").ask("Name a square") }
                }
            }
        assertEquals(
            "POST /chat/completions was not recorded with this body; the closest one, ${files().single().name}, " +
                "differs in:\n  /messages/0/content: recorded \"Name a prime\", requested \"Name a square\"",
            failure.message,
        )
    }

    @ParameterizedTest
    @ValueSource(strings = ["openai", "openai-responses", "anthropic", "gemini", "ollama"])
    fun `C32 the call itself ends with a typed error that says where the request differs`(provider: String) {
        recording(provider, {}) { it.model("$provider::m").ask("Name a prime") }
        lateinit var e: InvalidRequestException
        assertThrows<AssertionError> {
            replaying(provider) { e = assertThrows { it.model("$provider::m").ask("Name a square") } }
        }
        assertEquals("not_recorded", e.code)
        assertTrue("recorded \"Name a prime\", requested" in e.message!!, e.message)
        assertEquals(1, e.attempts ?: 1)
    }

    @Test
    fun `of long texts the difference is shown, not how both begin`() {
        val long = "word ".repeat(100)
        recording("openai", {}) { it.model("openai::m").ask(long + "prime") }
        val failure =
            assertThrows<AssertionError> {
                replaying("openai") {
                    assertThrows<InvalidRequestException> { it.model("openai::m").ask(long + "square") }
                }
            }
        val message = failure.message.orEmpty()
        assertTrue("d prime\", requested …" in message && "d square\"" in message, message)
    }

    @Test
    fun `another path is told with those that were recorded`() {
        recording("openai", {}) { it.model("openai::m").ask("x") }
        val failure = assertThrows<AssertionError> {
            ExchangeReplay.start(directory).use {
                assertEquals(400, Upstream.post(it.url + "/models", "").statusCode())
            }
        }
        assertEquals("POST /models was not recorded; recorded requests: [POST /chat/completions]", failure.message)
    }

    @Test
    fun `answers to equal requests come in the order in which they came, and no more of them`() {
        val script: FakeServer.() -> Unit = {
            onModel("m").replies(FakeReply.status(429).retryAfter(Duration.ofSeconds(7)), FakeReply.text("second"))
        }
        suspend fun twice(client: MusterClient): String {
            val failure = assertThrows<RateLimitedException> { client.model("openai::m").ask("x") }
            return "${failure.retryAfter} ${client.model("openai::m").ask("x")}"
        }
        assertEquals("PT7S second", recording("openai", script, ::twice))
        assertEquals("PT7S second", replaying("openai", ::twice))
        val failure =
            assertThrows<AssertionError> {
                replaying("openai") {
                    twice(it)
                    assertThrows<InvalidRequestException> { it.model("openai::m").ask("x") }
                }
            }
        assertTrue("was recorded 2 times" in failure.message!! && "once more" in failure.message!!, failure.message)
    }

    @Test
    fun `a stream that was cut is cut again, after the same text`() {
        suspend fun partial(client: MusterClient) =
            assertThrows<StreamTruncatedException> { client.model("openai::m").stream("x").toList() }.partialText
        val recorded = recording("openai", { otherwise(FakeReply.tokens("a", "b", "c").cutAfter(2)) }, ::partial)
        assertEquals("ab", recorded)
        assertEquals(recorded, replaying("openai", ::partial))
    }

    @Test
    fun `a stream that the client left waits for it to leave`() {
        // The timeout expires twice, and not before the first token has arrived.
        suspend fun stalled(client: MusterClient): String? =
            assertThrows<LlmTimeoutException> { client.model("openai::m").stream("x").toList() }.partialText
        FakeServer.start().use { server ->
            server.otherwise(FakeReply.tokens("a", "b").gate(2))
            ExchangeRecorder.start(server.openAiUrl, directory).use { recorder ->
                client("openai", recorder.url) {
                    timeouts(Timeouts.builder().betweenTokens(Duration.ofSeconds(2)).build())
                }.use { client ->
                    assertEquals("a", runBlocking { stalled(client) })
                }
            }
            server.awaitIdle(Duration.ofSeconds(60))
        }
        assertTrue("\"end\" : \"left\"" in files().single().readText())
        ExchangeReplay.start(directory).use { replay ->
            client("openai", replay.url) {
                timeouts(Timeouts.builder().betweenTokens(Duration.ofSeconds(2)).build())
            }.use { client ->
                assertTrue(runBlocking { stalled(client) }!!.startsWith("a"))
            }
        }
    }

    @Test
    fun `nothing is recorded over, and nothing is replayed from nowhere`() {
        assertThrows<IllegalArgumentException> { ExchangeReplay.start(directory) }
        recording("openai", {}) { it.model("openai::m").ask("x") }
        assertThrows<IllegalStateException> { ExchangeRecorder.start("http://localhost:1", directory) }
    }
}
