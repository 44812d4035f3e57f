package dev.muster.samples.tests

import dev.muster.MusterClient
import dev.muster.error.LlmException
import dev.muster.error.MissingApiKeyException
import dev.muster.http.HttpAnswer
import dev.muster.http.HttpCall
import dev.muster.http.HttpTransport
import dev.muster.network.NetworkSettings
import dev.muster.provider.ModelProvider
import dev.muster.resilience.RetryPolicy
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import java.io.IOException
import java.time.Duration
import java.util.ServiceLoader

/** Compares the table of docs/providers.md with the providers. */
class ProviderTableTest {
    private val rows = Tables.rows("docs/providers.md", "## All of them").map(::Row)
    private val providers = ServiceLoader.load(ModelProvider::class.java).toList()

    private class Row(cells: List<String>) {
        val id = Tables.names(cells[0]).single()
        val artifact = Tables.names(cells[1]).single()
        val url = Tables.names(cells[2]).singleOrNull()
        val keys = Tables.names(cells[3])
        val needsKey = "not needed" !in cells[3]
        val urlVariable = Tables.names(cells[4]).single()
    }

    @Test
    fun `the table has all providers`() {
        assertEquals(providers.flatMap { it.ids }.toSet(), rows.map { it.id }.toSet())
    }

    @TestFactory
    fun `each provider is where the table says, with the variables that it says`(): List<DynamicTest> =
        rows.map { row -> DynamicTest.dynamicTest(row.id) { assertIsAsSaid(row) } }

    private fun assertIsAsSaid(row: Row) {
        val provider = providers.single { row.id in it.ids }
        assertEquals("muster-" + provider.javaClass.packageName.substringAfterLast('.'), row.artifact)
        assertEquals(row.keys, provider.variables(row.id).apiKey)
        assertEquals(listOf(row.urlVariable), provider.variables(row.id).baseUrl)
        row.keys.forEach { key ->
            val own = sent(row.id, mapOf(key to "the-key", row.urlVariable to "http://localhost:1/own"))
            assertTrue("${own.url}".startsWith("http://localhost:1/own/"), "$own")
            assertTrue(own.headers.values.any { "the-key" in it }, "${row.id} $key")
            row.url?.let { url -> assertTrue("${sent(row.id, mapOf(key to "the-key")).url}".startsWith(url), url) }
        }
        val without = { sent(row.id, mapOf(row.urlVariable to "http://localhost:1/own")) }
        if (row.needsKey) assertThrows(MissingApiKeyException::class.java) { without() } else without()
    }

    @Test
    fun `the key is read when the client first gives a model of its provider`() {
        val environment = HashMap<String, String>()
        val recorder = Recorder()
        client(environment, recorder).use { client ->
            environment["OPENAI_API_KEY"] = "first"
            val model = client.model("openai::m")
            environment["OPENAI_API_KEY"] = "second"
            listOf(model, client.model("openai::n")).forEach {
                assertThrows(LlmException::class.java) { runBlocking { it.ask("Hi") } }
            }
        }
        assertEquals(listOf("Bearer first", "Bearer first"), recorder.calls.map { it.headers["Authorization"] })
    }

    /** Returns the first request that a chat with a model of [id] sends. */
    private fun sent(id: String, environment: Map<String, String>): HttpCall {
        val recorder = Recorder()
        client(environment, recorder).use { client ->
            try {
                runBlocking { client.model("$id::m").ask("Hi") }
            } catch (e: LlmException) {
                if (recorder.calls.isEmpty()) throw e
            }
        }
        return recorder.calls.first()
    }

    private fun client(environment: Map<String, String>, transport: Recorder): MusterClient = MusterClient {
        environment(environment).transport(transport).retry(RetryPolicy.NONE)
    }

    /** Records requests and never answers. */
    internal class Recorder : HttpTransport {
        val calls = ArrayList<HttpCall>()
        override val openExchanges = 0
        override val network: NetworkSettings? = null

        override suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T {
            calls += request
            throw IOException("recorded")
        }

        override fun close() = Unit

        override fun awaitClosed(timeout: Duration) = true
    }
}
