package dev.muster.test

import dev.muster.MusterClient
import dev.muster.concurrent.gather
import dev.muster.error.LlmTimeoutException
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.io.IOException
import java.nio.file.Path
import java.time.Duration
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readText
import kotlin.io.path.writeText

/** The files of a recording. */
class ExchangeRecorderTest {
    @TempDir
    private lateinit var directory: Path

    private fun files(of: Path = directory) = of.listDirectoryEntries().sorted().associate { it.name to it.readText() }

    private fun client(url: String, configure: MusterClient.Builder.() -> Unit = {}) = MusterClient {
        environment(emptyMap())
        retry(RetryPolicy.NONE)
        provider("openai") { it.baseUrl(url).apiKey("none") }
        configure()
    }

    private fun posting(upstream: Upstream) =
        ExchangeRecorder.start(upstream.url, directory).use { Upstream.post(it.url + "/x", "{}") }

    private fun record(target: String, into: Path, prompts: List<String>) = ExchangeRecorder.start(target, into).use {
        client(it.url).use { client ->
            runBlocking { gather(prompts) { prompt -> client.model("openai::m").ask(prompt) } }
        }
    }

    @Test
    fun `C32 calls that run at the same time are recorded into the same files each time`() {
        val prompts = List(20) { "question $it" } + List(3) { "the same" }
        FakeServer.start().use { server ->
            server.otherwise { FakeReply.text("answer to ${it.prompt}").holdUntil(prompts.size) }
            record(server.openAiUrl, directory.resolve("a"), prompts)
            server.reset()
            server.otherwise { FakeReply.text("answer to ${it.prompt}").holdUntil(prompts.size) }
            record(server.openAiUrl, directory.resolve("b"), prompts.reversed())
        }
        val (first, second) = files(directory.resolve("a")) to files(directory.resolve("b"))
        assertEquals(prompts.size, first.size)
        assertEquals(first.keys, second.keys)
        assertEquals(setOf(1, 3), first.keys.groupingBy { it.substringBeforeLast('-') }.eachCount().values.toSet())
        // The replay works in any order of requests.
        ExchangeReplay.start(directory.resolve("a")).use { replay ->
            client(replay.url).use { client ->
                val answers = runBlocking { gather(prompts.shuffled()) { it to client.model("openai::m").ask(it) } }
                answers.forEach { (prompt, answer) -> assertEquals("answer to $prompt", answer) }
            }
        }
    }

    @Test
    fun `C32 a stream is recorded event by event, however the network cuts it`() {
        val upstream = Upstream.saying("data: {\"a\":", "1}\n", "\ndata: {\"a\":2}\n\ndata", ": [DONE]\n\n")
        upstream.use { posting(it) }
        val file = files().values.single()
        val stream = file.substringAfter("\"stream\" : [")
        assertEquals(
            listOf("data: {\\\"a\\\":1}\\n\\n", "data: {\\\"a\\\":2}\\n\\n", "data: [DONE]\\n\\n"),
            Regex("\n {6}\"(.*)\",?").findAll(stream).map { it.groupValues[1] }.toList(),
            stream,
        )
        val played = ExchangeReplay.start(directory).use { Upstream.post(it.url + "/x", "{}").body() }
        assertEquals("data: {\"a\":1}\n\ndata: {\"a\":2}\n\ndata: [DONE]\n\n", played)
    }

    @ParameterizedTest
    @ValueSource(strings = ["\"a text\"", "{\"a\":1} and more", "null", "<html>", "17", "{\"a\":1.50}"])
    fun `an answer is played as it came, whether it is JSON or not`(body: String) {
        val upstream = Upstream.saying(body, type = "application/json")
        upstream.use { posting(it) }
        val played = ExchangeReplay.start(directory).use { Upstream.post(it.url + "/x", "{}").body() }
        assertEquals(body.replace("1.50", "1.5"), played)
    }

    @Test
    fun `C32 a request keeps its file whatever the order of its members`() {
        Upstream.saying("{}", type = "application/json").use { upstream ->
            ExchangeRecorder.start(upstream.url, directory).use { recorder ->
                Upstream.post(recorder.url + "/x", """{"a":1,"b":{"c":2,"d":3}}""")
                Upstream.post(recorder.url + "/x", """{"b":{"d":3,"c":2},"a":1}""")
                Upstream.post(recorder.url + "/x", """{"b":{"d":3,"c":2},"a":2}""")
            }
        }
        val requests = files().keys.groupingBy { it.substringBeforeLast('-') }.eachCount()
        assertEquals(listOf(1, 2), requests.values.sorted(), "${files().keys}")
    }

    @Test
    fun `two recorders may write into one directory`() {
        FakeServer.start().use { server ->
            server.otherwise(FakeReply.text("x"))
            ExchangeRecorder.start(server.openAiUrl, directory).use { one ->
                ExchangeRecorder.start(server.openAiUrl, directory).use { other ->
                    listOf(one, other).forEach { recorder ->
                        client(recorder.url).use { runBlocking { it.model("openai::m").ask("the same") } }
                    }
                }
            }
        }
        assertEquals(listOf("1.json", "2.json"), files().keys.map { it.substringAfterLast('-') })
    }

    @Test
    fun `more than nine equal requests are played in their order`() {
        FakeServer.start().use { server ->
            server.onModel("m").replies(*Array(12) { FakeReply.text("$it") })
            record(server.openAiUrl, directory, listOf("the same"))
            directory.listDirectoryEntries().forEach { it.toFile().delete() }
            server.reset()
            server.onModel("m").replies(*Array(12) { FakeReply.text("$it") })
            ExchangeRecorder.start(server.openAiUrl, directory).use { recorder ->
                client(recorder.url).use { client ->
                    repeat(12) { runBlocking { client.model("openai::m").ask("the same") } }
                }
            }
        }
        ExchangeReplay.start(directory).use { replay ->
            client(replay.url).use { client ->
                assertEquals(List(12) { "$it" }, List(12) { runBlocking { client.model("openai::m").ask("the same") } })
            }
        }
    }

    @Test
    fun `a call that was left before it was answered is left again`() {
        // Expires twice: long enough to record the request before, even on a busy machine.
        fun MusterClient.Builder.hurried() = timeouts(Timeouts.builder().attempt(Duration.ofSeconds(2)).build())
        FakeServer.start().use { server ->
            server.otherwise(FakeReply.hang())
            ExchangeRecorder.start(server.openAiUrl, directory).use { recorder ->
                client(recorder.url) { hurried() }.use {
                    assertThrows<LlmTimeoutException> { runBlocking { it.model("openai::m").ask("x") } }
                }
            }
        }
        assertTrue("\"end\" : \"left\"" in files().values.single(), "${files()}")
        ExchangeReplay.start(directory).use { replay ->
            client(replay.url) { hurried() }.use {
                assertThrows<LlmTimeoutException> { runBlocking { it.model("openai::m").ask("x") } }
            }
        }
    }

    @Test
    fun `what cannot be recorded fails the recorder when it is closed`() {
        val recorder = ExchangeRecorder.start("http://127.0.0.1:1", directory)
        assertThrows<IOException> { Upstream.post(recorder.url + "/x", "{}") }
        assertTrue("Not all" in assertThrows<IllegalStateException> { recorder.close() }.message!!)
        listOf("api.openai.com", "http://no host", "ftp://host", "https:///v1").forEach {
            assertThrows<IllegalArgumentException>(it) { ExchangeRecorder.start(it, directory) }
        }
    }

    @ParameterizedTest
    @ValueSource(
        strings = [
            "{",
            "{}",
            """{"request":{},"response":{"status":200}}""",
            """{"request":{},"response":{"end":"cut"}}""",
        ],
    )
    fun `a file that is no recording is named`(text: String) {
        directory.resolve("odd.json").writeText(text)
        val message = assertThrows<IllegalArgumentException> { ExchangeReplay.start(directory) }.message!!
        assertTrue("odd.json is not a valid recording" in message, message)
    }

    @Test
    fun `what was cut ends in the middle for HTTP as well`() {
        directory.resolve("x-1.json").writeText(
            """
            {"request": {"method": "POST", "path": "/x", "body": {}},
             "response": {"status": 200, "stream": ["data: 1\\n\\n"], "end": "cut"}}
            """.trimIndent(),
        )
        ExchangeReplay.start(directory).use { assertThrows<IOException> { Upstream.post(it.url + "/x", "{}") } }
    }

    @Test
    fun `a stream of many events is played without waits`() {
        val tokens = Array(500) { "t$it " }
        FakeServer.start().use { server ->
            server.otherwise(FakeReply.tokens(*tokens))
            ExchangeRecorder.start(server.openAiUrl, directory).use { recorder ->
                client(recorder.url).use { runBlocking { it.model("openai::m").stream("x").toList() } }
            }
        }
        ExchangeReplay.start(directory).use { replay ->
            client(replay.url).use { client ->
                val start = System.nanoTime()
                val events = runBlocking { client.model("openai::m").stream("x").toList() }
                assertTrue(events.size > 500)
                val millis = (System.nanoTime() - start) / 1_000_000
                assertTrue(millis < 60_000, "it took $millis ms")
            }
        }
    }
}
