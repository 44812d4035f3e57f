package dev.muster.test

import dev.muster.MusterClient
import dev.muster.chat.text
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readText

/** No recording contains a secret, however it is sent, repeated, escaped or split. */
class ExchangeSecretsTest {
    @TempDir
    private lateinit var directory: Path

    private fun files() = directory.listDirectoryEntries().sorted()

    private fun record(upstream: Upstream, use: (String) -> Unit): String {
        upstream.use { ExchangeRecorder.start(it.url, directory).use { recorder -> use(recorder.url) } }
        return files().joinToString("\n") { it.name + "\n" + it.readText() }
    }

    private fun bearer() = arrayOf("Authorization", "Bearer $KEY")

    @ParameterizedTest
    @ValueSource(strings = ["openai", "openai-responses", "anthropic", "gemini", "ollama"])
    fun `C32 a key that a model says piece by piece is not in the recording, and the pieces stay`(provider: String) {
        val tokens = arrayOf("Your", " key is sk-", "very", "-sec", "ret-", "key, ", "is it?")
        FakeServer.start().use { server ->
            server.otherwise(FakeReply.tokens(*tokens))
            val url = if (provider.startsWith("openai")) server.openAiUrl else server.url
            ExchangeRecorder.start(url, directory).use { stream(provider, it.url) }
        }
        val text = files().single().readText()
        listOf("sk-", "very", "-sec", "ret-").forEach { assertFalse(it in text, "$it is in $text") }
        ExchangeReplay.start(directory).use {
            assertEquals(listOf("Your", " key is ***", ", ", "is it?"), stream(provider, it.url))
        }
    }

    private fun stream(provider: String, url: String): List<String> = MusterClient {
        environment(emptyMap())
        provider(provider) { it.baseUrl(url).apiKey(KEY) }
    }.use { client -> runBlocking { client.model("$provider::m").stream("x").text().toList() } }

    @Test
    fun `pieces of two choices that come in turn are told apart`() {
        fun event(index: Int, text: String) =
            "data: {\"choices\":[{\"index\":$index,\"delta\":{\"content\":\"$text\"}}]}\n\n"
        val said = arrayOf(event(0, "sk-very-"), event(1, "another"), event(0, "secret-key"), event(1, " one"))
        val text = record(Upstream.saying(*said)) { Upstream.post("$it/chat", "{}", *bearer()) }
        assertFalse("very" in text || "secret-key" in text, text)
        assertTrue("another" in text && " one" in text, text)
    }

    @Test
    fun `the beginning of a key at the end of a stream that was cut is not written either`() {
        val text = record(Upstream.saying("data: {\"text\":\"it is sk-very-se\"}\n\n")) {
            Upstream.post("$it/chat", "{}", *bearer())
        }
        assertFalse("sk-very" in text, text)
        assertTrue("it is ***" in text, text)
    }

    @Test
    fun `C32 a key is found in JSON however it is escaped, and in a URL`() {
        val key = "ab/cd+ef\"gh=="
        val escaped = "ab\\/cd\\u002Bef\\\"gh=="
        val upstream = Upstream.saying("{\"said\":\"$escaped\"}", type = "application/json")
        val encoded = "ab%2Fcd%2Bef%22gh%3D%3D"
        val text = record(upstream) {
            Upstream.post("$it/of/$encoded/chat?limit=$encoded", "{\"mine\":\"$escaped\"}", "api-key", key)
        }
        assertFalse("cd" in text, text)
        assertTrue("\"said\" : \"***\"" in text && "\"mine\" : \"***\"" in text, text)
        assertTrue("\"/of/***/chat\"" in text && "limit=***" in text, text)
    }

    @Test
    fun `C32 all cookies are secret, and what an answer's headers name as such`() {
        val upstream = Upstream.saying(
            "{\"error\":\"of org-of-mine-1, session-value-2, cookie-value-1, cookie-value-2\"}",
            type = "application/json",
            headers = mapOf(
                "openai-organization" to "org-of-mine-1",
                "set-cookie" to "s=session-value-2; Path=/some/path",
            ),
        )
        val text = record(upstream) {
            Upstream.post("$it/chat", "{}", "Cookie", "one=cookie-value-1; two=cookie-value-2")
        }
        assertTrue("\"of ***, ***, ***, ***\"" in text, text)
        assertFalse("org-of" in text || "value" in text, text)
    }

    @Test
    fun `what only looks like a secret's name is kept`() {
        val upstream = Upstream.saying(
            "{\"at\":\"2026-11-21T07:44:33Z\"}",
            type = "application/json",
            headers = mapOf("anthropic-ratelimit-tokens-reset" to "2026-11-21T07:44:33Z"),
        )
        val text = record(upstream) { Upstream.post("$it/chat", "{}") }
        assertEquals(2, text.split("2026-11-21T07:44:33Z").size - 1, text)
    }

    private companion object {
        const val KEY = "sk-very-secret-key"
    }
}
