package dev.muster.openai

import dev.muster.chat.ChatRequest
import dev.muster.concurrent.gather
import dev.muster.error.MissingApiKeyException
import dev.muster.openai.internal.Preset
import kotlinx.coroutines.flow.collect
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.net.URI

class EndpointsTest : Wired() {
    @Test
    fun `A7 a missing key names its variable and nothing is sent`() = blocking {
        Preset.BY_ID.values.filter { it.spec.needsKey }.forEach { preset ->
            val model = client { provider(preset.id) { it.baseUrl(server.openAiUrl) } }.model("${preset.id}::m")
            listOf(failure { model.ask("hi") }, failure { model.stream("hi").collect() }).forEach {
                assertEquals(MissingApiKeyException::class.java, it.javaClass)
                assertTrue(preset.spec.variables.apiKey.first() in it.message!!, it.message)
                assertEquals(preset.id, it.provider)
            }
        }
        assertEquals(0, server.requestCount)
    }

    @Test
    fun `A7 key and base URL come from the endpoint's variables`() = blocking {
        Preset.BY_ID.values.forEach { preset ->
            val isAzure = preset.id == "azure"
            val environment =
                mapOf(
                    preset.spec.variables.apiKey.first() to "key-of-${preset.id}",
                    preset.spec.variables.baseUrl.single() to "${server.url}/${preset.id}${if (isAzure) "" else "/v1"}",
                )
            client(environment).model("${preset.id}::m").ask("hi")
            val request = server.requests.last()
            val key = if (isAzure) "api-key" to "key-of-azure" else "Authorization" to "Bearer key-of-${preset.id}"
            assertEquals(key.second, request.header(key.first))
            val path = if (preset.dialect.usesResponses) "responses" else "chat/completions"
            assertEquals("/${preset.id}/${if (isAzure) "openai/" else ""}v1/$path", request.path)
        }
    }

    @Test
    fun `A6 A7 Azure takes a resource by its variables, and a deployment for a model`() = blocking {
        server.requireKey("azure-key")
        listOf("", "/", "/openai/v1", "/openai/v1/").forEach { end ->
            val environment =
                mapOf("AZURE_OPENAI_API_KEY" to "azure-key", "AZURE_OPENAI_ENDPOINT" to server.url + end)
            client(environment).model("azure::my-deployment").ask("hi")
            val request = server.requests.last()
            assertEquals("/openai/v1/chat/completions", request.path)
            assertEquals("my-deployment", request.field("/model"))
            assertEquals("azure-key", request.header("api-key"))
            assertEquals(null, request.header("Authorization"))
        }
        val nowhere = client(mapOf("AZURE_OPENAI_API_KEY" to "k"))
        val error = assertThrows(IllegalArgumentException::class.java) { nowhere.model("azure::m") }
        assertTrue("AZURE_OPENAI_ENDPOINT" in error.message!!, error.message)
    }

    @ParameterizedTest
    @CsvSource(
        "openai, https://api.openai.com, https://api.openai.com/v1",
        "openai, https://api.openai.com/v1/, https://api.openai.com/v1",
        "openai, https://api.openai.com/v1/chat/completions, https://api.openai.com/v1",
        "openai, https://api.openai.com/chat/completions, https://api.openai.com/v1",
        "openai-responses, https://api.openai.com/v1/responses, https://api.openai.com/v1",
        "openai, https://gateway.example, https://gateway.example",
        "openai, https://gateway.example/api/v1, https://gateway.example/api/v1",
        "groq, https://api.groq.com/openai, https://api.groq.com/openai/v1",
        "groq, https://API.groq.com, https://API.groq.com/openai/v1",
        "groq, https://api.groq.com/open, https://api.groq.com/open",
        "openrouter, https://openrouter.ai/api, https://openrouter.ai/api/v1",
        "deepseek, https://api.deepseek.com, https://api.deepseek.com",
        "deepseek, https://api.deepseek.com/v1, https://api.deepseek.com/v1",
        "vllm, http://gpu-box:8000, http://gpu-box:8000/v1",
        "vllm, http://gpu-box:8000/vllm, http://gpu-box:8000/vllm",
        "azure, https://r.openai.azure.com, https://r.openai.azure.com/openai/v1",
        "azure, https://r.openai.azure.com/openai, https://r.openai.azure.com/openai/v1",
        "azure, https://r.openai.azure.com/openai/v1/chat/completions, https://r.openai.azure.com/openai/v1",
        "azure, https://r.openai.azure.com/v1, https://r.openai.azure.com/openai/v1",
        "mine, https://gateway.example, https://gateway.example",
        "mine, https://gateway.example/v1/embeddings, https://gateway.example/v1",
    )
    fun `A8 a base URL says neither too much nor too little`(id: String, given: String, root: String) {
        val address = Preset.of(id, "openai").address
        assertEquals(URI(root), address.root(URI(given)))
    }

    @Test
    fun `A6 A8 an endpoint of one's own may speak the form of any known one`() = blocking {
        val own =
            client {
                provider("mine") { it.compatibleWith("openai-responses").apiKey("k").baseUrl(server.openAiUrl) }
                provider("cloud") { it.compatibleWith("azure").apiKey("k").baseUrl(server.url) }
            }
        assertEquals("You said: hi", own.model("mine::m").ask("hi"))
        assertEquals("/v1/responses", server.requests.last().path)
        own.model("cloud::m").ask("hi")
        assertEquals("/openai/v1/chat/completions", server.requests.last().path)
        assertEquals("k", server.requests.last().header("api-key"))
    }

    @Test
    fun `A7 servers that run locally need no key`() = blocking {
        server.allowAnonymous()
        listOf("vllm", "llamacpp", "lmstudio").forEach { id ->
            client { provider(id) { it.baseUrl(server.openAiUrl) } }.model("$id::m").ask("hi")
            assertEquals(null, server.requests.last().header("Authorization"))
        }
    }

    @Test
    fun `A6 A7 local servers are looked for where they listen, with the key they have themselves`() = blocking {
        val urls = listOf("vllm", "llamacpp", "lmstudio").map { Preset.BY_ID.getValue(it).spec.url }
        assertEquals(listOf(8000, 9931, 1234).map { "http://localhost:$it/v1" }, urls)
        val variables = listOf("vllm" to "VLLM_API_KEY", "llamacpp" to "LLAMA_API_KEY", "lmstudio" to "LM_API_TOKEN")
        variables.forEach { (id, variable) ->
            val own = "${id.uppercase()}_BASE_URL" to server.openAiUrl
            client(mapOf(own, variable to "the-servers")).model("$id::m").ask("hi")
            assertEquals("Bearer the-servers", server.requests.last().header("Authorization"))
            val both = mapOf(own, variable to "the-servers", "${id.uppercase()}_API_KEY" to "ours")
            client(both).model("$id::m").ask("hi")
            assertEquals("Bearer ours", server.requests.last().header("Authorization"))
        }
    }

    @Test
    fun `A8 an endpoint of one's own needs its base URL and nothing else`() = blocking {
        server.allowAnonymous()
        val own = client { provider("mine") { it.compatibleWith("openai").baseUrl(server.openAiUrl) } }
        assertEquals("You said: hi", own.model("mine::m").ask("hi"))
        own.model("mine::m").chat(
            ChatRequest {
                user("hi")
                maxTokens(5)
            },
        )
        assertEquals("5", server.requests.last().field("/max_tokens"))
        val nowhere = client { provider("mine") { it.compatibleWith("openai") } }
        assertThrows(IllegalArgumentException::class.java) { nowhere.model("mine::m") }
    }

    @Test
    fun `A8 a header of the user's own replaces the key`() = blocking {
        val client =
            client { provider("openai") { it.baseUrl(server.openAiUrl).header("api-key", "azure") } }
        client.model("openai::m").ask("hi")
        assertEquals("azure", server.requests.single().header("api-key"))
        assertEquals(null, server.requests.single().header("Authorization"))
    }

    @Test
    fun `A9 three ids at once reach three routes with a key each`() = blocking {
        server.holdAll(3)
        val ids = listOf("openai", "groq", "deepseek")
        val client =
            client { ids.forEach { id -> provider(id) { it.apiKey("key-$id").baseUrl("${server.url}/$id/v1") } } }
        gather(ids) { client.model("$it::m").ask("hi") }
        assertEquals(
            ids.map { "/$it/v1/chat/completions" to "Bearer key-$it" }.toSet(),
            server.requests.map { it.path to it.header("Authorization") }.toSet(),
        )
        assertEquals(3, server.peakInFlight)
    }

    @Test
    fun `token limit, seed and stream options go by the endpoint's rules`() = blocking {
        server.allowFields("random_seed")
        val request =
            ChatRequest {
                user("hi")
                maxTokens(5)
                seed(7)
            }
        model(provider = "groq").chat(request)
        assertEquals("5", server.requests.last().field("/max_completion_tokens"))
        model(provider = "deepseek").chat(request)
        assertEquals("5", server.requests.last().field("/max_tokens"))
        model(provider = "mistral").stream(request).collect()
        assertEquals("7", server.requests.last().field("/random_seed"))
        assertEquals(null, server.requests.last().field("/stream_options"))
        model(provider = "openai").stream(request).collect()
        assertEquals("true", server.requests.last().field("/stream_options/include_usage"))
    }

    @Test
    fun `a base URL that is none is refused where the model is made and nothing is sent`() {
        listOf("localhost", "ftp://x", "https://u:p@x").forEach { url ->
            val client = client { provider("openai") { it.apiKey("k").baseUrl(url) } }
            assertThrows(IllegalArgumentException::class.java) { client.model("openai::m") }
        }
    }

    @Test
    fun `every endpoint has an https address or is local`() {
        Preset.BY_ID.values.filter { it.id != "azure" }.forEach { preset ->
            val url = preset.spec.url!!
            val local = url.startsWith("http://localhost:")
            assertEquals(preset.spec.needsKey, !local, preset.id)
            assertTrue(local || url.startsWith("https://"), preset.id)
            assertFalse(url.endsWith("/"), preset.id)
        }
    }
}
