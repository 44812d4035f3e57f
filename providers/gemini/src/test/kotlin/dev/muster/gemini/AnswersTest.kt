package dev.muster.gemini

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.chat.Usage
import dev.muster.fake.FakeReply
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Real responses of Google, whole and streamed. */
class AnswersTest : Wired() {
    @Test
    fun `A18 A22 A23 every field of both ways is what was sent`() = blocking {
        server.otherwise(FakeReply.text("The answer.").reasoning("Let me think").usage(100, 20, 60, 4).model("m-1"))
        val whole = model().chat(ChatRequest.of("hi"))
        val streamed = (model().stream("hi").toList().last() as ChatEvent.Finished).response
        listOf(whole to "fake-0", streamed to "fake-1").forEach { (response, requestId) ->
            assertEquals("The answer.", response.text)
            assertEquals("Let me think", response.reasoning)
            assertEquals(FinishReason.STOP, response.finishReason)
            assertEquals("STOP", response.rawFinishReason)
            // On the wire: 16 tokens for the candidate, and separately 4 for its thoughts.
            assertEquals(usageOf(100, 20, 60, 4), response.usage)
            assertEquals("m-1", response.model)
            assertEquals(requestId, response.requestId)
        }
    }

    @Test
    fun `A18 every finish reason has its meaning and keeps its word`() = blocking {
        mapOf(
            "STOP" to FinishReason.STOP,
            "MAX_TOKENS" to FinishReason.LENGTH,
            "SAFETY" to FinishReason.CONTENT_FILTER,
            "RECITATION" to FinishReason.CONTENT_FILTER,
            "BLOCKLIST" to FinishReason.CONTENT_FILTER,
            "PROHIBITED_CONTENT" to FinishReason.CONTENT_FILTER,
            "SPII" to FinishReason.CONTENT_FILTER,
            "IMAGE_SAFETY" to FinishReason.CONTENT_FILTER,
            "IMAGE_PROHIBITED_CONTENT" to FinishReason.CONTENT_FILTER,
            "IMAGE_RECITATION" to FinishReason.CONTENT_FILTER,
            "LANGUAGE" to FinishReason.CONTENT_FILTER,
            "OTHER" to FinishReason.OTHER,
            "MALFORMED_FUNCTION_CALL" to FinishReason.OTHER,
            "UNEXPECTED_TOOL_CALL" to FinishReason.OTHER,
            "TOO_MANY_TOOL_CALLS" to FinishReason.OTHER,
            "MISSING_THOUGHT_SIGNATURE" to FinishReason.OTHER,
            "NO_IMAGE" to FinishReason.OTHER,
            "TIRED" to FinishReason.OTHER,
        ).forEach { (raw, expected) ->
            val body = answer(text("x"), raw)
            listOf(whole(body), streamed(body)).forEach {
                assertEquals(expected, it.finishReason, raw)
                assertEquals(raw, it.rawFinishReason)
            }
        }
        assertEquals(FinishReason.OTHER, whole(answer(text("x"), null)).finishReason)
    }

    @Test
    fun `A18 the sum that Google tells counts where it leaves out the tokens of an empty answer`() = blocking {
        val usage = ""","usageMetadata":{"promptTokenCount":10,"totalTokenCount":10}"""
        val body = answer("", "SAFETY", usage)
        listOf(whole(body), streamed(body)).forEach {
            assertEquals(usageOf(10, null, total = 10), it.usage)
        }
    }

    @Test
    fun `A18 a candidate without parts or without content is an answer without text`() = blocking {
        listOf(
            """{"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS","index":0}]}""",
            """{"candidates":[{"content":{},"finishReason":"MAX_TOKENS"}],"promptFeedback":{"safetyRatings":[]}}""",
            """{"candidates":[{"finishReason":"MAX_TOKENS","index":0,"safetyRatings":[{"probability":"LOW"}]}]}""",
            """{"candidates":[{"content":{"parts":[]},"finishReason":"MAX_TOKENS"}]}""",
            """{"candidates":[{"content":{"parts":null},"finishReason":"MAX_TOKENS","index":null}],"x":1}""",
        ).forEach { body ->
            listOf(whole(body), streamed(body)).forEach {
                assertEquals("", it.text, body)
                assertEquals(FinishReason.LENGTH, it.finishReason)
                assertEquals(null, it.reasoning)
                assertEquals(null, it.usage)
            }
        }
    }

    @Test
    fun `A18 parts of every kind, known or not, are taken as they are`() = blocking {
        val parts =
            """{"text":"hm ","thought":true},{"text":"ok","thought":true},{"text":"a","thoughtSignature":null},""" +
                """{"executableCode":{"language":"PYTHON","code":"1"}},""" +
                """{"codeExecutionResult":{"outcome":"OUTCOME_OK"}},""" +
                """{"inlineData":{"mimeType":"image/png","data":"aGk="}},{"tomorrow":{"x":[1]}},{"text":"b"},""" +
                """{"functionCall":{"id":"c1","name":"f","args":{"x":[1]}}},""" +
                """{"functionCall":{"name":"g","args":{}}},""" +
                """{"functionCall":{"id":"","name":"h"}},{"functionCall":{"name":"i","args":null}}"""
        val more =
            ""","usageMetadata":{"promptTokenCount":5,"toolUsePromptTokenCount":2,"candidatesTokenCount":3,""" +
                """"thoughtsTokenCount":4,"totalTokenCount":14,"promptTokensDetails":[{"modality":"TEXT"}]},""" +
                """"modelVersion":"m-1","responseId":"r1","modelStatus":{"modelStage":"STABLE"}"""
        listOf(whole(answer(parts, "STOP", more)), streamed(answer(parts, "STOP", more))).forEach { response ->
            assertEquals("ab", response.text)
            assertEquals("hm ok", response.reasoning)
            val calls =
                listOf(
                    ToolCall("c1", "f", """{"x":[1]}"""),
                    ToolCall("call_0", "g", "{}"),
                    ToolCall("call_1", "h", "{}"),
                    ToolCall("call_2", "i", "{}"),
                )
            assertEquals(calls, response.toolCalls)
            assertEquals(FinishReason.TOOL_CALLS, response.finishReason)
            assertEquals("STOP", response.rawFinishReason)
            assertEquals(usageOf(7, 7, null, 4), response.usage)
            assertEquals("m-1", response.model)
            assertEquals("r1", response.requestId)
        }
    }

    @Test
    fun `tool calls without ids get the same ids whole and streamed, with or without an id of the answer`() = blocking {
        val parts = """{"functionCall":{"name":"f"}},{"functionCall":{"name":"f"}}"""
        listOf("", ""","responseId":"r"""").forEach { more ->
            val whole = whole(answer(parts, "STOP", more))
            val pieces = """{"functionCall":{"name":"f"}}"""
            val streamed = streamed(answer(pieces, null, more), answer(pieces, "STOP", more))
            listOf(whole, streamed).forEach {
                assertEquals(listOf("call_0", "call_1"), it.toolCalls.map(ToolCall::id))
            }
        }
    }

    @Test
    fun `of several candidates the first is taken, in whichever order they come`() = blocking {
        fun candidate(index: Int, text: String, finish: String?) =
            """{"content":{"parts":[{"text":"$text"}]},"index":$index""" +
                finish?.let { ""","finishReason":"$it"""" }.orEmpty() + "}"
        val whole = whole("""{"candidates":[${candidate(1, "b", "SAFETY")},${candidate(0, "a", "STOP")}]}""")
        val streamed =
            streamed(
                """{"candidates":[${candidate(1, "no", null)}]}""",
                """{"candidates":[${candidate(0, "a", null)},${candidate(1, "no", "MAX_TOKENS")}]}""",
                """{"candidates":[${candidate(0, "", "STOP")}]}""",
            )
        listOf(whole, streamed).forEach {
            assertEquals("a", it.text)
            assertEquals(FinishReason.STOP, it.finishReason)
        }
    }

    @Test
    fun `A15 a stream with events of every kind is the same, also byte by byte`() = blocking {
        val events =
            listOf(
                """{"usageMetadata":{"promptTokenCount":3},"modelVersion":"m-1","responseId":"r1"}""",
                """{"candidates":[],"responseId":"r1"}""",
                answer("""{"text":"hm é😀 ","thought":true}""", null, ""","usageMetadata":{"promptTokenCount":3}"""),
                answer(text("Grüße, "), "FINISH_REASON_UNSPECIFIED"),
                answer(text("世界"), null),
                answer(text(""), "STOP", ""","usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":9}"""),
            )
        val body = events.joinToString("\r\n\r\n", ": hello\r\n\r\n") { "data:$it" }
        val reply = FakeReply.raw(200, "text/event-stream", body).unnamed()
        listOf(reply, reply.byteByByte()).forEach {
            server.otherwise(it)
            val seen = model().stream("hi").toList()
            assertEquals(
                listOf("Grüße, ", "世界"),
                seen.filterIsInstance<ChatEvent.TextDelta>().map(ChatEvent.TextDelta::text),
            )
            val response = (seen.last() as ChatEvent.Finished).response
            assertEquals("hm é😀 ", response.reasoning)
            assertEquals(Usage(3, 9), response.usage)
            assertEquals("m-1", response.model)
            assertEquals("r1", response.requestId)
        }
    }

    @Test
    fun `A15 a STOP before there is anything ends nothing, as gateways send it, but is one where nothing comes`() =
        blocking {
            val empty = """{"candidates":[{"content":{"parts":[]},"finishReason":"STOP"}]}"""
            val response = streamed(empty, empty, answer(text("one "), null), answer(text("two"), null), empty)
            assertEquals("one two", response.text)
            assertEquals(FinishReason.STOP, response.finishReason)
            assertEquals(FinishReason.STOP, streamed(empty).finishReason)
            assertEquals("", streamed(empty).text)
        }

    @Test
    fun `A22 signatures are kept on calls, on thoughts and on text, whole and streamed`() = blocking {
        val pieces =
            listOf(
                """{"text":"hm ","thought":true}""",
                """{"text":"ok","thought":true,"thoughtSignature":"t1"}""",
                """{"text":"The answer","thoughtSignature":"t2"}""",
                """{"functionCall":{"id":"c1","name":"f"},"thoughtSignature":"t3"}""",
                """{"functionCall":{"id":"c2","name":"g"}}""",
                """{"text":"","thoughtSignature":"t4"}""",
            )
        val whole = whole(answer(pieces.joinToString(",")))
        val streamed =
            streamed(*pieces.dropLast(1).map { answer(it, null) }.toTypedArray(), answer(pieces.last(), "STOP"))
        listOf(whole, streamed).forEach { response ->
            assertEquals("hm ok", response.reasoning)
            assertEquals("The answer", response.text)
            assertEquals(
                listOf(
                    ContentPart.Reasoning("hm ok", "t1", "gemini"),
                    ContentPart.Reasoning("", "t2", "gemini"),
                    ContentPart.Reasoning("", "t4", "gemini"),
                ),
                response.reasoningParts,
            )
            assertEquals(listOf(ToolCall("c1", "f", "{}", "t3"), ToolCall("c2", "g", "{}")), response.toolCalls)
        }
    }

    @Test
    fun `A22 an answer with signatures goes back as the message it was`() = blocking {
        val pieces =
            """{"text":"I look.","thoughtSignature":"dDE="},""" +
                """{"functionCall":{"id":"c1","name":"f","args":{"x":1}},"thoughtSignature":"dDI="}"""
        val answer = whole(answer(pieces))
        model().chat(
            ChatRequest {
                user("q")
                message(answer.toMessage())
                message(Message.tool("c1", "r"))
            },
        )
        assertEquals(null, server.requests.last().rejection)
        assertEquals(
            """[{"text":"I look.","thoughtSignature":"dDE="},""" +
                """{"functionCall":{"id":"c1","name":"f","args":{"x":1}},"thoughtSignature":"dDI="}]""",
            server.requests.last().field("/contents/1/parts"),
        )
    }
}
