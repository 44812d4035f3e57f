package dev.muster.anthropic

import dev.muster.agent.ChatAgent
import dev.muster.agent.tool
import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import dev.muster.chat.Usage
import dev.muster.error.LlmException
import dev.muster.error.MalformedResponseException
import dev.muster.error.ProviderException
import dev.muster.fake.FakeReply
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Responses of gateways and other servers with Anthropic's API format. */
class WireKindsTest : Wired() {
    private val oslo = ToolCall("a", "weather", """{"city":"Oslo"}""")
    private val rome = ToolCall("b", "time", """{"city":"Rome"}""")

    @Test
    fun `what is neither text nor call may have any form, whole and streamed`() = blocking {
        val text = """[{"type":"text","text":"Hello"}]"""
        mapOf(
            message(text, "\"id\":77,\"model\":3") to "77",
            message("\"Hello\"", "\"id\":\"m7\"") to "m7",
            message("[\"Hel\",null,{\"text\":\"lo\"}]", "\"id\":\"m7\"") to "m7",
            message("""{"type":"text","text":"Hello"}""", "\"id\":{\"x\":1}") to null,
            message(text, "\"id\":[],\"model\":{},\"container\":7") to null,
        ).forEach { (body, id) ->
            val whole = whole(body)
            assertEquals("Hello", whole.text, body)
            assertEquals(id, whole.requestId, body)
        }
        listOf("\"\"", "null", "{}", "[]", "[null]", "0").forEach { content ->
            val start = """{"type":"message_start","message":{"id":77,"model":null,"content":$content}}"""
            val streamed = streamed(start, text(0, "Hello"), ended("end_turn"), STOP)
            assertEquals("Hello", streamed.text, content)
            assertEquals("77", streamed.requestId, content)
        }
    }

    @Test
    fun `figures are read in whatever form, and those that cannot be true are missing`() = blocking {
        mapOf(
            """{"input_tokens":5.0,"output_tokens":9.0}""" to Usage(5, 9),
            """{"input_tokens":"5","output_tokens":"9.5"}""" to Usage(5, 9),
            """{"input_tokens":5,"output_tokens":-9}""" to Usage(5, null),
            """{"input_tokens":1e30,"output_tokens":9,"cache_read_input_tokens":"many"}""" to Usage(null, 9),
            """{"input_tokens":[5],"output_tokens":{},"output_tokens_details":4}""" to Usage(null, null),
            "7" to null,
            "\"none\"" to null,
        ).forEach { (usage, expected) ->
            val whole = whole(message("""[{"type":"text","text":"x"}]""", """"usage":$usage"""))
            val streamed = streamed(
                text(0, "x"),
                """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":$usage}""",
                STOP,
            )
            listOf(whole, streamed).forEach { assertEquals(expected, it.usage, usage) }
        }
    }

    @Test
    fun `calls are those that were made, in whatever form their ids and inputs come`() = blocking {
        val inputs = listOf("""{"city":"Oslo"}""", "\"{\\\"city\\\":\\\"Oslo\\\"}\"")
        inputs.forEach { input ->
            val block = """{"type":"tool_use","id":7,"name":"weather","input":$input}"""
            val expected = listOf(ToolCall("7", "weather", """{"city":"Oslo"}"""))
            assertEquals(expected, whole(message("[$block]")).toolCalls, input)
            listOf(listOf(stop(0)), emptyList()).forEach { end ->
                val events = listOf(start(0, block)) + end + ended("tool_use") + STOP
                assertEquals(expected, streamed(*events.toTypedArray()).toolCalls, input)
            }
        }
        listOf("{}", "null", "\"\"", "\"{}\"").forEach { input ->
            val block = """{"type":"tool_use","id":"n","name":"now","input":$input}"""
            listOf(whole(message("[$block]")), streamed(start(0, block), ended("tool_use"), STOP)).forEach {
                assertEquals(listOf(ToolCall("n", "now", "{}")), it.toolCalls, input)
            }
        }
    }

    @Test
    fun `blocks may overlap, lack their end, their index or share one`() = blocking {
        val a = use("a", "weather", "{}")
        val b = use("b", "time", "{}")
        val wholeA = use("a", "weather", """{"city":"Oslo"}""")
        val wholeB = use("b", "time", """{"city":"Rome"}""")
        mapOf(
            "overlapping" to listOf(
                start(0, a),
                start(1, b),
                input(1, "{\\\"city\\\":"),
                input(0, "{\\\"city\\\":\\\"Os"),
                input(1, "\\\"Rome\\\"}"),
                input(0, "lo\\\"}"),
                stop(0),
                stop(1),
            ),
            "whole at the start" to listOf(start(0, wholeA), start(1, wholeB), stop(0), stop(1)),
            "without ends" to listOf(start(0, wholeA), start(1, wholeB)),
            "one index" to listOf(start(0, wholeA), start(0, b), input(0, "{\\\"city\\\":\\\"Rome\\\"}"), stop(0)),
            "index as 0.0" to
                listOf(start("0.0", a), input("0.0", "{\\\"city\\\":\\\"Oslo\\\"}"), start("\"1\"", wholeB)),
            "no index" to listOf(
                start("null", a),
                input("null", "{\\\"city\\\":\\\"Oslo\\\"}"),
                start("null", wholeB),
            ),
            "an input as an object" to listOf(
                start(0, a),
                """{"type":"content_block_delta","index":0,"delta":{"partial_json":{"city":"Oslo"}}}""",
                start(1, wholeB),
            ),
            "at the start of the message" to
                listOf("""{"type":"message_start","message":{"content":[$wholeA,$wholeB]}}"""),
        ).forEach { (name, events) ->
            val all = events + ended("tool_use") + STOP
            assertEquals(listOf(oslo, rome), streamed(*all.toTypedArray()).toolCalls, name)
        }
    }

    @Test
    fun `a call without an id, or with that of another, gets its own, unique in the conversation`() = blocking {
        val calls =
            listOf(
                "\"name\":\"f\"",
                "\"id\":\"\",\"name\":\"f\"",
                "\"id\":\"x\",\"name\":\"f\"",
                "\"id\":\"x\",\"name\":\"g\"",
            )
        val blocks = calls.map { """{"type":"tool_use",$it,"input":{"n":1}}""" }
        val history = ChatRequest {
            user("q")
            message(Message.assistant("", listOf(ToolCall("call_0", "f", "{}"))))
            message(Message.tool("call_0", "r"))
        }
        server.otherwise(FakeReply.raw(message(blocks.joinToString(",", "[", "]"))))
        val whole = model().chat(history)
        val events = blocks.flatMapIndexed { at, block -> listOf(start(at, block), stop(at)) }
        server.otherwise(stream(events + ended("tool_use") + STOP))
        val streamed = (model().stream(history).toList().last() as ChatEvent.Finished).response
        listOf(whole, streamed).forEach { response ->
            assertEquals(listOf("call_1", "call_2", "x", "call_3"), response.toolCalls.map { it.id })
            assertEquals(listOf("f", "f", "f", "g"), response.toolCalls.map { it.name })
        }
    }

    @Test
    fun `an agent runs calls without ids, each with its own result`() = blocking {
        val block = { city: String -> """{"type":"tool_use","name":"weather","input":{"city":"$city"}}""" }
        server.otherwise(FakeReply.text("done"))
        server.onPrompt("go").replies(
            FakeReply.raw(message("[${block("Oslo")},${block("Rome")}]")),
            FakeReply.raw(message("[${block("Ulm")}]")),
            FakeReply.text("done"),
        )
        val city = mapOf("type" to "object", "properties" to mapOf("city" to mapOf("type" to "string")))
        val weather = tool(ToolDefinition("weather", "Tells it", city)) { it.arguments }
        val answer = ChatAgent.builder(model()).tool(weather).build().chat("go")
        assertEquals("done", answer.text)
        assertEquals(listOf("call_0", "call_1", "call_2"), answer.toolRuns.map { it.id })
        val last = server.requests.last()
        assertEquals(null, last.rejection)
        assertEquals("""{"city":"Rome"}""", last.field("/messages/2/content/1/content"))
        assertEquals("call_1", last.field("/messages/2/content/1/tool_use_id"))
        assertEquals("call_2", last.field("/messages/4/content/0/tool_use_id"))
    }

    @Test
    fun `the reason why it ends, or another form's end marker, makes an answer whole`() = blocking {
        val said = listOf(text(0, "Hello"), use(1))
        mapOf(
            "no message_stop" to said + ended("tool_use"),
            "[DONE] before message_stop" to said + ended("tool_use") + "[DONE]" + STOP,
            "[DONE] and no reason" to said + " [DONE] ",
            "pings" to listOf("") + said + "{\"type\":\"ping\",\"x\":[1]}" + ended("tool_use"),
        ).forEach { (name, events) ->
            val response = streamed(*events.toTypedArray())
            assertEquals("Hello", response.text, name)
            assertEquals(listOf(oslo), response.toolCalls, name)
        }
        server.otherwise(
            FakeReply.raw(
                200,
                "text/event-stream",
                "event: ping\ndata: what?\n\ndata: ${text(0, "x")}\n\ndata: $STOP\n\n",
            ),
        )
        assertEquals("x", (model().stream("hi").toList().last() as ChatEvent.Finished).response.text)
        server.otherwise(FakeReply.text("one two").withoutEndMarker())
        assertEquals("one two", (model().stream("hi").toList().last() as ChatEvent.Finished).response.text)
        val nothing = streamFailure(stream(listOf("[DONE]")))
        assertEquals("StreamTruncatedException", nothing.javaClass.simpleName)
    }

    @Test
    fun `an error behind the reason is a failure, and one in other words has them`() = blocking {
        val overloaded = """{"type":"error","error":{"type":"overloaded_error","message":"Busy"}}"""
        val late = streamFailure(stream(listOf(text(0, "Hello"), ended("end_turn"), overloaded)))
        assertEquals(ProviderException::class.java, late.javaClass)
        assertEquals("Hello", late.partialText)
        val odd = streamFailure(FakeReply.raw(200, "text/event-stream", "event: error\ndata: upstream is gone\n\n"))
        assertEquals(ProviderException::class.java, odd.javaClass)
        assertTrue("upstream is gone" in odd.message!!, odd.message)
    }

    @Test
    fun `a second message begins afresh where nothing has been told, and else fails`() = blocking {
        val first = """{"type":"message_start","message":{"id":"m1","model":"one","usage":{"input_tokens":50}}}"""
        val second = """{"type":"message_start","message":{"id":"m2","model":"two","usage":{"output_tokens":1}}}"""
        val fresh = streamed(
            first,
            start(0, """{"type":"text","text":""}"""),
            second,
            start(0, """{"type":"text","text":""}"""),
            text(0, "Hello"),
            stop(0),
            ended("end_turn"),
            STOP,
        )
        assertEquals(listOf("Hello", "two"), listOf(fresh.text, fresh.model))
        assertEquals(Usage(null, 1), fresh.usage)
        mapOf(
            text(0, "Hel") to "Hel",
            """{"type":"content_block_delta","index":0,"delta":{"thinking":"hm"}}""" to null,
            start(0, use("a", "weather", "{}")) to null,
        ).forEach { (told, partial) ->
            val error = streamFailure(stream(listOf(first, told, second, text(0, "Hello"), ended("end_turn"), STOP)))
            assertEquals(MalformedResponseException::class.java, error.javaClass, told)
            assertEquals(partial, error.partialText, told)
        }
    }

    @Test
    fun `what is no message is malformed, and its text is not lost`() = blocking {
        listOf(
            "[1]",
            "\"Hello\"",
            message("[[]]"),
            message("""[{"type":"text","text":{"x":1}}]"""),
            message("7"),
            """{"id":"m"}""",
        ).forEach { assertMalformed(failure(FakeReply.raw(it)), null, it) }
        listOf(
            "{\"type\":",
            """{"type":"content_block_delta","index":0,"delta":{"text":["x"]}}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"text","text":{}}}""",
            """{"type":"content_block_delta","index":5,"delta":{"partial_json":"{}"}}""",
        ).forEach { event -> assertMalformed(streamFailure(stream(listOf(text(0, "Hel"), event, STOP))), "Hel", event) }
    }

    private fun assertMalformed(error: LlmException, partial: String?, what: String) {
        assertEquals(MalformedResponseException::class.java, error.javaClass, what)
        assertEquals(partial, error.partialText, what)
    }

    private fun stream(events: List<String>): FakeReply =
        FakeReply.raw(200, "text/event-stream", events.joinToString("") { "data: $it\n\n" })

    private fun message(content: String, more: String = "\"id\":\"m\""): String =
        """{"type":"message","content":$content,"stop_reason":"end_turn",$more}"""

    private fun use(id: String, name: String, input: String) =
        """{"type":"tool_use","id":"$id","name":"$name","input":$input}"""

    private fun use(at: Int) = start(at, use("a", "weather", """{"city":"Oslo"}"""))

    private fun start(at: Any, block: String) = """{"type":"content_block_start","index":$at,"content_block":$block}"""

    private fun text(at: Int, text: String) =
        """{"type":"content_block_delta","index":$at,"delta":{"type":"text_delta","text":"$text"}}"""

    private fun input(at: Any, json: String) =
        """{"type":"content_block_delta","index":$at,"delta":{"type":"input_json_delta","partial_json":"$json"}}"""

    private fun stop(at: Int) = """{"type":"content_block_stop","index":$at}"""

    private fun ended(reason: String) = """{"type":"message_delta","delta":{"stop_reason":"$reason"}}"""

    private companion object {
        const val STOP = """{"type":"message_stop"}"""
    }
}
