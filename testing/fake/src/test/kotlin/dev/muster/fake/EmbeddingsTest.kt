package dev.muster.fake

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.net.http.HttpResponse

/** Requests with texts to embed. */
class EmbeddingsTest {
    private val server = FakeServer.start()
    private val json = ObjectMapper()

    @AfterEach
    fun close() = server.close()

    @Test
    fun `A21 equal texts have equal vectors of the length that is asked for`() {
        val node = embed("""{"model":"e","input":["a b","c","a b"],"dimensions":3}""")
        val vectors = node.path("embeddings").toList()
        assertEquals(listOf(3, 3, 3), vectors.map { it.size() })
        assertEquals(vectors[0], vectors[2])
        assertTrue(vectors[0] != vectors[1])
        assertEquals(5, node.path("prompt_eval_count").intValue())
        assertEquals(8, embed("""{"model":"e","input":"a"}""").path("embeddings").path(0).size())
        assertEquals(listOf(listOf("a b", "c", "a b"), listOf("a")), server.requests.map { it.inputs })
    }

    @Test
    fun `A21 a script gives vectors, usage, delays and failures`() {
        server.otherwise(FakeReply.embeddings(floatArrayOf(1f, 2f)).usage(7, 0).model("other"))
        val node = embed("""{"model":"e","input":"a"}""")
        assertEquals("[[1.0,2.0]]", node.path("embeddings").toString())
        assertEquals(listOf("7", "other"), listOf("prompt_eval_count", "model").map { node.path(it).asText() })
        server.otherwise(FakeReply.status(503))
        assertTrue(embed("""{"model":"e","input":"a"}""").path("error").asText().startsWith("server busy"))
        server.otherwise(FakeReply.embeddings(floatArrayOf(1f)))
        assertTrue("not a valid reply to a chat" in Wire.ollama(server).body())
    }

    @Test
    fun `A21 what the schema forbids is a 400`() {
        listOf(
            """{"model":"e"}""",
            """{"input":"a"}""",
            """{"model":"e","input":5}""",
            """{"model":"e","input":["a",5]}""",
            """{"model":"e","input":"a","prompt":"a"}""",
            """{"model":"e","input":"a","dimensions":-1}""",
        ).forEach { assertTrue(embed(it).has("error"), it) }
        assertEquals(6, server.rejected)
    }

    private fun embed(body: String): JsonNode {
        val request = Wire.post("${server.ollamaUrl}/api/embed", body)
        return json.readTree(Wire.client.send(request, HttpResponse.BodyHandlers.ofString()).body())
    }
}
