package dev.muster.fake

import com.fasterxml.jackson.databind.ObjectMapper
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.net.URI
import java.net.http.HttpRequest
import java.net.http.HttpResponse

/** Requests that a provider would refuse are refused, with the reason in the provider's API format. */
class ValidationTest : Validated() {
    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '^',
        value = [
            """{"messages":[{"role":"user","content":"x"}]}|model|missing_required_parameter""",
            """{"model":"","messages":[{"role":"user","content":"x"}]}|model|invalid_value""",
            """{"model":1,"messages":[{"role":"user","content":"x"}]}|model|invalid_type""",
            """{"model":"m"}|messages|missing_required_parameter""",
            """{"model":"m","messages":[]}|messages|empty_array""",
            """{"model":"m","messages":"x"}|messages|invalid_type""",
            """{"model":"m","messages":[{"role":"robot","content":"x"}]}|messages[0].role|invalid_value""",
            """{"model":"m","messages":[{"content":"x"}]}|messages[0].role|missing_required_parameter""",
            """{"model":"m","messages":[{"role":"user"}]}|messages[0].content|missing_required_parameter""",
            """{"model":"m","messages":[{"role":"user","content":5}]}|messages[0].content|invalid_type""",
            """{"model":"m","messages":[{"role":"user","content":"x","extra":1}]}|messages[0].extra|unknown_parameter""",
            """{"model":"m","messages":[{"role":"user","content":[{"type":"text"}]}]}|messages[0].content[0].text|missing_required_parameter""",
            """{"model":"m","messages":[{"role":"assistant"}]}|messages[0].content|""",
            """{"model":"m","messages":[{"role":"tool","content":"x"}]}|messages[0].tool_call_id|missing_required_parameter""",
            """{"model":"m","messages":[{"role":"tool","content":"x","tool_call_id":"c"}]}|messages[0].role|""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"topK":1}|topK|unknown_parameter""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":0}|max_tokens|integer_below_min_value""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":1.5}|max_tokens|invalid_type""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":2.5}|temperature|decimal_above_max_value""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":-1}|temperature|decimal_below_min_value""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":"hot"}|temperature|invalid_type""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"stream":"yes"}|stream|invalid_type""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"stream_options":{"include_usage":true}}|stream_options|""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"tool_choice":"auto"}|tool_choice|""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a b"}}]}|tools[0].function.name|invalid_value""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"response_format":{"type":"xml"}}|response_format.type|invalid_value""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"stop":["1","2","3","4","5"]}|stop|array_above_max_length""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"metadata":{"k":1}}|metadata.k|invalid_type""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":1,"max_completion_tokens":1}|max_tokens|""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"model":"n"}||""",
            """{"model":"m",||""",
            """[]||invalid_type""",
        ],
    )
    fun `an OpenAI request that the schema forbids is a 400`(body: String, param: String?, code: String?) {
        val response = Wire.openAi(server, body)
        val error = json.readTree(response.body()).get("error")
        assertEquals(400, response.statusCode(), response.body())
        assertEquals(param.orEmpty(), error.get("param").asText("").orEmpty())
        assertEquals(code.orEmpty(), error.get("code").asText("").orEmpty())
        assertEquals("invalid_request_error", error.get("type").textValue())
        assertEquals(error.get("message").textValue(), server.requests.single().rejection)
        assertEquals(1, server.rejected)
    }

    @Test
    fun `an assistant's tool calls must all be answered before the next turn`() {
        val calls =
            """{"role":"assistant","tool_calls":[{"id":"c1","type":"function",""" +
                """"function":{"name":"t","arguments":"{}"}}]}"""
        val user = """{"role":"user","content":"x"}"""
        for (messages in listOf(calls, "$calls,$user")) {
            val response = Wire.openAi(server, """{"model":"m","messages":[$messages]}""")
            assertEquals(400, response.statusCode())
            assertTrue("c1" in response.body())
        }
        val answered = """$calls,{"role":"tool","tool_call_id":"c1","content":"r"}"""
        assertEquals(200, Wire.openAi(server, """{"model":"m","messages":[$answered,$user]}""").statusCode())
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '^',
        value = [
            """{"messages":[{"role":"user","content":"x"}]}|Missing required parameter: 'model'.""",
            """{"model":"m","messages":[]}|Invalid 'messages': expected an array with at least 1 element, got 0.""",
            """{"model":"m","messages":[{"role":"developer","content":"x"}]}|Invalid value: "developer". Supported values are: 'system', 'user', 'assistant', 'tool'.""",
            """{"model":"m","messages":[{"role":"user","content":["x"]}]}|Invalid type for 'messages[0].content': expected a string, but got array instead.""",
            """{"model":"m","messages":[{"role":"tool","content":"x"}]}|messages[0]: a tool message must follow the call it answers""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":5}|Unknown parameter: 'max_tokens'.""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"options":{"temp":1}}|Unknown parameter: 'options.temp'.""",
            """{"model":"m","messages":[{"role":"user","content":"x"}],"think":"hard"}|Invalid value: 'hard'. Supported values are: 'low', 'medium', 'high', 'max'.""",
        ],
    )
    fun `an Ollama request that the documentation forbids is a 400`(body: String, reason: String) {
        val response = Wire.ollama(server, body)
        assertEquals(400, response.statusCode())
        assertEquals(reason, json.readTree(response.body()).get("error").textValue())
    }

    @Test
    fun `a rich request passes in both forms`() {
        val openAi =
            """{"model":"m","messages":[{"role":"developer","content":"d"},{"role":"user","name":"n","content":[""" +
                """{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"data:image/png;base64,aGk=",""" +
                """"detail":"low"}}]}],""" +
                """"temperature":0,"top_p":1,"seed":-1,"stop":"x","n":1,"user":"u","logit_bias":{"1":-100},""" +
                """"response_format":{"type":"json_schema","json_schema":{"name":"s","strict":true,""" +
                """"schema":{"type":"object","properties":{},"required":[],"additionalProperties":false}}},""" +
                """"tools":[{"type":"function","function":{"name":"t","parameters":{}}}],"tool_choice":""" +
                """{"type":"function","function":{"name":"t"}},"parallel_tool_calls":false,"reasoning_effort":"low"""" +
                ""","metadata":{"a":"b"},"logprobs":true,"top_logprobs":2,"max_completion_tokens":5,"store":null}"""
        assertEquals(200, Wire.openAi(server, openAi).statusCode(), Wire.openAi(server, openAi).body())
        val ollama =
            """{"model":"m","messages":[{"role":"user","content":"x","images":["aGk="]},""" +
                """{"role":"assistant","content":"","thinking":"t",""" +
                """"tool_calls":[{"function":{"name":"t","arguments":{}}}]},""" +
                """{"role":"tool","tool_name":"t","content":"r"}],"think":true,"format":{"type":"object"},""" +
                """"options":{"temperature":0.5,"num_predict":-1,"stop":["x"]},"keep_alive":"5m","stream":false,""" +
                """"tools":[{"type":"function","function":{"name":"t","description":"d","parameters":{}}}]}"""
        assertEquals(200, Wire.ollama(server, ollama).statusCode(), Wire.ollama(server, ollama).body())
    }

    @Test
    fun `a field that a test allows passes`() {
        server.allowFields("top_k", "min_p")
        assertEquals(200, Wire.openAi(server, Wire.chatBody(more = ""","top_k":5""")).statusCode())
        assertEquals(400, Wire.openAi(server, Wire.chatBody(more = ""","top_a":5""")).statusCode())
    }

    @Test
    fun `keys are wanted and compared as the provider does`() {
        fun status(url: String, vararg headers: String) = Wire.client.send(
            Wire.post(url, Wire.chatBody(), *headers),
            HttpResponse.BodyHandlers.ofString(),
        ).statusCode()
        val openAi = "${server.openAiUrl}/chat/completions"
        val ollama = "${server.ollamaUrl}/api/chat"
        assertEquals(401, status(openAi, "X", "1"))
        assertEquals(401, status(openAi, "Authorization", "Bearer "))
        assertEquals(200, status(openAi, "api-key", "azure"))
        assertEquals(200, status(ollama, "X", "1"))
        server.requireKey("right")
        assertEquals(401, status(openAi, "Authorization", "Bearer wrong"))
        assertEquals(200, status(openAi, "Authorization", "Bearer right"))
        assertEquals(401, status(ollama, "X", "1"))
        assertTrue("invalid_api_key" in Wire.openAi(server).body())
        server.reset()
        server.allowAnonymous()
        assertEquals(200, status(openAi, "X", "1"))
    }

    @ParameterizedTest
    @CsvSource(
        "/v1/chat/completions, 200",
        "/groq/v1/chat/completions, 200",
        "/azure/openai/v1/chat/completions, 200",
        "/chat/completions, 404",
        "/v1/v1/chat/completions, 404",
        "//v1/chat/completions, 404",
        "/v2/chat/completions, 404",
        "/v1beta/openai/v1/chat/completions, 404",
        "/v1/chat/completions/chat/completions, 404",
        "/responses, 404",
        "/embeddings, 404",
        "/messages, 404",
        "/v1/v1/messages, 404",
        "/models/m:generateContent, 404",
        "/v1beta/v1beta/models/m:generateContent, 404",
        "/v2/models/m:generateContent, 404",
        "/v1beta/models/models/m:generateContent, 404",
        "/api/chat, 200",
        "/ollama/api/chat, 200",
        "/chat, 404",
        "/api/api/chat, 404",
        "/v1/api/chat, 404",
        "/embed, 404",
    )
    fun `a version that is missing, doubled or another's is a 404 in the provider's form`(path: String, status: Int) {
        val response =
            Wire.client.send(Wire.post(server.url + path, Wire.chatBody()), HttpResponse.BodyHandlers.ofString())
        assertEquals(status, response.statusCode(), response.body())
        if (status == 200) return
        val error = ObjectMapper().readTree(response.body()).path("error")
        val form =
            when {
                error.isTextual -> "ollama"
                error.has("status") -> "gemini"
                error.has("param") -> "openai"
                else -> "anthropic"
            }
        val expected =
            when {
                "messages" in path -> "anthropic"
                ":generate" in path -> "gemini"
                path.endsWith("/chat") || path.endsWith("/embed") -> "ollama"
                else -> "openai"
            }
        assertEquals(expected, form, response.body())
        assertTrue(path in response.body(), response.body())
    }

    @Test
    fun `a list of models at a wrong place is a 404`() {
        fun status(path: String, vararg headers: String): Int {
            val request = HttpRequest.newBuilder(URI(server.url + path)).headers(*headers).build()
            return Wire.client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode()
        }
        val openAi = arrayOf("Authorization", "Bearer k")
        val anthropic = arrayOf("x-api-key", "k", "anthropic-version", "2023-06-01")
        val gemini = arrayOf("x-goog-api-key", "k")
        listOf("/v1/models" to openAi, "/v1/models" to anthropic, "/v1beta/models" to gemini, "/api/tags" to openAi)
            .forEach { (path, headers) ->
                val method = path.substring(path.lastIndexOf('/'))
                assertEquals(200, status(path, *headers), path)
                assertEquals(200, status("/team$path", *headers), path)
                assertEquals(404, status(method, *headers), method)
                assertEquals(404, status(path.removeSuffix(method) + path, *headers), path)
            }
    }

    @Test
    fun `an unknown path is a 404 and a wrong method a 405`() {
        fun status(path: String, method: String) = RawClient(server).use { client ->
            client.send("$method $path HTTP/1.1\r\n\r\n").readUntil("\r\n\r\n")
            client.text.substringAfter(' ').substringBefore(' ').toInt()
        }
        assertEquals(404, status("/v1/nothing", "GET"))
        assertEquals(405, status("/v1/chat/completions", "GET"))
        assertEquals(405, status("/api/tags", "DELETE"))
        assertEquals(3, server.rejected)
    }
}
