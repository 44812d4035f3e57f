package dev.muster.samples.kotlin.guide

import dev.muster.MusterClient
import dev.muster.concurrent.OperatorClock
import dev.muster.concurrent.deadline
import dev.muster.error.LlmException
import dev.muster.error.RateLimitedException
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import dev.muster.test.ExchangeRecorder
import dev.muster.test.ExchangeReplay
import dev.muster.test.FakeServerExtension
import dev.muster.test.ScriptedModel
import dev.muster.test.ScriptedReply
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.RegisterExtension
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path
import java.time.Duration
import kotlin.time.Duration.Companion.seconds

/** What docs/testing.md shows: run, not only compiled. */
@OptIn(ExperimentalCoroutinesApi::class)
class TestingTest {
    class Helpdesk(client: MusterClient) {
        private val agent = client.agent { systemPrompt("You are a help desk.") }

        suspend fun answer(question: String): String = try {
            deadline(30.seconds) { agent.ask(question) }
        } catch (_: LlmException) {
            "Please call us."
        }
    }

    private val model = ScriptedModel.create("test::model")

    private fun client() = MusterClient { model(model).defaultModel("test::model") }

    @Test
    fun `it answers`() = runTest {
        model.reply("Turn it off and on.")
        client().use { client ->
            assertEquals("Turn it off and on.", Helpdesk(client).answer("It does not work"))
        }
        assertEquals(listOf("It does not work"), model.prompts)
        assertEquals("You are a help desk.", model.requests.single().messages.first().text)
    }

    @Test
    fun `it asks again and then gives up`() = runTest {
        repeat(3) { model.reply(ScriptedReply.failure(RateLimitedException("Too many requests"))) }
        client().use { client -> assertEquals("Please call us.", Helpdesk(client).answer("Anyone?")) }
        assertEquals(3, model.requests.size)
    }

    @Test
    fun `it waits thirty seconds and no longer`() = runTest {
        model.reply(ScriptedReply.text("Sorry, we were out.").delay(Duration.ofMinutes(5)))
        withContext(OperatorClock(testScheduler.timeSource)) {
            client().use { client -> assertEquals("Please call us.", Helpdesk(client).answer("Anyone?")) }
        }
        assertEquals(30_000, currentTime)
        assertEquals(1, model.cancelled)
    }

    @Test
    fun `it speaks OpenAI`() = runBlocking {
        val server = fake.server()
        server.onPrompt("Hello").replies(FakeReply.status(503), FakeReply.text("Hello yourself"))
        MusterClient { environment(server.environment()).defaultModel("openai::gpt-4o-mini") }.use { client ->
            assertEquals("Hello yourself", Helpdesk(client).answer("Hello"))
        }
        assertEquals("gpt-4o-mini", server.requests.first().model)
    }

    @Test
    fun `it records and replays`(@TempDir directory: Path, server: FakeServer) = runBlocking {
        server.onPrompt("Name a prime").reply(FakeReply.text("7"))
        val realUrl = server.openAiUrl

        // Once, with a key and the provider's own URL:
        ExchangeRecorder.start(realUrl, directory).use { recorder ->
            assertEquals("7", prime(recorder.url, "sk-a-real-key"))
        }
        // From then on:
        ExchangeReplay.start(directory).use { replay ->
            assertEquals("7", prime(replay.url, "none"))
        }
        assertEquals(1, server.requestCount)
    }

    private suspend fun prime(url: String, key: String): String =
        MusterClient { provider("openai") { it.baseUrl(url).apiKey(key) } }.use { client ->
            client.model("openai::gpt-4o-mini").ask("Name a prime")
        }

    companion object {
        @JvmField
        @RegisterExtension
        val fake = FakeServerExtension()
    }
}
