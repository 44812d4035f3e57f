package dev.muster.openai

import dev.muster.embedding.Embedding
import dev.muster.embedding.EmbeddingModel
import dev.muster.embedding.EmbeddingRequest
import dev.muster.embedding.embed
import dev.muster.error.MalformedResponseException
import dev.muster.error.MissingApiKeyException
import dev.muster.error.RateLimitedException
import dev.muster.fake.FakeReply
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test

/** A21: requests to OpenAI's embeddings endpoint, and its real responses. */
class EmbeddingsTest : Wired() {
    private fun embedder(provider: String = "openai", key: String? = KEY): EmbeddingModel =
        client { provider(provider) { it.apiKey(key).baseUrl(url) } }.embeddingModel("$provider::e")

    private suspend fun answered(body: String): List<Embedding> {
        server.otherwise(FakeReply.raw(body))
        return embedder().embed(EmbeddingRequest.of(listOf("a", "b"))).embeddings
    }

    @Test
    fun `A21 texts become vectors, asked for in base 64 where that is known, with model and usage`() = blocking {
        server.otherwise(FakeReply.embeddings(floatArrayOf(0.5f, -1f), floatArrayOf(3f, 4f)).usage(7, 0).model("e-2"))
        mapOf("openai" to "base64", "openai-responses" to "base64", "azure" to "base64", "together" to null).forEach {
            val response = embedder(it.key).embed(EmbeddingRequest.of(listOf("one", "two")))
            val expected = listOf(Embedding(floatArrayOf(0.5f, -1f)), Embedding(floatArrayOf(3f, 4f)))
            assertEquals(expected, response.embeddings)
            assertEquals(listOf(7L, 7L), response.usage!!.run { listOf(inputTokens, totalTokens) })
            assertEquals(listOf(it.key, "e-2"), listOf(response.provider, response.model))
            val seen = server.requests.last()
            assertEquals(it.value, seen.field("/encoding_format"))
            assertEquals(listOf("one", "two"), seen.inputs)
            assertEquals("e", seen.field("/model"))
        }
    }

    @Test
    fun `A21 many texts are split by the provider's batch, in order, and their usage summed`() = blocking {
        val texts = (0 until 5_000).map { "t$it" }
        val response = embedder().embed(EmbeddingRequest.of(texts))
        assertEquals(3, server.requestCount)
        assertEquals(listOf(2048, 2048, 904), server.requests.map { it.inputs.size }.sortedDescending())
        assertEquals(5_000L, response.usage!!.inputTokens)
        val alone = embedder().embed(listOf("t0", "t2048", "t4999"))
        assertEquals(listOf(0, 2048, 4999).map { response.embeddings[it] }, alone)
    }

    @Test
    fun `A21 texts that have too many tokens together are split before they are too many texts`() = blocking {
        // At most 300,000 tokens: 30 texts of 20,000 characters, 15 in another script. A larger text is sent alone.
        val long = List(70) { "$it ".repeat(10_000).take(20_000) }
        val response = embedder().embed(EmbeddingRequest.of(long))
        assertEquals(listOf(30, 30, 10), server.requests.map { it.inputs.size }.sortedDescending())
        assertEquals(70, response.embeddings.size)
        assertEquals(embedder().embed(long[69]), response.embeddings[69])
        val sent = server.requestCount
        val others = listOf("b") + List(16) { "語".repeat(10_000) } + listOf("x".repeat(700_000), "a")
        assertEquals(19, embedder().embed(others).size)
        assertEquals(listOf(15, 2, 1, 1), server.requests.drop(sent).map { it.inputs.size }.sortedDescending())
        embedder("together").embed(long)
        assertEquals(70, server.requests.last().inputs.size)
    }

    @Test
    fun `A21 the length of the vectors and fields of one's own are sent under the endpoint's names`() = blocking {
        val request = EmbeddingRequest.builder().inputs(listOf("x")).dimensions(3).extra("user", "u").build()
        assertEquals(3, embedder().embed(request).embeddings.single().size)
        assertEquals("u", server.requests.last().field("/user"))
        server.allowFields("output_dimension")
        embedder("mistral").embed(request)
        assertEquals(listOf("3", null), listOf("/output_dimension", "/dimensions").map(server.requests.last()::field))
    }

    @Test
    fun `A21 vectors are put in the order of their index, as numbers or in base 64`() = blocking {
        val a = Embedding(floatArrayOf(1f))
        val b = Embedding(floatArrayOf(2f))
        listOf(
            """{"data":[{"index":1,"embedding":[2]},{"index":0,"embedding":[1.0]}]}""",
            """{"data":[{"index":1,"embedding":"AAAAQA=="},{"index":0,"embedding":"AACAPw=="}]}""",
            """{"data":[{"embedding":[1]},{"embedding":[2]}],"usage":null}""",
            """{"data":[{"index":"1","embedding":[2]},{"index":0.0,"embedding":[1.0]}]}""",
        ).forEach { assertEquals(listOf(a, b), answered(it), it) }
    }

    @Test
    fun `A21 C12 a vector that is missing or is none is malformed`() = blocking {
        listOf(
            """{"data":[{"index":0,"embedding":[1]}]}""",
            """{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[2]}]}""",
            """{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":["x"]}]}""",
            """{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":"!"}]}""",
            """{"data":[{"index":0,"embedding":[1]},{"index":1}]}""",
            """{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":["1"]}]}""",
            """{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1e39]}]}""",
            """{"data":[{"index":0,"embedding":"AACAPw=="},{"index":1,"embedding":""}]}""",
            """{"data":[{"index":0,"embedding":"AACAPw=="},{"index":1,"embedding":"AADAfw=="}]}""",
            """{"data":[{"index":0,"embedding":"AACAPw=="},{"index":1,"embedding":"AACAPwAAgD8="}]}""",
            """{"object":"list"}""",
            "<html>",
        ).forEach { body ->
            val error = failure { answered(body) }
            assertEquals(MalformedResponseException::class.java, error.javaClass, body)
            assertEquals(listOf("openai", "e"), listOf(error.provider, error.model))
        }
    }

    @Test
    fun `A21 C12 failures are those of a chat`() = blocking {
        server.otherwise(FakeReply.status(429))
        assertEquals(RateLimitedException::class.java, failure { embedder().embed("x") }.javaClass)
        assertEquals(MissingApiKeyException::class.java, failure { embedder(key = null).embed("x") }.javaClass)
        assertEquals(1, server.requestCount)
    }

    @Test
    fun `A21 a provider without embeddings says so where the model is made`() {
        assertThrows(IllegalArgumentException::class.java) { embedder("deepseek") }
    }
}
