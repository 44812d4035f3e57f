package dev.muster.gemini

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.chat.Usage
import dev.muster.fake.FakeReply
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertAll

/** How gateways deviate from Google, whole and streamed. */
class LenientTest : Wired() {
    private suspend fun bothWays(body: String, check: (ChatResponse) -> Unit) =
        listOf(whole(body), streamed(body)).forEach(check)

    @Test
    fun `arguments and ids of calls are read in whatever way they are written`() = blocking {
        mapOf(
            """{"id":7,"name":"tide","args":{"port":"Brest"}}""" to ToolCall("7", "tide", """{"port":"Brest"}"""),
            """{"id":"a","name":"tide","args":"{\"port\":\"Brest\"}"}""" to
                ToolCall("a", "tide", """{"port":"Brest"}"""),
            """{"id":null,"name":"tide","args":""}""" to ToolCall("call_0", "tide", "{}"),
            """{"id":{},"name":"tide","args":[1]}""" to ToolCall("call_0", "tide", "[1]"),
            """{"id":"a","name":"tide","args":"no json"}""" to ToolCall("a", "tide", "no json"),
        ).forEach { (call, expected) ->
            bothWays(answer("""{"functionCall":$call}""")) { assertEquals(listOf(expected), it.toolCalls, call) }
        }
        val two = """{"functionCall":[{"id":1,"name":"tide"},{"id":2,"name":"wind"}]}"""
        bothWays(answer(two)) { assertEquals(listOf("1 tide", "2 wind"), it.toolCalls.map { "${it.id} ${it.name}" }) }
    }

    @Test
    fun `calls of one id stay two calls, and arguments that come behind a name are its own`() = blocking {
        val twins =
            """{"functionCall":{"id":"0","name":"tide"}},""" +
                """{"functionCall":{"id":"0","name":"tide","args":{"a":1}}}"""
        bothWays(answer(twins)) {
            assertEquals(listOf(ToolCall("0", "tide", "{}"), ToolCall("call_0", "tide", """{"a":1}""")), it.toolCalls)
        }
        val nameless = """{"functionCall":{"name":"tide","args":{}}},{"functionCall":{"args":{"a":1}}}"""
        bothWays(answer(nameless)) { assertEquals(listOf(ToolCall("call_0", "tide", """{"a":1}""")), it.toolCalls) }
        bothWays(answer("""${text("x")},{"functionCall":{}}""")) { assertEquals(emptyList<ToolCall>(), it.toolCalls) }
    }

    @Test
    fun `ids that are made differ from all others of the conversation`() = blocking {
        val call = answer("""{"functionCall":{"name":"tide"}}""")
        val request =
            ChatRequest {
                user("q")
                message(Message.assistant("", listOf(ToolCall("call_0", "tide", "{}"))))
                message(Message.tool("call_0", "low"))
            }
        server.otherwise(FakeReply.raw(call).unnamed())
        assertEquals(listOf("call_1"), model().chat(request).toolCalls.map { it.id })
    }

    @Test
    fun `counts are read in whatever way they are written, and what none can be is unknown`() = blocking {
        mapOf(
            """{"promptTokenCount":5.0,"candidatesTokenCount":"7","totalTokenCount":12}""" to usageOf(5, 7, total = 12),
            """{"promptTokenCount":"5","candidatesTokenCount":7e0,"thoughtsTokenCount":"2.0"}""" to
                usageOf(5, 9, reasoningTokens = 2),
            """{"promptTokenCount":-1,"candidatesTokenCount":7}""" to Usage(null, 7),
            """{"promptTokenCount":1e300,"toolUsePromptTokenCount":9223372036854775807,"candidatesTokenCount":7}""" to
                Usage(null, 7),
            """{"promptTokenCount":"many","candidatesTokenCount":[7],"totalTokenCount":{}}""" to null,
            "[]" to null,
            "null" to null,
            "12" to null,
        ).forEach { (usage, expected) ->
            bothWays(answer(text("six"), more = ""","usageMetadata":$usage""")) {
                assertEquals("six", it.text)
                assertEquals(expected, it.usage, usage)
            }
        }
    }

    @Test
    fun `content is read as an object, a list or a text, and what is missing is nothing`() = blocking {
        mapOf(
            """{"parts":[{"text":"at "},{"text":"six"}]}""" to "at six",
            """{"parts":{"text":"at six"}}""" to "at six",
            """{"parts":["at ","six"]}""" to "at six",
            """{"parts":"at six"}""" to "at six",
            """[{"text":"at "},{"text":"six"}]""" to "at six",
            """[{"role":"model","parts":[{"text":"at six"}]}]""" to "at six",
            """{"role":"model","text":"at six"}""" to "at six",
            "\"at six\"" to "at six",
            """{"parts":[{"text":6}]}""" to "6",
            """{"parts":[null,{},{"text":null},[]]}""" to "",
            """{"role":"model"}""" to "",
            "null" to "",
        ).forEach { (content, expected) ->
            bothWays("""{"candidates":[{"content":$content,"finishReason":"STOP"}]}""") {
                assertEquals(expected, it.text, content)
                assertEquals(emptyList<Any>(), it.opaqueParts, content)
            }
        }
    }

    @Test
    fun `the first candidate is the one of index 0, however that is written, whole and streamed`() = blocking {
        fun candidate(index: String, text: String) =
            """{$index"content":{"parts":[{"text":"$text"}]},"finishReason":"STOP"}"""
        val other = candidate(""""index":1,""", "other")
        val checks =
            listOf(
                "",
                """"index":0,""",
                """"index":0.0,""",
                """"index":"0",""",
                """"index":null,""",
                """"index":"a",""",
            )
                .flatMap { index ->
                    val first = candidate(index, "first")
                    listOf("[$other,$first]", "[$first,$other]", first)
                }.map { """{"candidates":$it}""" }
                .map { body -> whole(body) to streamed(body) }
                .map { (whole, streamed) -> { assertEquals("first first", "${whole.text} ${streamed.text}") } }
        assertAll(checks)
    }

    @Test
    fun `names are read as texts, and the feedback of a prompt only counts without an answer`() = blocking {
        val more = ""","responseId":42,"modelVersion":7,"promptFeedback":{"blockReason":"BLOCK_REASON_UNSPECIFIED"}"""
        bothWays(answer("""{"text":"hm","thought":"true"},${text("six")}""", more = more)) {
            assertEquals(listOf("six", "hm", "42", "7"), listOf(it.text, it.reasoning, it.requestId, it.model))
        }
    }
}
