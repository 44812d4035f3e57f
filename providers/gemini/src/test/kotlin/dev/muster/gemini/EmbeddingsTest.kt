package dev.muster.gemini

import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.chat.Usage
import dev.muster.embedding.Embedding
import dev.muster.embedding.EmbeddingModel
import dev.muster.embedding.EmbeddingRequest
import dev.muster.embedding.embed
import dev.muster.error.AuthenticationException
import dev.muster.error.InvalidRequestException
import dev.muster.error.MalformedResponseException
import dev.muster.error.ProviderException
import dev.muster.fake.FakeReply
import dev.muster.fake.RawServer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Embeddings and the list of models. */
class EmbeddingsTest : Wired() {
    private fun embedder(name: String = "e"): EmbeddingModel =
        client { provider("gemini") { it.apiKey(KEY).baseUrl(url) } }.embeddingModel("gemini::$name")

    private suspend fun models(): List<ModelInfo> =
        client { provider("gemini") { it.apiKey(KEY).baseUrl(url) } }.models("gemini")

    @Test
    fun `A21 texts, length and extra fields are in each request of a batch`() = blocking {
        val request =
            EmbeddingRequest
                .builder()
                .inputs(listOf("one", "two"))
                .dimensions(4)
                .extra("taskType", "CLUSTERING")
                .build()
        val response = embedder().embed(request)
        val seen = server.requests.single()
        assertEquals("/v1beta/models/e:batchEmbedContents", seen.path)
        assertEquals(
            """{"requests":[""" +
                """{"model":"models/e","content":{"parts":[{"text":"one"}]},"outputDimensionality":4,""" +
                """"taskType":"CLUSTERING"},""" +
                """{"model":"models/e","content":{"parts":[{"text":"two"}]},"outputDimensionality":4,""" +
                """"taskType":"CLUSTERING"}]}""",
            seen.body,
        )
        assertEquals(listOf(4, 4), response.embeddings.map { it.size })
        assertEquals(Usage(2, null), response.usage)
        assertEquals(listOf("e", "gemini"), listOf(response.model, response.provider))
    }

    @Test
    fun `A21 vectors are what was sent, and a usage that was not sent is null`() = blocking {
        server.otherwise(FakeReply.embeddings(floatArrayOf(0.5f, -1f, 1e-7f)).withoutUsage())
        val response = embedder().embed(EmbeddingRequest.of("x"))
        assertEquals(listOf(Embedding(floatArrayOf(0.5f, -1f, 1e-7f))), response.embeddings)
        assertEquals(null, response.usage)
    }

    @Test
    fun `A21 250 texts are three batches of a hundred at most, in order`() = blocking {
        val texts = (1..250).map { "text $it" }
        val vectors = embedder().embed(texts)
        assertEquals(listOf(50, 100, 100), server.requests.map { it.inputs.size }.sorted())
        assertEquals(250, vectors.distinct().size)
        assertEquals(vectors[137], embedder().embed("text 138"))
    }

    @Test
    fun `A21 fewer vectors than texts, none, or no JSON is malformed`() = blocking {
        listOf(
            FakeReply.embeddings(floatArrayOf(1f)),
            FakeReply.raw("{}"),
            FakeReply.raw("""{"embeddings":[{"values":[1]},{"shape":[2]}]}"""),
            FakeReply.raw("""{"embeddings":[{"values":[1]},{"values":["1"]}]}"""),
            FakeReply.raw("""{"embeddings":[{"values":[1]},{"values":[null]}]}"""),
            FakeReply.raw("<html>"),
        ).forEach {
            server.otherwise(it)
            val error = failure { embedder().embed(listOf("my neighbour", "b")) }
            assertEquals(MalformedResponseException::class.java, error.javaClass)
            assertFalse("neighbour" in error.message!!)
        }
    }

    @Test
    fun `A21 failures have their class and keep the texts to themselves`() = blocking {
        server.otherwise(FakeReply.status(503, "UNAVAILABLE", "No room for my neighbour here"))
        val error = failure { embedder().embed("my neighbour") }
        assertEquals(ProviderException::class.java, error.javaClass)
        assertFalse("neighbour" in error.message!!, error.message)
        server.otherwise(FakeReply.raw("""{"error":{"code":403,"message":"m","status":"PERMISSION_DENIED"}}"""))
        assertEquals(AuthenticationException::class.java, failure { embedder().embed("x") }.javaClass)
        val wrong = EmbeddingRequest.builder().inputs(listOf("x")).extra("dimensions", 3).build()
        val refused = failure { embedder().embed(wrong) }
        assertEquals(InvalidRequestException::class.java, refused.javaClass)
        assertTrue("\"dimensions\"" in refused.message!!, refused.message)
    }

    @Test
    fun `A10 all pages of models come, with their names and limits`() = blocking {
        val names = (1..2345).map { "model-$it" }
        server.models(*names.toTypedArray())
        val models = models()
        assertEquals(names, models.map { it.id.model })
        assertEquals(
            ModelInfo.builder(ModelId.of("gemini", "model-1")).displayName("model-1").contextWindow(1_048_576)
                .maxOutputTokens(65_536).build(),
            models.first(),
        )
        assertEquals(3, server.requestCount)
        assertEquals(setOf("/v1beta/models"), server.requests.map { it.path }.toSet())
        assertEquals(KEY, server.requests.last().header("x-goog-api-key"))
        assertFalse(server.requests.any { KEY in it.query })
    }

    @Test
    fun `A10 a list that never ends is malformed`() = blocking {
        listOf(
            """{"models":[{"name":"models/a"}],"nextPageToken":"again"}""",
            """{"models":[],"nextPageToken":"again"}""",
        ).forEach { page ->
            RawServer { socket, _ ->
                readRequest(socket)
                write(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${page.length}\r\n\r\n$page")
            }.use { endless ->
                val client = client { provider("gemini") { it.apiKey(KEY).baseUrl(endless.url) } }
                val error = failure { client.models("gemini") }
                assertEquals(MalformedResponseException::class.java, error.javaClass, page)
                assertEquals(2, endless.requests.size)
            }
        }
    }

    @Test
    fun `A10 a list that fails says so`() = blocking {
        server.requireKey("another")
        val error = failure { models() }
        assertEquals(AuthenticationException::class.java, error.javaClass)
        assertEquals("API_KEY_INVALID", error.code)
    }
}
