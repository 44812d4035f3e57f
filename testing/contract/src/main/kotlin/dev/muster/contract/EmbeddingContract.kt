package dev.muster.contract

import dev.muster.embedding.EmbeddingModel
import dev.muster.embedding.EmbeddingRequest
import dev.muster.embedding.EmbeddingResponse
import dev.muster.embedding.embed
import dev.muster.error.AuthenticationException
import dev.muster.error.InvalidRequestException
import dev.muster.error.MalformedResponseException
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeRequest
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/**
 * Embeddings, the same for every API format that has them: one text and many, split to the largest batch with their
 * order kept and their usage summed, the length of the vectors, extra fields, vectors that nobody can use, failures and
 * cancelling. A provider has one subclass for each API format.
 */
public abstract class EmbeddingContract(
    id: String,
    /** The maximum number of texts in one request. */
    private val largestBatch: Int,
    /** Whether the API format reports the tokens of the texts. */
    private val tellsUsage: Boolean,
) : ProviderTest(id) {
    /** The JSON pointer of the extra field `custom` in the body. Default: `/custom`. */
    protected open val extraField: String get() = "/custom"

    private fun embedder(): EmbeddingModel =
        client { provider(id) { it.apiKey(KEY).baseUrl(url) } }.embeddingModel("$id::e")

    @Test
    public fun `A21 one text becomes one vector`(): Unit = blocking {
        server.otherwise(FakeReply.embeddings(floatArrayOf(0.25f, -1f, 1e-7f)).usage(3, 0).model("e-2026"))
        val response = embedder().embed(EmbeddingRequest.of("hello"))
        assertEquals(listOf(0.25f, -1f, 1e-7f), response.embeddings.single().toFloatArray().toList())
        assertEquals(if (tellsUsage) 3L else null, response.usage?.inputTokens)
        assertEquals(id, response.provider)
        val seen = server.requests.single()
        assertEquals(listOf("e", listOf("hello"), null), listOf(seen.model, seen.inputs, seen.rejection))
    }

    @Test
    public fun `A21 many texts are split to the largest batch, in their order, and their usage summed`(): Unit =
        blocking {
            server.otherwise { request -> FakeReply.embeddings(*numbers(request)).usage(5, 0) }
            val texts = List(2 * largestBatch + 1) { "text $it" }
            val response = embedder().embed(EmbeddingRequest.of(texts))
            assertEquals(texts.indices.toList(), response.embeddings.map { it[0].toInt() })
            assertEquals(listOf(1, largestBatch, largestBatch), server.requests.map { it.inputs.size }.sorted())
            assertEquals(if (tellsUsage) 15L else null, response.usage?.inputTokens)
        }

    private fun numbers(request: FakeRequest) =
        request.inputs.map { floatArrayOf(it.substringAfter(' ').toFloat(), 1f) }.toTypedArray()

    @Test
    public fun `A21 the length of the vectors is asked for, and not where it is not set`(): Unit = blocking {
        val embedder = embedder()
        assertEquals(3, embedder.embed(EmbeddingRequest.builder().inputs(listOf("a")).dimensions(3).build()).size())
        embedder.embed("a")
        assertTrue("imension" in server.requests.first().body)
        assertTrue("imension" !in server.requests.last().body, server.requests.last().body)
    }

    private fun EmbeddingResponse.size() = embeddings.single().size

    @Test
    public fun `A20 extra fields of a request for embeddings reach the wire`(): Unit = blocking {
        server.allowFields("custom")
        embedder().embed(EmbeddingRequest.builder().inputs(listOf("a")).extra("custom", listOf(1, null)).build())
        val seen = server.requests.single()
        assertEquals("[1,null]", seen.field(extraField))
        assertEquals(null, seen.rejection)
    }

    @Test
    public fun `A21 a vector too few is malformed, and so is an answer of another form`(): Unit = blocking {
        listOf(FakeReply.embeddings(floatArrayOf(1f)), FakeReply.raw("{}"), FakeReply.raw("[]"), FakeReply.raw("x"))
            .forEach { reply ->
                server.otherwise(reply)
                val error = failure { embedder().embed(listOf("a", "b")) }
                assertEquals(MalformedResponseException::class.java, error.javaClass, error.message)
            }
    }

    @Test
    public fun `A21 a vector that nobody can use is malformed`(): Unit = blocking {
        val good = floatArrayOf(1f, 2f)
        listOf(floatArrayOf(), floatArrayOf(1f), floatArrayOf(1f, Float.NaN), floatArrayOf(Float.POSITIVE_INFINITY, 1f))
            .forEach { bad ->
                server.otherwise(FakeReply.embeddings(good, bad))
                val error = failure { embedder().embed(listOf("a", "b")) }
                assertEquals(MalformedResponseException::class.java, error.javaClass, bad.toList().toString())
            }
        server.otherwise(FakeReply.embeddings(floatArrayOf()))
        assertEquals(MalformedResponseException::class.java, failure { embedder().embed("a") }.javaClass)
    }

    @Test
    public fun `A21 an absurd usage is no usage`(): Unit = blocking {
        listOf(-5, Int.MIN_VALUE).forEach { tokens ->
            server.otherwise(FakeReply.embeddings(floatArrayOf(1f)).usage(tokens, 0))
            assertEquals(null, embedder().embed(EmbeddingRequest.of("a")).usage?.inputTokens)
        }
    }

    @Test
    public fun `A21 what the provider advises about a retry is obeyed`(): Unit = blocking {
        listOf(400 to true, 503 to false).forEach { (status, advised) ->
            server.otherwise(FakeReply.status(status).header("x-should-retry", "$advised"))
            assertEquals(advised, failure { embedder().embed("a") }.isRetryable)
        }
    }

    @Test
    public fun `A21 a failure is typed and shows neither key nor text`(): Unit = blocking {
        val secret = "my private text"
        mapOf(400 to InvalidRequestException::class.java, 401 to AuthenticationException::class.java).forEach {
            server.otherwise(FakeReply.status(it.key, "c", "You, $KEY, asked '$secret'"))
            val error = failure { embedder().embed(secret) }
            assertEquals(it.value, error.javaClass)
            assertEquals(listOf(id, "e", it.key), listOf(error.provider, error.model, error.status))
            assertTrue(KEY !in error.message!! && secret !in error.message!!, error.message)
        }
    }

    @Test
    public fun `A21 cancelling closes every exchange`(): Unit = blocking {
        server.otherwise(FakeReply.hang())
        val job =
            launch(Dispatchers.Default) { embedder().embed(List(largestBatch + 1) { "text $it" }) }
        server.awaitRequests(2, LIMIT)
        job.cancelAndJoin()
        server.awaitDisconnects(2, LIMIT)
    }
}
