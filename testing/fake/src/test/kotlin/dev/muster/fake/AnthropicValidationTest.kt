package dev.muster.fake

import dev.muster.fake.internal.wire.signatureOf
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

/** Requests that Anthropic would refuse are refused, with the reason in its API format. */
class AnthropicValidationTest : Validated() {
    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '^',
        value = [
            """{"max_tokens":9,"messages":[{"role":"user","content":"x"}]}|model: Field required""",
            """{"model":"m","messages":[{"role":"user","content":"x"}]}|max_tokens: Field required""",
            """{"model":"m","max_tokens":9}|messages: Field required""",
            """{"model":"m","max_tokens":-1,"messages":[{"role":"user","content":"x"}]}|max_tokens: """,
            """{"model":"m","max_tokens":"9","messages":[{"role":"user","content":"x"}]}|max_tokens: """,
            """{"model":"m","max_tokens":9,"messages":[]}|messages: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"system","content":"x"}]}|messages.0.role: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"tool","content":"x"}]}|messages.0.role: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":""}]}|messages.0.content: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[]}]}|messages.0.content: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user"}]}|messages.0.content: Field required""",
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":""}]}]}|messages.0.content.0.text: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"text":"x"}]}]}|messages.0.content.0.type: Field required""",
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"tool_use","id":"c","name":"t","input":{}}]}]}|messages.0.content.0.type: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x","name":"n"}]}|messages.0.name: Extra inputs are not permitted""",
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/bmp","data":"x"}}]}]}|messages.0.content.0.source.media_type: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"no base 64"}}]}]}|messages.0.content.0.source.data: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"data:image/png;base64,aGk="}}]}]}|messages.0.content.0.source.url: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"text/plain","data":"aGk="}}]}]}|messages.0.content.0.source.media_type: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral","ttl":"2h"}}]}]}|messages.0.content.0.cache_control.ttl: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"thinking","thinking":"t"}]}]}|messages.1.content.0.signature: Field required""",
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"}]}]}|messages.1.content.0: Invalid `signature` in `thinking` block""",
            """{"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":"x"}]}|messages: first message must use the "user" role""",
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"max_completion_tokens":5}|max_completion_tokens: Extra inputs are not permitted""",
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"seed":5}|seed: Extra inputs are not permitted""",
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"temperature":1.5}|temperature: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"stop_sequences":"END"}|stop_sequences: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"system":5}|system: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"thinking":{"type":"enabled"}}|thinking.budget_tokens: Field required""",
            """{"model":"m","max_tokens":2000,"messages":[{"role":"user","content":"x"}],"thinking":{"type":"enabled","budget_tokens":2000}}|`max_tokens` must be greater""",
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"tools":[{"name":"t"}]}|tools.0.input_schema: Field required""",
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"tools":[{"name":"t","input_schema":{}}]}|tools.0.input_schema.type: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"tools":[{"name":"a b","input_schema":{"type":"object"}}]}|tools.0.name: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"t"}}]}|tools.0.type: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"tool_choice":{"type":"auto"}}|tool_choice: """,
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"output_config":{"effort":"huge"}}|output_config.effort: """,
            """{"model":"m",||""",
        ],
    )
    fun `an Anthropic request that the schema forbids is a 400`(body: String, start: String?) {
        val response = Wire.anthropic(server, body)
        assertEquals(400, response.statusCode(), response.body())
        val node = json.readTree(response.body())
        assertEquals("error", node.get("type").textValue())
        assertEquals("invalid_request_error", node.at("/error/type").textValue())
        val message = node.at("/error/message").textValue()
        assertTrue(message.startsWith(start.orEmpty()), message)
        assertEquals(message, server.requests.single().rejection)
    }

    @Test
    fun `a rich request passes`() {
        val blocks =
            """{"type":"text","text":"x","cache_control":{"type":"ephemeral","ttl":"1h"}},""" +
                """{"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGk="}},""" +
                """{"type":"document","source":{"type":"url","url":"https://x.example/a.pdf"},"title":"t"}"""
        val said =
            """{"type":"thinking","thinking":"t","signature":"${signatureOf(
                "t",
            )}"},{"type":"redacted_thinking","data":"d"},""" +
                """{"type":"text","text":"x"},{"type":"tool_use","id":"c1","name":"t","input":{}},""" +
                """{"type":"tool_use","id":"c2","name":"t","input":{"a":1}}"""
        val results =
            """{"type":"tool_result","tool_use_id":"c2","content":[{"type":"text","text":"r2"}],"is_error":true},""" +
                """{"type":"tool_result","tool_use_id":"c1"},{"type":"text","text":"so?"}"""
        val body =
            """{"model":"m","max_tokens":2000,"messages":[{"role":"user","content":[$blocks]},""" +
                """{"role":"assistant","content":[$said]},{"role":"user","content":[$results]},""" +
                """{"role":"user","content":"again"},{"role":"assistant","content":"The answer is"}],""" +
                """"system":[{"type":"text","text":"s1"},{"type":"text","text":"s2"}],"temperature":1,"top_p":0.5,""" +
                """"top_k":5,"stop_sequences":["END"],"stream":false,"metadata":{"user_id":"u"},""" +
                """"thinking":{"type":"enabled","budget_tokens":1024},"service_tier":"auto",""" +
                """"output_config":{"effort":"low","format":{"type":"json_schema","schema":{}}},""" +
                """"tools":[{"name":"t","description":"d","input_schema":{"type":"object"},"strict":true},""" +
                """{"type":"web_search_20250305","name":"web_search","max_uses":2}],""" +
                """"tool_choice":{"type":"tool","name":"t","disable_parallel_tool_use":true}}"""
        val response = Wire.anthropic(server, body)
        assertEquals(200, response.statusCode(), response.body())
        assertEquals(
            listOf(
                "system: s1",
                "system: s2",
                "user: x",
                "assistant: x",
                "tool: r2",
                "tool: ",
                "user: so?",
                "user: again",
                "assistant: The answer is",
            ),
            server.requests.single().messages.map { it.toString() },
        )
    }

    @Test
    fun `all results of a round stand at the start of the very next message`() {
        val user = """{"role":"user","content":"x"}"""
        val calls =
            """{"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"t","input":{}},""" +
                """{"type":"tool_use","id":"c2","name":"t","input":{}}]}"""
        val r1 = """{"type":"tool_result","tool_use_id":"c1","content":"r"}"""
        val r2 = """{"type":"tool_result","tool_use_id":"c2","content":"r"}"""
        val text = """{"type":"text","text":"t"}"""

        fun results(vararg blocks: String) = """{"role":"user","content":[${blocks.joinToString()}]}"""

        fun answer(vararg messages: String) =
            Wire.anthropic(server, """{"model":"m","max_tokens":9,"messages":[${messages.joinToString()}]}""")
        assertEquals(200, answer(user, calls, results(r1, r2)).statusCode())
        assertEquals(200, answer(user, calls, results(r2, r1, text)).statusCode())
        val wrong =
            mapOf(
                listOf(user, calls) to "c1, c2",
                listOf(user, calls, user) to "c1, c2",
                listOf(user, calls, results(r1), results(r2)) to "c2",
                listOf(user, calls, user, results(r1, r2)) to "c1, c2",
                listOf(user, results(r1)) to "unexpected `tool_use_id` found in `tool_result` blocks: c1",
                listOf(user, calls, results(r1, text, r2)) to "must come before",
            )
        wrong.forEach { (messages, words) ->
            val response = answer(*messages.toTypedArray())
            assertEquals(400, response.statusCode(), "$messages")
            assertTrue(words in response.body(), response.body())
        }
    }

    @Test
    fun `key and version are wanted as headers`() {
        fun answer(vararg headers: String): Pair<Int, String> {
            val response = Wire.anthropic(server, Wire.anthropicBody(), *headers)
            val error = json.readTree(response.body()).path("error")
            return response.statusCode() to error.path("type").asText() + " " + error.path("message").asText()
        }
        val version = arrayOf("anthropic-version", "2023-06-01")
        assertEquals(401, answer(*version).first)
        assertTrue(answer(*version).second.startsWith("authentication_error "))
        val missing = answer("x-api-key", "k")
        assertEquals(400 to "invalid_request_error anthropic-version: header is required", missing)
        assertEquals(400, answer("x-api-key", "k", "anthropic-version", "2030-01-01").first)
        assertEquals(200, answer("x-api-key", "k", *version).first)
        assertEquals(200, answer("Authorization", "Bearer k", *version).first)
        server.requireKey("another")
        assertEquals(401, answer("x-api-key", "k", *version).first)
        server.reset()
        server.allowAnonymous()
        assertEquals(200, answer(*version).first)
    }

    @Test
    fun `the newest version of the API takes no sampling parameters`() {
        val body = Wire.anthropicBody(more = ""","temperature":1.0""")
        val key = arrayOf("x-api-key", "k")
        assertEquals(200, Wire.anthropic(server, body, *key, "anthropic-version", "2023-06-01").statusCode())
        val refused = Wire.anthropic(server, body, *key, "anthropic-version", "2026-10-21")
        assertEquals(400, refused.statusCode())
        assertTrue("temperature: Extra inputs are not permitted" in refused.body(), refused.body())
    }

    @Test
    fun `codes that every form knows come in Anthropic's types and words`() {
        mapOf(
            FakeReply.status(400, "context_length_exceeded", "m") to
                "invalid_request_error: prompt is too long: 250000 tokens > 200000 maximum: m",
            FakeReply.status(429, "insufficient_quota", "m") to "billing_error: m",
            FakeReply.status(401, "invalid_api_key", "m") to "authentication_error: m",
            FakeReply.status(404, "model_not_found", "m") to "not_found_error: m",
            FakeReply.status(418, "teapot_error", "m") to "teapot_error: m",
            FakeReply.status(529) to "overloaded_error: Overloaded",
            FakeReply.status(500) to "api_error: Internal server error",
            FakeReply.status(418) to "invalid_request_error: The request is invalid.",
        ).forEach { (reply, expected) ->
            server.otherwise(reply)
            val error = json.readTree(Wire.anthropic(server).body()).path("error")
            assertEquals(expected, error.path("type").asText() + ": " + error.path("message").asText())
        }
    }
}
