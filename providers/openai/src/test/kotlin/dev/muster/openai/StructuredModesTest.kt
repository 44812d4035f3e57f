package dev.muster.openai

import dev.muster.agent.returning
import dev.muster.chat.ChatRequest
import dev.muster.chat.ResponseFormat
import dev.muster.chat.StructuredOutputMode.INSTRUCTION
import dev.muster.chat.StructuredOutputMode.NATIVE
import dev.muster.chat.StructuredOutputMode.TOOL
import dev.muster.chat.ToolDefinition
import dev.muster.fake.FakeReply
import kotlinx.serialization.Serializable
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** C7: how each endpoint is asked for structured output. */
class StructuredModesTest : Wired() {
    private val tool = ToolDefinition("now", "Tells the time", mapOf("type" to "object"))

    @Test
    fun `C7 each endpoint has its way, alone and beside tools`() {
        val ways = mapOf(
            "openai::gpt-4o-mini" to (NATIVE to NATIVE),
            "openai::gpt-4.1" to (NATIVE to NATIVE),
            "openai::gpt-4-turbo" to (TOOL to TOOL),
            "openai::gpt-3.5-turbo" to (TOOL to TOOL),
            "openai-responses::gpt-5" to (NATIVE to NATIVE),
            "xai::grok-4" to (NATIVE to NATIVE),
            "groq::llama-3.3-70b-versatile" to (TOOL to TOOL),
            "deepseek::deepseek-chat" to (INSTRUCTION to INSTRUCTION),
            "mistral::mistral-large" to (NATIVE to INSTRUCTION),
            "vllm::m" to (NATIVE to INSTRUCTION),
            "llamacpp::m" to (NATIVE to INSTRUCTION),
        )
        ways.forEach { (id, expected) ->
            val (alone, besideTools) = expected
            val model = model(id.substringAfter("::"), provider = id.substringBefore("::"))
            assertEquals(alone, model.structuredOutput(ChatRequest.of("hi")), id)
            assertEquals(besideTools, model.structuredOutput(request(tool)), "$id beside tools")
        }
    }

    @Test
    fun `C7 what strict mode has no words for is sent without it`() = blocking {
        server.otherwise(FakeReply.text("{}"))
        val schemas = listOf(
            mapOf("type" to "object", "additionalProperties" to mapOf("type" to "string")),
            mapOf("type" to "object", "properties" to mapOf("a" to mapOf("oneOf" to listOf(mapOf("type" to "null"))))),
            mapOf("type" to "object", "properties" to mapOf("a" to emptyMap<String, Any?>())),
            mapOf("type" to "object", "properties" to mapOf("a" to true)),
            mapOf("type" to "object", "properties" to mapOf("a" to mapOf("type" to "array", "items" to true))),
            mapOf("type" to "object", "properties" to mapOf("a" to mapOf("anyOf" to listOf(true)))),
            mapOf("type" to "object", "properties" to mapOf("a" to mapOf("type" to listOf("object", "null")))),
        )
        schemas.forEach { schema ->
            model().chat(formed(schema))
            val seen = server.requests.last()
            assertEquals(null, seen.rejection)
            assertEquals("false", seen.field("/response_format/json_schema/strict"))
        }
    }

    @Test
    fun `C7 in strict mode what need not be there may be null, and nothing stands beside a reference`() = blocking {
        server.otherwise(FakeReply.text("{}"))
        val tree = mapOf(
            "type" to "object",
            "properties" to mapOf(
                "name" to mapOf("type" to "string", "default" to "x"),
                "kind" to mapOf("type" to "string", "enum" to listOf("a", "b")),
                "twin" to mapOf("\$ref" to "#/\$defs/Tree", "description" to "its twin"),
            ),
        )
        model().chat(formed(tree + ("\$defs" to mapOf("Tree" to tree))))
        val seen = server.requests.single()
        assertEquals(null, seen.rejection)
        val at = "/response_format/json_schema/schema/properties"
        assertEquals("""["string","null"]""", seen.field("$at/name/type"))
        assertEquals("null", seen.field("$at/kind/anyOf/1/type"))
        assertEquals("#/\$defs/Tree", seen.field("$at/twin/anyOf/0/\$ref"))
        assertEquals("its twin", seen.field("$at/twin/description"))
    }

    @Test
    fun `C7 in strict mode what may be null stays, and what is not to be strict is not touched`() = blocking {
        server.otherwise(FakeReply.text("{}"))
        val schema = mapOf(
            "type" to "object",
            "properties" to mapOf(
                "must" to mapOf("type" to "string"),
                "word" to mapOf("type" to listOf("string", "null")),
                "either" to mapOf("anyOf" to listOf(mapOf("type" to "integer"), mapOf("type" to "null"))),
                "one" to mapOf("anyOf" to listOf(mapOf("type" to "integer"), mapOf("type" to "string"))),
                "list" to mapOf("type" to "array", "items" to mapOf("type" to "object", "properties" to INNER)),
            ),
            "required" to listOf("must"),
        )
        model().chat(formed(schema))
        val strict = server.requests.last()
        assertEquals(null, strict.rejection)
        assertEquals("true", strict.field("/response_format/json_schema/strict"))
        val at = "/response_format/json_schema/schema"
        assertEquals("""["must","word","either","one","list"]""", strict.field("$at/required"))
        assertEquals("""{"type":"string"}""", strict.field("$at/properties/must"))
        assertEquals("""["string","null"]""", strict.field("$at/properties/word/type"))
        assertEquals("""[{"type":"integer"},{"type":"null"}]""", strict.field("$at/properties/either/anyOf"))
        assertEquals("""{"type":"null"}""", strict.field("$at/properties/one/anyOf/2"))
        assertEquals("false", strict.field("$at/properties/list/items/additionalProperties"))
        assertEquals("""["n"]""", strict.field("$at/properties/list/items/required"))
        val loose = ChatRequest {
            user("hi")
            responseFormat(ResponseFormat("note", schema, isStrict = false))
        }
        model().chat(loose)
        assertEquals("false", server.requests.last().field("/response_format/json_schema/strict"))
        assertEquals("""["must"]""", server.requests.last().field("$at/required"))
    }

    @Test
    fun `C7 a model that is told in words answers all the same`() = blocking {
        server.otherwise(FakeReply.text("```json\n{\"text\":\"a\"}\n```"))
        assertEquals("a", model("deepseek-chat", provider = "deepseek").returning<Note>().ask("Note it").text)
        val seen = server.requests.single()
        assertEquals(null, seen.field("/response_format"))
        assertTrue("JSON schema" in seen.messages.first().text, seen.body)
    }

    @Test
    fun `C7 a model that answers by a tool is made to call it`() = blocking {
        server.otherwise(FakeReply.toolCall("c1", "answer", """{"text":"a"}"""))
        assertEquals("a", model("llama", provider = "groq").returning<Note>().ask("Note it").text)
        val seen = server.requests.single()
        assertEquals(null, seen.rejection)
        assertEquals("answer", seen.field("/tool_choice/function/name"))
    }

    private fun request(vararg tools: ToolDefinition) = ChatRequest {
        user("hi")
        tools(tools.asList())
    }

    private fun formed(schema: Map<String, Any?>) = ChatRequest {
        user("hi")
        responseFormat(ResponseFormat("note", schema))
    }

    @Serializable
    data class Note(val text: String)

    private companion object {
        val INNER = mapOf("n" to mapOf("type" to "integer"))
    }
}
