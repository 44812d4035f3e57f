package dev.muster.openai

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.error.IncompleteResponseException
import dev.muster.fake.FakeReply
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** The items of server tools are kept unchanged and sent back in their place. */
class ResponsesOpaqueTest : ResponsesWired() {
    private fun thought(id: String) = """{"type":"reasoning","id":"$id","summary":[],"encrypted_content":"ZQ=="}"""

    private fun said(text: String, annotations: String = "") =
        """{"type":"message","id":"m","content":[{"type":"output_text","text":"$text","annotations":[$annotations]}]}"""

    private fun spoken(text: String) = """{"type":"message","role":"assistant","content":"$text"}"""

    private fun completed(items: List<String>) = """{"type":"response.completed","response":""" +
        """{"status":"completed","output":[${items.joinToString(",")}]}}"""

    private fun done(items: List<String>) =
        items.map { """{"type":"response.output_item.done","item":$it}""" } + completed(emptyList())

    /** The response with [items], in every way in which it can arrive. */
    private suspend fun ways(items: List<String>): List<ChatResponse> = listOf(
        whole("""{"status":"completed","output":[${items.joinToString(",")}]}"""),
        streamed(completed(items)),
        streamed(*done(items).toTypedArray()),
    )

    /** The items after the question in the request that continues [response]. */
    private suspend fun sentBack(response: ChatResponse, vararg results: Message): List<String> {
        server.otherwise(FakeReply.text("ok"))
        model().chat(
            ChatRequest {
                user("q")
                message(response.toMessage())
                results.forEach { message(it) }
                user("and?")
            },
        )
        val seen = server.requests.last()
        assertEquals(null, seen.rejection)
        val items = generateSequence(1) { it + 1 }.map { seen.field("/input/$it") }.takeWhile { it != null }.toList()
        return items.dropLast(1).map { it!! }
    }

    private val search = """{"type":"web_search_call","id":"ws_1","status":"completed","action":{"query":"x"}}"""
    private val code = """{"type":"code_interpreter_call","id":"ci_1","status":"completed","code":"1+1","outputs":[]}"""
    private val listed = """{"type":"mcp_list_tools","id":"l_1","server_label":"s","tools":[]}"""

    @Test
    fun `A22 items of the provider's tools go back in their place, between reasoning and text`() = blocking {
        val items = listOf(
            listed, thought("rs_1"), search, code, thought("rs_2"), search.replace("ws_1", "ws_2"), said("First."),
            search.replace("ws_1", "ws_3"), thought("rs_3"), said("Then."),
        )
        ways(items).forEach { response ->
            assertEquals("First.Then.", response.text)
            assertEquals(
                listOf("mcp_list_tools 0", "$SEARCH 0", "code_interpreter_call 0", "$SEARCH 0", "$SEARCH 6"),
                response.opaqueParts.map { "${it.type} ${it.textBefore}" },
            )
            assertEquals(search, response.opaqueParts[1].json)
            val expected = items.map {
                if ("\"message\"" in it) spoken(if ("First" in it) "First." else "Then.") else it
            }
            assertEquals(expected, sentBack(response))
        }
    }

    @Test
    fun `A22 each kind is kept, and sent where the API takes it`() = blocking {
        val kinds = listOf("file_search_call", "computer_call", "mcp_call", "mcp_approval_request", "local_shell_call")
        kinds.forEach { kind ->
            val item = """{"type":"$kind","id":"i_1","x":{"y":[1,2.5,"é"]}}"""
            ways(listOf(item)).forEach { response ->
                assertEquals(listOf(ContentPart.Opaque(kind, item, "openai-responses")), response.opaqueParts)
                assertEquals("" to FinishReason.STOP, response.text to response.finishReason)
                assertEquals(listOf(item), sentBack(response))
            }
        }
        val foreign = """{"type":"vendor_thing","id":3}"""
        ways(listOf(foreign, said("Hi."))).forEach { response ->
            assertEquals(listOf(foreign), response.opaqueParts.map { it.json })
            assertEquals(listOf(spoken("Hi.")), sentBack(response))
        }
    }

    @Test
    fun `A22 an image goes back without the settings that the API refuses, and only if there is one`() = blocking {
        val image = """{"type":"image_generation_call","id":"ig_1","status":"completed","result":"QUJD","size":"1x1"}"""
        ways(listOf(image)).forEach { response ->
            assertEquals(image, response.opaqueParts.single().json)
            assertEquals(listOf(image.replace(",\"size\":\"1x1\"", "")), sentBack(response))
        }
        val failed = """{"type":"image_generation_call","id":"ig_1","status":"failed","result":null}"""
        assertEquals(listOf(spoken("")), sentBack(ways(listOf(failed)).first()))
    }

    @Test
    fun `A18 an answer without text is not an empty text`() = blocking {
        val image = """{"type":"image_generation_call","id":"ig_1","status":"completed","result":"QUJD"}"""
        server.otherwise(FakeReply.raw("""{"status":"completed","output":[$image]}"""))
        val error = failure { model().ask("Draw.") } as IncompleteResponseException
        assertEquals("image_generation_call", error.response.opaqueParts.single().type)
    }

    @Test
    fun `A18 annotations and other parts of a message are kept`() = blocking {
        val cited = """{"type":"url_citation","start_index":0,"end_index":3,"url":"https://example.org","title":"t"}"""
        ways(listOf(said("Hi."), said("See.", cited))).forEach { response ->
            val part = response.opaqueParts.single()
            assertEquals(ContentPart.Opaque("url_citation", cited, "openai-responses", "Hi.See.".length), part)
            assertEquals(listOf(spoken("Hi.See.")), sentBack(response))
        }
    }

    @Test
    fun `A18 a call of a custom tool has its input as an argument, and goes back as what it was`() = blocking {
        val item = """{"type":"custom_tool_call","id":"i","call_id":"c","name":"sql","input":"select \"a\"\nfrom b"}"""
        val call = ToolCall("c", "sql", """{"input":"select \"a\"\nfrom b"}""")
        val begun = item.replace(Regex("\"input\".*"), "\"input\":\"\"}")
        val pieces = streamed(
            """{"type":"response.output_item.added","item":$begun}""",
            """{"type":"response.custom_tool_call_input.delta","item_id":"i","delta":"select "}""",
            """{"type":"response.custom_tool_call_input.delta","item_id":"i","delta":"\"a\"\nfrom b"}""",
            """{"type":"response.output_item.done","item":$item}""",
            completed(emptyList()),
        )
        (ways(listOf(item)) + pieces).forEach { response ->
            assertEquals(listOf(call), response.toolCalls)
            assertEquals(FinishReason.TOOL_CALLS, response.finishReason)
            val sent = sentBack(response, Message.tool("c", "2 rows"))
            assertEquals(listOf(item, """{"type":"custom_tool_call_output","call_id":"c","output":"2 rows"}"""), sent)
        }
    }

    @Test
    fun `A22 of a message that was changed since, what is left goes back`() = blocking {
        val response = ways(listOf(thought("rs_1"), search, said("Hi."))).first()
        val parts = response.toMessage().content
        server.otherwise(FakeReply.text("ok"))

        suspend fun sent(content: List<ContentPart>): String {
            model().chat(ChatRequest { messages(listOf(Message.user("q"), Message.assistant(content, emptyList()))) })
            return server.requests.last().run { field("/input/1/type") + " " + field("/input/2/type") }
        }
        assertEquals("reasoning message", sent(parts.filter { it !is ContentPart.Opaque }))
        assertEquals("web_search_call message", sent(parts.filter { it !is ContentPart.Reasoning }))
        val foreign = ContentPart.Opaque("web_search_call", search, "anthropic")
        assertEquals("message null", sent(listOf(foreign, ContentPart.Text("Hi."))))
    }

    private companion object {
        const val SEARCH = "web_search_call"
    }
}
