package dev.muster.fake

import com.fasterxml.jackson.databind.JsonNode
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.net.URI
import java.net.http.HttpRequest
import java.net.http.HttpResponse

/** Requests that Google would refuse are refused, with the reason in its API format. */
class GeminiValidationTest : Validated() {
    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '^',
        value = [
            """{}|* GenerateContentRequest.contents: contents is not specified""",
            """{"contents":[]}|* GenerateContentRequest.contents: contents must not be empty.""",
            """{"contents":{"parts":[{"text":"x"}]}}|Invalid value at 'contents': """,
            """{"contents":[{"parts":[]}]}|* GenerateContentRequest.contents[0].parts: """,
            """{"contents":[{"role":"user"}]}|* GenerateContentRequest.contents[0].parts: parts is not specified""",
            """{"contents":[{"role":"assistant","parts":[{"text":"x"}]}]}|Invalid value at 'contents[0].role': """,
            """{"contents":[{"role":"user","parts":[{"text":5}]}]}|Invalid value at 'contents[0].parts[0].text': """,
            """{"contents":[{"role":"user","parts":[{}]}]}|* GenerateContentRequest.contents[0].parts[0]: required oneof""",
            """{"contents":[{"role":"user","parts":[{"text":"x","inlineData":{"mimeType":"a/b","data":"aGk="}}]}]}|Invalid value at 'contents[0].parts[0]': """,
            """{"contents":[{"role":"user","parts":[{"type":"text","text":"x"}]}]}|Invalid JSON payload received. Unknown name "type" at 'contents[0].parts[0]': Cannot find field.""",
            """{"contents":[{"role":"user","parts":[{"inlineData":{"data":"aGk="}}]}]}|* GenerateContentRequest.contents[0].parts[0].inline_data.mime_type: """,
            """{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"a/b","data":"?"}}]}]}|Invalid value at 'contents[0].parts[0].inline_data.data': """,
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"max_tokens":5}|Invalid JSON payload received. Unknown name "max_tokens": Cannot find field.""",
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"system_instruction":{"parts":[{"text":"x"}]}}|Invalid JSON payload received. Unknown name "system_instruction": Cannot find field.""",
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"systemInstruction":"x"}|Invalid value at 'system_instruction': """,
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"generationConfig":{"maxTokens":5}}|Invalid JSON payload received. Unknown name "maxTokens" at 'generation_config': Cannot find field.""",
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"generationConfig":{"temperature":2.5}}|Invalid value at 'generation_config.temperature': """,
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"generationConfig":{"maxOutputTokens":"5"}}|Invalid value at 'generation_config.max_output_tokens': """,
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"generationConfig":{"stopSequences":["1","2","3","4","5","6"]}}|Invalid value at 'generation_config.stop_sequences': """,
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"generationConfig":{"thinkingConfig":{"thinkingLevel":"HUGE"}}}|Invalid value at 'generation_config.thinking_config.thinking_level': """,
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW","thinkingBudget":5}}}|You can only set one of thinking budget and thinking level.""",
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"generationConfig":{"responseJsonSchema":{}}}|* GenerateContentRequest.generation_config: """,
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{}]}]}|* GenerateContentRequest.tools[0].function_declarations[0].name: """,
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{"name":"a b"}]}]}|Invalid value at 'tools[0].function_declarations[0].name': """,
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{"name":"t","parameters":{"type":"object","additionalProperties":false}}]}]}|Invalid JSON payload received. Unknown name "additionalProperties" at 'tools[0].function_declarations[0].parameters': """,
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{"name":"t","parameters":{},"parametersJsonSchema":{}}]}]}|* GenerateContentRequest.tools: """,
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"tools":[{"type":"function","name":"t"}]}|Invalid JSON payload received. Unknown name "type" at 'tools[0]': """,
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"toolConfig":{"functionCallingConfig":{"mode":"AUTO","allowedFunctionNames":["t"]}}}|* GenerateContentRequest.tool_config: """,
            """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT"}]}|* GenerateContentRequest.safety_settings[0].threshold: """,
            """{"contents":||""",
        ],
    )
    fun `a Gemini request that the schema forbids is a 400`(body: String, start: String?) {
        val response = Wire.gemini(server, body)
        assertEquals(400, response.statusCode(), response.body())
        val error = json.readTree(response.body()).path("error")
        assertEquals(400, error.path("code").intValue())
        assertEquals("INVALID_ARGUMENT", error.path("status").textValue())
        val message = error.path("message").textValue()
        assertTrue(message.startsWith(start.orEmpty()), message)
        assertEquals(message, server.requests.single().rejection)
    }

    @Test
    fun `a rich request passes`() {
        val parts =
            """{"text":"x"},{"inlineData":{"mimeType":"image/png","data":"aGk="}},""" +
                """{"fileData":{"fileUri":"https://x.example/a.pdf","mimeType":"application/pdf"}}"""
        val said =
            """{"text":"hm","thought":true},{"text":"y","thoughtSignature":"c2ln"},""" +
                """{"functionCall":{"id":"c1","name":"t","args":{"a":1}},"thoughtSignature":"c2ln"},""" +
                """{"functionCall":{"name":"now"}}"""
        val results =
            """{"functionResponse":{"name":"now","response":{"output":"noon"}}},""" +
                """{"functionResponse":{"id":"c1","name":"t","response":{"rain":true}}}"""
        val body =
            """{"contents":[{"role":"user","parts":[$parts]},{"role":"model","parts":[$said]},""" +
                """{"role":"user","parts":[$results]},{"role":"user","parts":[{"text":"so?"}]}],""" +
                """"systemInstruction":{"role":"user","parts":[{"text":"s1"},{"text":"s2"}]},""" +
                """"tools":[{"functionDeclarations":[{"name":"t","description":"d","parametersJsonSchema":{}},""" +
                """{"name":"now","parameters":{"type":"OBJECT","properties":{"z":{"type":"string",""" +
                """"minLength":"1"}}}}]},{"googleSearch":{}}],""" +
                """"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["t"]}},""" +
                """"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}],""" +
                """"generationConfig":{"candidateCount":1,"stopSequences":["END"],"maxOutputTokens":9,""" +
                """"temperature":1,"topP":0.5,"topK":5,"seed":-7,""" +
                """"responseMimeType":"application/json","responseJsonSchema":{"type":"object"},""" +
                """"responseModalities":["TEXT"],"thinkingConfig":{"includeThoughts":true,"thinkingBudget":-1}},""" +
                """"cachedContent":"cachedContents/1","serviceTier":"flex","store":false}"""
        val response = Wire.gemini(server, body)
        assertEquals(200, response.statusCode(), response.body())
        val request = server.requests.single()
        assertEquals(
            listOf(
                "system: s1",
                "system: s2",
                "user: x",
                "assistant: y",
                "tool: noon",
                "tool: {\"rain\":true}",
                "user: so?",
            ),
            request.messages.map { it.toString() },
        )
        assertEquals(listOf(null, "c1"), request.messages.filter { it.role == "tool" }.map { it.toolCallId })
        assertEquals(listOf("t", "now"), request.tools)
        assertEquals(9, request.maxTokens)
        assertEquals("gemini", request.model)
    }

    @Test
    fun `all results of a round stand in the very next turn and are no more than its calls`() {
        val user = """{"role":"user","parts":[{"text":"x"}]}"""

        fun call(id: String) = """{"functionCall":{"id":"$id","name":"t","args":{}}}"""

        fun result(id: String, name: String = "t") =
            """{"functionResponse":{"id":"$id","name":"$name","response":{"output":"r"}}}"""

        fun turn(role: String, vararg parts: String) = """{"role":"$role","parts":[${parts.joinToString()}]}"""

        fun answer(vararg turns: String) = Wire.gemini(server, """{"contents":[${turns.joinToString()}]}""")
        val calls = turn("model", call("c1"), call("c2"))
        assertEquals(200, answer(user, calls, turn("user", result("c1"), result("c2"))).statusCode())
        assertEquals(200, answer(user, calls, turn("user", result("c2"), result("c1"))).statusCode())
        val wrong =
            mapOf(
                listOf(calls, turn("user", result("c1"), result("c2"))) to "immediately after a user turn",
                listOf(user, turn("model", """{"text":"hm"}"""), calls) to "immediately after a user turn",
                listOf(turn("model", """{"text":"hm"}""")) to "single turn requests end with a user role",
                listOf(user, turn("user", call("c1"))) to "in a turn of the model",
                listOf(user, calls) to "followed by its function responses",
                listOf(user, calls, user) to "number of function response parts",
                listOf(user, calls, turn("user", result("c1"))) to "number of function response parts",
                listOf(user, calls, turn("user", result("c1")), turn("user", result("c2"))) to "number of function",
                listOf(user, turn("user", result("c1"))) to "immediately after a function call turn",
                listOf(user, calls, turn("user", result("c1"), result("c3"))) to "names its function call",
                listOf(user, calls, turn("user", result("c1"), result("c2", "u"))) to "names its function call",
            )
        wrong.forEach { (turns, words) ->
            val response = answer(*turns.toTypedArray())
            assertEquals(400, response.statusCode(), "$turns")
            assertTrue(words in response.body(), response.body())
        }
    }

    @Test
    fun `the key is wanted as a header, and a stream as events`() {
        fun status(vararg headers: String) = Wire.gemini(server, headers = headers).statusCode()
        assertEquals(403, status("x-other", "k"))
        assertEquals(200, status("x-goog-api-key", "k"))
        assertEquals(200, status("Authorization", "Bearer k"))
        server.requireKey("another")
        assertEquals(400, status("x-goog-api-key", "k"))
        val reason = "/error/details/0/reason"
        assertEquals("API_KEY_INVALID", json.readTree(Wire.gemini(server).body()).at(reason).textValue())
        server.reset()
        server.allowAnonymous()
        assertEquals(200, status("x-other", "k"))
        assertEquals(400, Wire.gemini(server, method = "streamGenerateContent").statusCode())
        assertEquals(200, Wire.gemini(server, method = "streamGenerateContent?alt=sse").statusCode())
        assertEquals(404, Wire.gemini(server, method = "countTokens").statusCode())
        assertEquals(404, Wire.gemini(server, method = "generate").statusCode())
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '^',
        value = [
            """batchEmbedContents|{"requests":[]}|* EmbedContentRequest.requests: requests must not be empty.""",
            """batchEmbedContents|{"content":{"parts":[{"text":"x"}]}}|Invalid JSON payload received. Unknown name "content": """,
            """batchEmbedContents|{"requests":[{"content":{"parts":[{"text":"x"}]}}]}|* EmbedContentRequest.requests[0].model: """,
            """batchEmbedContents|{"requests":[{"model":"models/gemini"}]}|* EmbedContentRequest.requests[0].content: """,
            """batchEmbedContents|{"requests":[{"model":"models/other","content":{"parts":[{"text":"x"}]}}]}|* EmbedContentRequest.requests[0].model: it must name the model of the batch""",
            """embedContent|{"content":{"parts":[{"text":"x"}]},"dimensions":5}|Invalid JSON payload received. Unknown name "dimensions": """,
            """embedContent|{"content":{"parts":[{"text":"x"}]},"outputDimensionality":0}|Invalid value at 'output_dimensionality': """,
            """embedContent|{"content":{"parts":[{"text":"x"}]},"taskType":"SLEEP"}|Invalid value at 'task_type': """,
            """embedContent|{"requests":[]}|Invalid JSON payload received. Unknown name "requests": """,
        ],
    )
    fun `A21 a request for embeddings that the schema forbids is a 400`(method: String, body: String, start: String) {
        val response = Wire.gemini(server, body, method)
        assertEquals(400, response.statusCode(), response.body())
        val message = json.readTree(response.body()).at("/error/message").textValue()
        assertTrue(message.startsWith(start), message)
    }

    @Test
    fun `A21 a batch has a hundred requests at most`() {
        fun status(count: Int): Int {
            val each = """{"model":"models/gemini","content":{"parts":[{"text":"x"}]}}"""
            return Wire.gemini(
                server,
                """{"requests":[${List(count) {
                    each
                }.joinToString()}]}""",
                "batchEmbedContents",
            )
                .statusCode()
        }
        assertEquals(listOf(200, 400), listOf(status(100), status(101)))
    }

    @Test
    fun `A10 pages of models are of the size that is asked for and begin where their token says`() {
        server.models("a", "b", "c")

        fun list(query: String): JsonNode {
            val request =
                HttpRequest.newBuilder(URI("${server.geminiUrl}/v1beta/models?$query")).header("x-goog-api-key", "k")
            return json.readTree(Wire.client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body())
        }

        fun names(page: JsonNode) = page.path("models").map { it.path("name").asText().removePrefix("models/") }
        val first = list("pageSize=2")
        assertEquals(listOf("a", "b"), names(first))
        val token = first.path("nextPageToken").textValue()
        assertEquals(listOf("c"), names(list("pageSize=2&pageToken=$token")))
        assertFalse(list("pageSize=2&pageToken=$token").has("nextPageToken"))
        assertEquals(listOf("a", "b", "c"), names(list("")))
        listOf("pageSize=x", "pageToken=x", "limit=2").forEach {
            assertEquals(400, list(it).at("/error/code").asInt(), it)
        }
    }

    @Test
    fun `A22 a signature stands on the first call of a tool, else at the end, and is wanted back`() {
        val call = """{"functionCall":{"id":"c1","name":"t","args":{}}"""
        val user = """{"role":"user","parts":[{"text":"x"}]}"""
        val result = """{"role":"user","parts":[{"functionResponse":{"id":"c1","name":"t","response":{}}}]}"""

        fun answered(more: String) =
            Wire.gemini(server, """{"contents":[$user,{"role":"model","parts":[$call$more}]},$result]}""").statusCode()

        fun parts(): JsonNode = json.readTree(Wire.gemini(server).body()).at("/candidates/0/content/parts")
        assertEquals(200, answered(""))
        server.onPrompt("hello").reply(FakeReply.toolCall("c1", "t", "{}").encryptedReasoning("c2ln"))
        assertEquals("c2ln", parts().path(0).path("thoughtSignature").textValue())
        assertEquals(400, answered(""))
        assertEquals(400, answered(""","thoughtSignature":"b3RoZXI=""""))
        assertEquals(200, answered(""","thoughtSignature":"c2ln""""))
        server.onPrompt("hello").reply(FakeReply.text("a b").encryptedReasoning("c2ln"))
        assertEquals("c2ln", parts().last().path("thoughtSignature").textValue())
        val stream = Wire.gemini(server, method = "streamGenerateContent?alt=sse").body().trim().lines()
        val last = json.readTree(stream.last().removePrefix("data:")).at("/candidates/0/content/parts/0")
        assertEquals("c2ln", last.path("thoughtSignature").textValue())
        assertEquals(1, stream.count { "thoughtSignature" in it })
    }

    @Test
    fun `a stream says the prompt's tokens from the start and ends with its finish reason`() {
        server.otherwise(FakeReply.text("one two").usage(7, 2))
        val events =
            Wire.gemini(server, method = "streamGenerateContent?alt=sse").body().lines().filter { it.isNotEmpty() }
                .map { json.readTree(it.removePrefix("data:")) }
        assertEquals(listOf("one", " two", ""), events.map { it.at("/candidates/0/content/parts/0/text").asText() })
        assertEquals(listOf("", "", "STOP"), events.map { it.at("/candidates/0/finishReason").asText() })
        assertEquals(listOf(7, 7, 7), events.map { it.at("/usageMetadata/promptTokenCount").intValue() })
        assertFalse(events[1].path("usageMetadata").has("candidatesTokenCount"))
        assertEquals(2, events[2].at("/usageMetadata/candidatesTokenCount").intValue())
    }

    @Test
    fun `codes that every form knows come in Google's words`() {
        val tooLong = "The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).: m"
        mapOf(
            FakeReply.status(400, "context_length_exceeded", "m") to "400 INVALID_ARGUMENT: $tooLong",
            FakeReply.status(429, "insufficient_quota", "m") to "429 RESOURCE_EXHAUSTED: m",
            FakeReply.status(404, "model_not_found", "m") to "404 NOT_FOUND: m",
            FakeReply.status(418, "TEAPOT", "m") to "418 TEAPOT: m",
            FakeReply.status(503) to "503 UNAVAILABLE: The model is overloaded. Please try again later.",
            FakeReply.status(502) to "502 INTERNAL: An internal error has occurred. Please retry.",
            FakeReply.status(418) to "418 UNKNOWN: The request failed.",
        ).forEach { (reply, expected) ->
            server.otherwise(reply)
            val error = json.readTree(Wire.gemini(server).body()).path("error")
            val said = listOf(error.path("code").asText(), error.path("status").asText()).joinToString(" ")
            assertEquals(expected, said + ": " + error.path("message").asText())
        }
    }
}
