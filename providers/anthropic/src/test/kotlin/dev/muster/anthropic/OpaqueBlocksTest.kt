package dev.muster.anthropic

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeRequest
import kotlinx.coroutines.flow.last
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.security.MessageDigest
import java.util.Base64

/** Blocks of server tools, and other blocks that contain more than text, thinking or a call. */
class OpaqueBlocksTest : Wired() {
    private val cited =
        """{"type":"text","text":"It is 5 degrees.",""" +
            """"citations":[{"type":"web_search_result_location","url":"https://w.example","cited_text":"5 °C"},""" +
            """{"type":"page_location","document_index":0}]}"""

    private val blocks = listOf(
        thinking("first"),
        """{"type":"text","text":"Let me look: é😀"}""",
        """{"type":"server_tool_use","id":"srv1","name":"web_search",""" +
            """"input":{"query":"Oslo \"now\""},"caller":{"type":"direct"}}""",
        """{"type":"web_search_tool_result","tool_use_id":"srv1",""" +
            """"content":[{"type":"web_search_result","url":"https://w.example","encrypted_content":"x=="}]}""",
        thinking("second"),
        """{"type":"server_tool_use","id":"srv2","name":"code_execution","input":{}}""",
        """{"type":"code_execution_tool_result","tool_use_id":"srv2",""" +
            """"content":{"type":"code_execution_result","stdout":"5","return_code":0}}""",
        """{"type":"mcp_tool_use","id":"mcp1","name":"read","server_name":"files","input":{"path":"/a"}}""",
        """{"type":"mcp_tool_result","tool_use_id":"mcp1","is_error":false,""" +
            """"content":[{"type":"text","text":"not said"}]}""",
        """{"type":"redacted_thinking","data":"ZGF0YQ=="}""",
        """{"type":"container_upload","file_id":"file_1"}""",
        cited,
        """{"type":"text","text":" Bring a coat."}""",
        """{"type":"tool_use","id":"t1","name":"f","input":{"a":1}}""",
        """{"type":"web_fetch_tool_result","tool_use_id":"srv0",""" +
            """"content":{"type":"web_fetch_tool_result_error","error_code":"unavailable"}}""",
        """{"type":"tool_use","id":"t2","name":"f","input":{"b":[2]},""" +
            """"caller":{"type":"code_execution_20260120","tool_id":"srv2"}}""",
        """{"type":"bash_code_execution_tool_result","tool_use_id":"srv2","content":{"x":[1,null,"ü"]}}""",
    )

    private val unknown = """{"type":"of_tomorrow","what":{"x":[1,null,"ü"]},"text":"Said too."}"""

    private val kinds = blocks.filter {
        "thinking" !in it && "\"text\":\" " !in it && "Let me" !in it && "\"t1\"" !in it
    }

    /** A block with the signature of the fake server, which refuses any other. */
    private fun thinking(text: String): String {
        val digest = MessageDigest.getInstance("SHA-256").digest(text.toByteArray())
        val signature = Base64.getEncoder().encodeToString("fake signature ".toByteArray() + digest)
        return """{"type":"thinking","thinking":"$text","signature":"$signature"}"""
    }

    private suspend fun whole(content: List<String>, more: String = ""): ChatResponse {
        val body = """{"id":"m","content":${content.joinToString(",", "[", "]")},"stop_reason":"tool_use"$more}"""
        server.otherwise(FakeReply.raw(body))
        return model().chat(ChatRequest.of("q"))
    }

    /** As the API streams it: inputs and texts in pieces, each citation and signature in its own event. */
    private suspend fun streamed(content: List<String>, more: String = ""): ChatResponse {
        val events = mutableListOf("""{"type":"message_start","message":{"id":"m","content":[]}}""")
        content.map { Json.parseToJsonElement(it).jsonObject }.forEachIndexed { at, block ->
            val input = block["input"]
            val pieces = ArrayList<String>()
            if (input != null) pieces += listOf("") + input.toString().chunked(5).map { piece("partial_json", it) }
            val text = (block["text"] as? JsonPrimitive)?.content
            (block["citations"] as? JsonArray)?.forEach { pieces += """{"type":"citations_delta","citation":$it}""" }
            text?.codePoints()?.forEach { pieces += piece("text", String(Character.toChars(it))) }
            val begun = JsonObject(
                block - "citations" + listOfNotNull(
                    ("input" to JsonObject(emptyMap())).takeIf { input != null },
                    ("text" to JsonPrimitive("")).takeIf { text != null },
                ),
            )
            events += """{"type":"content_block_start","index":$at,"content_block":$begun}"""
            pieces.filter { it.isNotEmpty() }
                .forEach { events += """{"type":"content_block_delta","index":$at,"delta":$it}""" }
            events += """{"type":"content_block_stop","index":$at}"""
        }
        events += """{"type":"message_delta","delta":{"stop_reason":"tool_use"$more}}"""
        events += """{"type":"message_stop"}"""
        server.otherwise(FakeReply.raw(200, "text/event-stream", events.joinToString("") { "data: $it\n\n" }))
        return (model().stream(ChatRequest.of("q")).last() as ChatEvent.Finished).response
    }

    private fun piece(field: String, text: String) = """{"type":"x","$field":${JsonPrimitive(text)}}"""
        .replace("\"x\"", if (field == "text") "\"text_delta\"" else "\"input_json_delta\"")

    private suspend fun sentBack(message: Message, vararg after: Message): List<String> {
        server.otherwise(FakeReply.text("done"))
        model().chat(
            ChatRequest {
                user("q")
                message(message)
                message.toolCalls.forEach { message(Message.tool(it.id, "r")) }
                after.forEach { message(it) }
            },
        )
        val seen = server.requests.last()
        assertNull(seen.rejection)
        return contentOf(seen)
    }

    private fun contentOf(request: FakeRequest): List<String> {
        val content = request.field("/messages/1/content")!!
        if (!content.startsWith("[")) return listOf(content)
        return (Json.parseToJsonElement(content) as JsonArray).map { it.toString() }
    }

    @Test
    fun `every block goes back as it came, in its place among text, thinking and calls`() = blocking {
        listOf(whole(blocks), streamed(blocks)).forEach { response ->
            assertEquals("Let me look: é😀It is 5 degrees. Bring a coat.", response.text)
            assertEquals(listOf("t1", "t2"), response.toolCalls.map { it.id })
            assertEquals(ToolCall("t2", "f", """{"b":[2]}"""), response.toolCalls.last())
            assertEquals(kinds, response.opaqueParts.map { it.json })
            assertEquals(setOf("anthropic"), response.opaqueParts.map { it.apiFormat }.toSet())
            assertEquals(
                kinds.map { Json.parseToJsonElement(it).jsonObject["type"] }.toString(),
                "" + response.opaqueParts.map { "\"${it.type}\"" },
            )
            assertEquals(blocks, sentBack(response.toMessage()))
        }
    }

    @Test
    fun `a block knows what stood before it, in both ways`() = blocking {
        listOf(whole(blocks), streamed(blocks)).map { response ->
            response.opaqueParts.map { Triple(it.type, it.textBefore, it.callsBefore) }
        }.forEach { places ->
            assertEquals(Triple("server_tool_use", 16, 0), places.first())
            assertEquals(Triple("text", 16, 0), places.single { it.first == "text" })
            assertEquals(Triple("tool_use", 46, 1), places.single { it.first == "tool_use" })
            assertEquals(Triple("bash_code_execution_tool_result", 46, 2), places.last())
        }
    }

    @Test
    fun `a block of a kind that nobody knows is kept, and its text is told`() = blocking {
        listOf(whole(listOf(unknown)), streamed(listOf(unknown))).forEach { response ->
            assertEquals("Said too.", response.text)
            server.otherwise(FakeReply.text("done"))
            // The fake server does not know it either.
            failure { sentBack(response.toMessage()) }
            assertEquals(listOf(unknown), contentOf(server.requests.last()))
        }
    }

    @Test
    fun `unknown pieces of an unknown block are kept`() = blocking {
        val response = streamed(
            """{"type":"content_block_start","index":0,"content_block":{"type":"compaction","content":null}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"compaction_delta","content":"So "}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"compaction_delta","content":"far.","n":1}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"message_stop"}""",
        )
        assertEquals(
            listOf("""{"type":"compaction","content":"So far.","n":1}"""),
            response.opaqueParts.map {
                it.json
            },
        )
        assertEquals("", response.text)
    }

    @Test
    fun `a message that was changed sends what is left of it`() = blocking {
        val response = whole(blocks.map { it.replace(" Bring a coat.", " Go.") })
        val parts = response.reasoningParts + response.opaqueParts
        val shorter = Message.assistant(parts + ContentPart.Text("Let me look"), response.toolCalls.take(1))
        val expected = blocks.filter { "It is" !in it && "Bring" !in it && "\"t2\"" !in it }
            .map { it.replace("Let me look: é😀", "Let me look") }
        assertEquals(expected, sentBack(shorter))
    }

    @Test
    fun `parts that others have made are left out, and a message of nothing else with them`() = blocking {
        val foreign = ContentPart.Opaque("image", """{"type":"image"}""", "gemini")
        val said = Message.assistant(listOf(foreign, ContentPart.Text("Here.")), emptyList())
        assertEquals(listOf("Here."), sentBack(said, Message.user("so?")))
        assertEquals(listOf("so?"), sentBack(Message.assistant(listOf(foreign), emptyList()), Message.user("so?")))
    }

    @Test
    fun `the mark for the cache stands on the last block, whatever it is`() = blocking {
        val marked = sentBack(whole(blocks).toMessage().cached())
        assertEquals(blocks.dropLast(1), marked.dropLast(1))
        assertTrue(marked.last().endsWith(""","cache_control":{"type":"ephemeral"}}"""), marked.last())
    }

    @Test
    fun `a turn goes on in its container, and another one does not`() = blocking {
        val container = ""","container":{"id":"cont_1","expires_at":"2026-11-28T00:00:00Z"}"""
        listOf(whole(blocks, container), streamed(blocks, container)).forEach { response ->
            assertEquals("container", response.opaqueParts.last().type)
            assertEquals(blocks, sentBack(response.toMessage()))
            assertEquals("cont_1", server.requests.last().field("/container"))
            sentBack(response.toMessage(), Message.user("and?"))
            assertNull(server.requests.last().field("/container"))
        }
    }

    @Test
    fun `a tool of the provider's that was left without its result is not sent to go on from`() = blocking {
        val open = """{"type":"server_tool_use","id":"srv9","name":"web_search","input":{}}"""
        val paused = whole(listOf("""{"type":"text","text":"Let me look."}""", open)).toMessage()
        val abandoned = sentBack(paused, Message.user("Never mind."))
        assertEquals(listOf("Let me look."), abandoned)
        val kept = listOf("""{"type":"text","text":"Let me look."}""", open)
        assertEquals(kept, sentBack(paused))
        val result = """{"type":"web_search_tool_result","tool_use_id":"srv9","content":[]}"""
        val rest = whole(listOf(result, """{"type":"text","text":"Nothing."}""")).toMessage()
        val all = kept + result + """{"type":"text","text":"Nothing."}"""
        assertEquals(all, sentBack(paused, rest, Message.user("and?")))
    }

    @Test
    fun `a paused answer says so, whole and streamed`() = blocking {
        server.otherwise(FakeReply.text("Let me look.").finishReason("pause_turn").block(blocks[2]))
        val whole = model().chat(ChatRequest.of("q"))
        val streamed = (model().stream(ChatRequest.of("q")).last() as ChatEvent.Finished).response
        listOf(whole, streamed).forEach {
            assertEquals(FinishReason.PAUSED, it.finishReason)
            assertEquals("pause_turn", it.rawFinishReason)
            assertEquals(listOf(blocks[2]), it.opaqueParts.map { part -> part.json })
        }
    }
}
