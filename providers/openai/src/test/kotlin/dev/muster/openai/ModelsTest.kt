package dev.muster.openai

import dev.muster.chat.ModelId
import dev.muster.chat.ModelInfo
import dev.muster.error.AuthenticationException
import dev.muster.error.MissingApiKeyException
import dev.muster.openai.internal.readModels
import kotlinx.serialization.json.Json
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.time.Instant

/** A10: the models of an endpoint. */
class ModelsTest : Wired() {
    private suspend fun models(provider: String = "openai", key: String? = KEY): List<ModelInfo> =
        client { provider(provider) { it.apiKey(key).baseUrl(url) } }.models(provider)

    private fun read(body: String) = readModels(Json.parseToJsonElement(body), "p")

    @Test
    fun `A10 the list of an endpoint names its models, in both forms`() = blocking {
        server.models("a", "b")
        listOf("openai", "openai-responses", "azure").forEach { provider ->
            val expected = listOf("a", "b").map { ModelId.of(provider, it) }
            val models = models(provider)
            assertEquals(expected, models.map { it.id })
            assertEquals(Instant.parse("2026-01-01T00:00:00Z"), models.first().created)
            assertEquals("GET", server.requests.last().method)
        }
        assertEquals("/openai/v1/models", server.requests.last().path)
    }

    @Test
    fun `A10 C12 a list that does not come is a failure`() = blocking {
        assertEquals(MissingApiKeyException::class.java, failure { models(key = null) }.javaClass)
        assertEquals(0, server.requestCount)
        server.requireKey("another")
        val error = failure { models() }
        assertEquals(AuthenticationException::class.java, error.javaClass)
        assertEquals("openai", error.provider)
    }

    @Test
    fun `A10 what endpoints tell besides is read under each of their names`() {
        val info = ModelInfo.builder(ModelId.of("p", "a/b"))
        val named = ModelInfo.builder(ModelId.of("p", "a/b")).displayName("A b").contextWindow(9).build()
        val full =
            ModelInfo.builder(named.id).displayName("A b").created(Instant.ofEpochSecond(1)).contextWindow(9)
                .maxOutputTokens(3).build()
        val nine = ModelInfo.builder(named.id).contextWindow(9).build()
        val limited = ModelInfo.builder(named.id).contextWindow(9).maxOutputTokens(3).build()
        mapOf(
            """{"id":"a/b","object":"model","created":0,"owned_by":"x"}""" to info.build(),
            """{"id":"a/b","name":"A b","created":1,"context_length":9,"top_provider":{"max_completion_tokens":3}}""" to
                full,
            """{"id":"a/b","context_window":9,"max_completion_tokens":3}""" to limited,
            """{"id":"a/b","name":"a/b","max_context_length":9}""" to nine,
            """{"id":"a/b","display_name":"A b","max_model_len":9.0,"root":null}""" to named,
        ).forEach { (model, expected) ->
            assertEquals(listOf(expected), read("""{"object":"list","data":[$model,{"id":""}]}"""), model)
            assertEquals(listOf(expected), read("[$model]"))
        }
    }

    @Test
    fun `A10 C12 what is no list of models is told apart from an empty one`() {
        assertEquals(emptyList<ModelInfo>(), read("""{"data":[]}"""))
        listOf("{}", "\"x\"", """{"data":{}}""", """{"data":["x"]}""", """[{"id":{}}]""").forEach {
            assertEquals(null, read(it), it)
        }
    }
}
