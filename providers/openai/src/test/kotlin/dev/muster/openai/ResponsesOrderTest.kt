package dev.muster.openai

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.fake.FakeReply
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** A22: reasoning, text and calls are sent back to the model in their original order. */
class ResponsesOrderTest : ResponsesWired() {
    private val items =
        listOf(
            thought("rs_1", "one"),
            said("First: é😀", "commentary"),
            call("c1"),
            thought("rs_2", null),
            call("c2"),
            said("Then. ", "commentary"),
            said("Done.", "final_answer"),
        )

    private fun thought(id: String, summary: String?): String {
        val told = summary?.let { """{"type":"summary_text","text":"$it"}""" }.orEmpty()
        return """{"type":"reasoning","id":"$id","summary":[$told],"encrypted_content":"ZW5j+$id="}"""
    }

    private fun said(text: String, phase: String?): String {
        val named = phase?.let { ""","phase":"$it"""" }.orEmpty()
        val content = """[{"type":"output_text","text":"$text"}]"""
        return """{"type":"message","id":"msg","role":"assistant"$named,"content":$content}"""
    }

    private fun call(id: String) =
        """{"type":"function_call","id":"fc_$id","call_id":"$id","name":"f","arguments":"{}"}"""

    private fun completed(output: List<String>) =
        """{"type":"response.completed","response":{"status":"completed","output":[${output.joinToString(",")}]}}"""

    private fun done(items: List<String>) = items.mapIndexed { at, item ->
        """{"type":"response.output_item.done","output_index":$at,"item":$item}"""
    }

    /** The events for the text and the reasoning of [items], and for their ends. */
    private fun pieces(items: List<String>) = items.flatMapIndexed { at, item ->
        val isThought = "reasoning" in item
        val type = if (isThought) "reasoning_summary_text" else "output_text"
        Regex("\"text\":\"([^\"]+)\"").findAll(item).map { it.groupValues[1] }.toList().map {
            """{"type":"response.$type.delta","output_index":$at,"delta":"$it"}"""
        } + """{"type":"response.output_item.done","output_index":$at,"item":$item}"""
    }

    /** The assistant items in the next request. */
    private suspend fun sentBack(message: Message): List<String> {
        server.otherwise(FakeReply.text("done"))
        val request = ChatRequest {
            user("q")
            message(message)
            message.toolCalls.forEach { message(Message.tool(it.id, "r")) }
            user("and?")
        }
        model().chat(request)
        val seen = server.requests.last()
        assertEquals(null, seen.rejection)
        return generateSequence(1) { it + 1 }
            .map { seen.field("/input/$it") }
            .takeWhile { it != null && "function_call_output" !in it && "\"user\"" !in it }
            .map { it!! }
            .toList()
    }

    private fun sent(text: String, phase: String?) = """{"type":"message","role":"assistant","content":"$text"""" +
        phase?.let { ""","phase":"$it"""" }.orEmpty() + "}"

    private fun sentCall(id: String) = """{"type":"function_call","call_id":"$id","name":"f","arguments":"{}"}"""

    @Test
    fun `A22 items go back in their order, messages with their phase, however they came`() = blocking {
        val expected =
            listOf(
                items[0],
                sent("First: é😀", "commentary"),
                sentCall("c1"),
                items[3],
                sentCall("c2"),
                sent("Then. ", "commentary"),
                sent("Done.", "final_answer"),
            )
        listOf(
            whole("""{"output":[${items.joinToString(",")}]}"""),
            streamed(*(pieces(items) + completed(items)).toTypedArray()),
            streamed(*(pieces(items) + completed(emptyList())).toTypedArray()),
            streamed(*(done(items) + completed(emptyList())).toTypedArray()),
            streamed(completed(items)),
        ).forEachIndexed { way, response ->
            assertEquals("First: é😀Then. Done.", response.text, "$way")
            assertEquals("one", response.reasoning, "$way")
            assertEquals(listOf("c1", "c2"), response.toolCalls.map { it.id }, "$way")
            assertEquals(expected, sentBack(response.toMessage()), "$way")
        }
    }

    @Test
    fun `A22 without reasoning nothing encrypted is asked for, whatever the phase`() = blocking {
        val response = whole("""{"output":[${said("All.", "final_answer")}]}""")
        assertEquals(listOf(sent("All.", "final_answer")), sentBack(response.toMessage()))
        assertEquals(null, server.requests.last().field("/include"))
        val plain = whole("""{"output":[${said("All.", null)}]}""")
        assertEquals(emptyList<ContentPart>(), plain.reasoningParts)
    }

    @Test
    fun `A22 a phase ends with its message`() = blocking {
        val response = whole("""{"output":[${said("a", "commentary")},${said("b", null)}]}""")
        assertEquals(listOf(sent("a", "commentary"), sent("b", null)), sentBack(response.toMessage()))
    }

    @Test
    fun `A22 a block of reasoning that nothing follows stays away`() = blocking {
        val response: ChatResponse = whole("""{"output":[${call("c1")},${thought("rs_1", "one")}]}""")
        assertEquals(listOf(sentCall("c1")), sentBack(response.toMessage()))
        val parts = whole("""{"output":[${items.joinToString(",")}]}""").reasoningParts
        val shorter = Message.assistant(parts, emptyList())
        val ids = sentBack(shorter).map { Regex("rs_\\d").find(it)?.value }
        assertEquals(listOf("rs_1", "rs_2", null), ids)
    }

    @Test
    fun `A22 blocks that were kept before their places were stand in front`() = blocking {
        val old = ContentPart.Reasoning("one", "rs_1 ZW5j+rs_1=", "openai-responses")
        val message = Message.assistant(listOf(old, ContentPart.Text("a")), listOf(ToolCall("c1", "f", "{}")))
        assertEquals(listOf(items[0], sent("a", null), sentCall("c1")), sentBack(message))
    }

    @Test
    fun `A15 what only the last event tells is told, beside what came before it`() = blocking {
        val reasoned = """{"type":"response.reasoning_summary_text.delta","output_index":0,"delta":"one"}"""
        val begun = """{"type":"response.output_item.done","output_index":1,"item":${call("c1")}}"""
        val output = listOf(thought("rs_1", "one"), call("c1"), said("Hi.", null))
        listOf(listOf(reasoned), listOf(begun), listOf(reasoned, begun), emptyList()).forEach { before ->
            val response = streamed(*(before + completed(output)).toTypedArray())
            assertEquals("Hi.", response.text)
            assertEquals("one", response.reasoning)
            assertEquals(listOf(ToolCall("c1", "f", "{}")), response.toolCalls)
            assertEquals(FinishReason.TOOL_CALLS, response.finishReason)
            assertEquals(listOf("rs_1 ZW5j+rs_1="), response.reasoningParts.map { it.signature })
        }
    }
}
