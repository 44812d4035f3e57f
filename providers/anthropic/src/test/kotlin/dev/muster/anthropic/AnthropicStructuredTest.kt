package dev.muster.anthropic

import dev.muster.agent.outputType
import dev.muster.agent.returning
import dev.muster.chat.ChatRequest
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.ResponseFormat
import dev.muster.chat.StructuredOutputMode
import dev.muster.chat.StructuredOutputMode.INSTRUCTION
import dev.muster.chat.StructuredOutputMode.NATIVE
import dev.muster.chat.StructuredOutputMode.TOOL
import dev.muster.contract.StructuredContract
import dev.muster.fake.FakeReply
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonElement
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertAll

/** C7, C9: Anthropic's API format. */
class AnthropicStructuredTest : StructuredContract("anthropic", "/output_config/format/schema") {
    override val url: String get() = server.anthropicUrl
    override val formFields: Map<String, String?> get() = mapOf("/output_config/format/type" to "json_schema")
    override val modeOfMaps: StructuredOutputMode get() = StructuredOutputMode.TOOL

    override fun finishWord(reason: String): String = "max_tokens"

    @Test
    fun `C7 models from before 4,5 answer by a tool, or by words where they think`() {
        val before = listOf(
            "claude-3-7-sonnet-latest",
            "claude-2.1",
            "claude-instant-1.2",
            "claude-sonnet-4",
            "claude-sonnet-4-0",
            "claude-sonnet-4-20250514",
            "claude-opus-4-1",
            "claude-opus-4-1-20250805",
            "claude-opus-4@20250514",
        )
        val since = listOf("claude-sonnet-4-5", "claude-opus-4-5-20251101", "claude-haiku-4-5", "claude-opus-5")
        val thinking = ChatRequest {
            user("hi")
            reasoning(Reasoning.effort(ReasoningEffort.HIGH))
        }
        val unthinking = thinking.toBuilder().reasoning(Reasoning.effort(ReasoningEffort.NONE)).build()
        assertAll(before.map { { assertEquals(listOf(TOOL, INSTRUCTION, TOOL), modes(it, thinking, unthinking), it) } })
        assertAll(since.map { { assertEquals(listOf(NATIVE, NATIVE, NATIVE), modes(it, thinking, unthinking), it) } })
    }

    @Test
    fun `C7 what Anthropic has no words for is asked for by a tool`() {
        val tree = ResponseFormat("tree", outputType<Tree>().schema)
        val map = ResponseFormat("map", outputType<Map<String, Int>>().schema)
        val deep = ResponseFormat("deep", outputType<List<Shelf>>().schema)
        val open = ResponseFormat("open", mapOf("type" to "object"))
        val optional = ResponseFormat("optional", mapOf("type" to listOf("object", "null")))
        val ref = ResponseFormat("ref", outputType<Ref>().schema)
        listOf(tree, map, deep, open, optional).forEach { assertEquals(TOOL, mode(it), it.name) }
        assertEquals(NATIVE, mode(ref))
    }

    @Test
    fun `C7 bounds that Anthropic refuses are left out, at any depth, and objects are closed`() = blocking {
        server.otherwise(FakeReply.text("{}"))
        val bounded = mapOf("type" to "integer", "minimum" to 1, "maximum" to 9, "multipleOf" to 2)
        val text = mapOf("type" to "string", "minLength" to 1, "maxLength" to 9, "enum" to listOf("a"))
        val item = mapOf("type" to "object", "properties" to mapOf("minimum" to bounded))
        val schema = mapOf(
            "type" to "object",
            "properties" to mapOf(
                "list" to mapOf("type" to "array", "items" to item, "maxItems" to 3),
                "either" to mapOf("anyOf" to listOf(text, item)),
            ),
        )
        model("claude-sonnet-4-5").chat(formed(ResponseFormat("f", schema)))
        val closedItem =
            """{"type":"object","properties":{"minimum":{"type":"integer"}},"additionalProperties":false}"""
        assertEquals(
            """{"type":"object","properties":{"list":{"type":"array","items":$closedItem},""" +
                """"either":{"anyOf":[{"type":"string","enum":["a"]},$closedItem]}},"additionalProperties":false}""",
            server.requests.single().field("/output_config/format/schema"),
        )
    }

    @Test
    fun `C7 a property whose schema is no object but true is sent as it is`() = blocking {
        server.otherwise(FakeReply.text("{}"))
        val schema = mapOf("type" to "object", "properties" to mapOf("free" to true))
        model("claude-sonnet-4-5").chat(formed(ResponseFormat("f", schema)))
        assertEquals("true", server.requests.single().field("/output_config/format/schema/properties/free"))
    }

    @Test
    fun `C7 a model that answers by a tool is made to call it`() = blocking {
        server.otherwise(FakeReply.toolCall("c1", "answer", """{"name":"a"}"""))
        assertEquals("a", model("claude-3-5-haiku-latest").returning<Leaf>().ask("Name it").name)
        val seen = server.requests.single()
        assertEquals(null, seen.rejection)
        assertEquals("""{"type":"tool","name":"answer"}""", seen.field("/tool_choice"))
        assertEquals(null, seen.field("/output_config"))
    }

    private fun modes(name: String, vararg more: ChatRequest) =
        (listOf(ChatRequest.of("hi")) + more).map { model(name).structuredOutput(it) }

    private fun mode(format: ResponseFormat) = model("claude-sonnet-4-5").structuredOutput(formed(format))

    private fun formed(format: ResponseFormat) = ChatRequest {
        user("hi")
        responseFormat(format)
    }

    @Serializable
    class Leaf(val name: String)

    @Serializable
    class Tree(val twigs: List<Tree>)

    @Serializable
    class Shelf(val books: Map<String, Leaf>)

    /** A property with this name is not a reference. */
    @Serializable
    class Ref(val properties: Leaf, val more: JsonElement? = null)
}
