package dev.muster.fake

import com.fasterxml.jackson.databind.ObjectMapper
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration

class ScriptTest {
    private val server = FakeServer.start()
    private val json = ObjectMapper()

    @AfterEach
    fun close() = server.close()

    private fun ask(
        prompt: String = "hello",
        model: String = "gpt-4o",
        more: String = "",
        path: String = "/v1",
    ): String {
        val request = Wire.post("${server.url}$path/chat/completions", Wire.chatBody(prompt, model, more))
        val response = Wire.client.send(request, java.net.http.HttpResponse.BodyHandlers.ofString())
        return json.readTree(response.body()).at("/choices/0/message/content").textValue() ?: "${response.statusCode()}"
    }

    @Test
    fun `a reply is chosen by model, prompt, part of a prompt, path or predicate, else the default`() {
        server.onModel("m").reply(FakeReply.text("by model"))
        server.onPrompt("What is 2+2?").reply(FakeReply.text("4"))
        server.onPromptContaining("joke").reply { FakeReply.text("joke for ${it.model}") }
        server.onPath("/groq").reply(FakeReply.text("by path"))
        server.on { it.maxTokens == 77 }.reply(FakeReply.text("by predicate"))
        assertEquals("by model", ask(model = "m"))
        assertEquals("4", ask("What is 2+2?"))
        assertEquals("You said: What is 2+2", ask("What is 2+2"))
        assertEquals("joke for gpt-4o", ask("tell a joke"))
        assertEquals("by path", ask(path = "/groq/v1"))
        assertEquals("by predicate", ask(more = ""","max_tokens":77"""))
        server.otherwise { FakeReply.text("${it.prompt}!") }
        assertEquals("hello!", ask())
        assertEquals("/groq/v1/chat/completions", server.requests[4].path)
    }

    @Test
    fun `of the rules that match the newest wins`() {
        server.onModel("gpt-4o").reply(FakeReply.text("old"))
        server.onPrompt("hello").reply(FakeReply.text("new"))
        assertEquals("new", ask())
        server.onModel("gpt-4o").and { it.prompt == "other" }.reply(FakeReply.text("newest"))
        assertEquals("new", ask())
        assertEquals("newest", ask("other"))
    }

    @Test
    fun `replies come one after another and the last one repeats`() {
        server.onModel("flaky").replies(
            FakeReply.status(429).retryAfter(Duration.ofMillis(1500)),
            FakeReply.status(500),
            FakeReply.text("ok"),
        )
        assertEquals(listOf("429", "500", "ok", "ok"), List(4) { ask(model = "flaky") })
    }

    @Test
    fun `retry after is in whole seconds or as given`() {
        server.onModel("flaky").replies(
            FakeReply.status(429).retryAfter(Duration.ofMillis(1500)),
            FakeReply.status(503).retryAfter("Wed, 21 Oct 2026 07:28:00 GMT"),
        )
        val headers =
            List(2) { Wire.openAi(server, Wire.chatBody(model = "flaky")).headers().firstValue("retry-after").get() }
        assertEquals(listOf("2", "Wed, 21 Oct 2026 07:28:00 GMT"), headers)
    }

    @Test
    fun `a status has an error body in the provider's form`() {
        server.otherwise(FakeReply.status(400, "context_length_exceeded", "too long"))
        assertEquals(
            """{"error":{"message":"too long","type":"invalid_request_error","param":null,"code":"context_length_exceeded"}}""",
            Wire.openAi(server).body(),
        )
        assertEquals("""{"error":"too long"}""", Wire.ollama(server).body())
        server.otherwise(FakeReply.status(429, "insufficient_quota", "pay"))
        assertEquals("insufficient_quota", json.readTree(Wire.openAi(server).body()).at("/error/type").textValue())
        server.otherwise(FakeReply.status(404))
        assertEquals("model_not_found", json.readTree(Wire.openAi(server).body()).at("/error/code").textValue())
        for (status in listOf(402, 403, 408, 409, 413, 422, 502, 503, 504, 529, 599)) {
            server.otherwise(FakeReply.status(status))
            assertEquals(status, Wire.openAi(server).statusCode())
            assertTrue(json.readTree(Wire.ollama(server).body()).get("error").isTextual)
        }
    }

    @Test
    fun `text is cut to the request's token limit with finish reason length`() {
        val cut = json.readTree(Wire.openAi(server, Wire.chatBody(more = ""","max_completion_tokens":2""")).body())
        assertEquals("You said:", cut.at("/choices/0/message/content").textValue())
        assertEquals("length", cut.at("/choices/0/finish_reason").textValue())
        assertEquals(2, cut.at("/usage/completion_tokens").intValue())
        val ollama = Wire.ollama(server, Wire.chatBody(more = ""","stream":false,"options":{"num_predict":1}"""))
        assertEquals("length", json.readTree(ollama.body()).get("done_reason").textValue())
        server.otherwise(FakeReply.text("one two three").ignoreMaxTokens())
        assertEquals("one two three", ask(more = ""","max_tokens":1"""))
        server.otherwise(FakeReply.tokens("one ", "two"))
        assertEquals("one two", ask(more = ""","max_tokens":1"""))
        server.otherwise(FakeReply.endless("x"))
        assertEquals("xxx", ask(more = ""","max_tokens":3"""))
        assertEquals("500", ask())
    }

    @Test
    fun `a script that throws is a 500 that says so`() {
        server.otherwise { error("no script for ${it.prompt}") }
        val response = Wire.openAi(server)
        assertEquals(500, response.statusCode())
        assertTrue("no script for hello" in response.body())
        assertEquals(500, Wire.ollama(server).statusCode())
    }

    @Test
    fun `finish reason, usage, model, reasoning and refusal are as scripted`() {
        server.otherwise(
            FakeReply.text(
                "four",
            ).reasoning("let me think").finishReason("strange").usage(10, 20, 3, 4).model("m-2026"),
        )
        val openAi = json.readTree(Wire.openAi(server).body())
        assertEquals("let me think", openAi.at("/choices/0/message/reasoning_content").textValue())
        assertEquals("strange", openAi.at("/choices/0/finish_reason").textValue())
        assertEquals("m-2026", openAi.at("/model").textValue())
        assertEquals(30, openAi.at("/usage/total_tokens").intValue())
        assertEquals(3, openAi.at("/usage/prompt_tokens_details/cached_tokens").intValue())
        assertEquals(4, openAi.at("/usage/completion_tokens_details/reasoning_tokens").intValue())
        val ollama = json.readTree(Wire.ollama(server, Wire.chatBody(more = ""","stream":false""")).body())
        assertEquals("let me think", ollama.at("/message/thinking").textValue())
        assertEquals(20, ollama.get("eval_count").intValue())
        server.otherwise(FakeReply.refusal("I cannot").withoutUsage())
        val refused = json.readTree(Wire.openAi(server).body())
        assertEquals("I cannot", refused.at("/choices/0/message/refusal").textValue())
        assertTrue(refused.at("/choices/0/message/content").isNull)
        assertTrue(refused.at("/usage").isMissingNode)
    }

    @Test
    fun `reasoning and refusal are streamed in deltas of their own`() {
        server.otherwise(FakeReply.refusal("I cannot").reasoning("hm hm"))
        val body = Wire.openAi(server, Wire.chatBody(more = ""","stream":true""")).body()
        assertTrue(
            """"delta":{"reasoning_content":"hm"}""" in body && """"delta":{"refusal":" cannot"}""" in body,
            body,
        )
        assertTrue(""""thinking":" hm"""" in Wire.ollama(server).body())
    }

    @Test
    fun `several tool calls are answered whole and streamed in deltas`() {
        server.otherwise(
            FakeReply.toolCalls(
                FakeToolCall("call_1", "weather", """{"city":"Paris"}"""),
                FakeToolCall("call_2", "time", ""),
            ),
        )
        val whole = json.readTree(Wire.openAi(server).body())
        assertEquals("tool_calls", whole.at("/choices/0/finish_reason").textValue())
        assertEquals("call_2", whole.at("/choices/0/message/tool_calls/1/id").textValue())
        assertEquals("""{"city":"Paris"}""", whole.at("/choices/0/message/tool_calls/0/function/arguments").textValue())
        val deltas =
            Wire.openAi(server, Wire.chatBody(more = ""","stream":true""")).body().split("\n\n")
                .map { it.removePrefix("data: ") }.filter { it.startsWith("{") }
                .mapNotNull { json.readTree(it).at("/choices/0/delta/tool_calls/0").takeIf { call -> call.isObject } }
        assertEquals(listOf(0, 0, 0, 1), deltas.map { it.get("index").intValue() })
        assertEquals(
            """{"city":"Paris"}""",
            deltas.filter { it.get("index").intValue() == 0 }
                .joinToString("") { it.at("/function/arguments").textValue() },
        )
        val line = json.readTree(Wire.ollama(server).body().lines().first())
        assertEquals("Paris", line.at("/message/tool_calls/0/function/arguments/city").textValue())
    }

    @Test
    fun `models are listed in both forms`() {
        server.models("a", "b:latest")
        fun get(url: String) = json.readTree(
            Wire.client.send(
                java.net.http.HttpRequest.newBuilder(java.net.URI(url)).header("Authorization", "Bearer k").build(),
                java.net.http.HttpResponse.BodyHandlers.ofString(),
            ).body(),
        )
        assertEquals(
            listOf("a", "b:latest"),
            get("${server.openAiUrl}/models").get("data").map {
                it.get("id").textValue()
            },
        )
        assertEquals(
            listOf("a", "b:latest"),
            get("${server.ollamaUrl}/api/tags").get("models").map { it.get("name").textValue() },
        )
    }

    @Test
    fun `headers are added and replaced`() {
        server.otherwise(FakeReply.text("x").header("X-Request-Id", "mine").header("x-more", "1"))
        val headers = Wire.openAi(server).headers()
        assertEquals(listOf("mine"), headers.allValues("x-request-id"))
        assertEquals(listOf("1"), headers.allValues("x-more"))
    }
}
