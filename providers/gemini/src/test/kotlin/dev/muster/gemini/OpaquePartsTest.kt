package dev.muster.gemini

import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.error.IncompleteResponseException
import dev.muster.fake.FakeReply
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Parts other than text, thoughts and calls are kept unchanged and sent back in their place. */
class OpaquePartsTest : Wired() {
    private val code = """{"executableCode":{"language":"PYTHON","code":"print(6)"}}"""
    private val result = """{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"6\n"}}"""
    private val image = """{"inlineData":{"mimeType":"image/png","data":"aGk="},"thoughtSignature":"c2ln"}"""
    private val call = """{"functionCall":{"id":"c1","name":"tide","args":{"x":1}},"thoughtSignature":"c2ln"}"""

    private suspend fun bothWays(vararg parts: String): List<ChatResponse> = listOf(
        whole(answer(parts.joinToString())),
        streamed(*parts.map { answer(it, null) }.toTypedArray(), answer("")),
    )

    @Test
    fun `parts of every other kind are kept in their words and their place`() = blocking {
        val parts =
            arrayOf(
                text("I reckon."),
                code,
                result,
                text(" Six."),
                image,
                """{"fileData":{"mimeType":"video/mp4","fileUri":"https://x.example/v"}}""",
                call,
                """{"toolCall":{"id":"t1","toolType":"GOOGLE_SEARCH_WEB","args":{"q":"tide"}}}""",
                """{"toolResponse":{"id":"t1","toolType":"GOOGLE_SEARCH_WEB","response":{}}}""",
                """{"hologram":{"depth":3}}""",
            )
        bothWays(*parts).forEach { response ->
            assertEquals("I reckon. Six.", response.text)
            assertEquals(listOf("tide"), response.toolCalls.map(ToolCall::name))
            assertEquals(
                listOf(
                    "executableCode 9 0",
                    "codeExecutionResult 9 0",
                    "inlineData 14 0",
                    "fileData 14 0",
                    "toolCall 14 1",
                    "toolResponse 14 1",
                    "hologram 14 1",
                ),
                response.opaqueParts.map { "${it.type} ${it.textBefore} ${it.callsBefore}" },
            )
            assertEquals(listOf(1, 2, 4, 5, 7, 8, 9).map(parts::get), response.opaqueParts.map { it.json })
            assertTrue(response.opaqueParts.all { it.apiFormat == "gemini" })
            assertEquals(emptyList<Any>(), response.reasoningParts)
        }
    }

    @Test
    fun `an answer goes back as the parts it came in`() = blocking {
        val parts = listOf(text("I reckon."), code, result, text(" Six."), image, call, code)
        bothWays(*parts.toTypedArray()).forEach { response ->
            server.otherwise(FakeReply.text("ok"))
            model().chat(
                ChatRequest {
                    user("When?")
                    message(response.toMessage())
                    message(Message.tool("c1", "low"))
                },
            )
            val seen = server.requests.last()
            assertEquals(null, seen.rejection)
            assertEquals(parts.toString().replace(", ", ","), seen.field("/contents/1/parts"))
        }
    }

    @Test
    fun `signed thoughts and text stand among them`() = blocking {
        val said =
            listOf(
                """{"text":"hm","thought":true,"thoughtSignature":"dDE="}""",
                """{"text":"Look:","thoughtSignature":"dDI="}""",
                image,
                text("Nice?"),
            )
        bothWays(*said.toTypedArray()).forEach { response ->
            server.otherwise(FakeReply.text("ok"))
            model().chat(
                ChatRequest {
                    user("Draw")
                    message(response.toMessage())
                    user("More")
                },
            )
            assertEquals(null, server.requests.last().rejection)
            assertEquals(said.toString().replace(", ", ","), server.requests.last().field("/contents/1/parts"))
        }
    }

    @Test
    fun `an answer of such parts alone is one to chat, and to ask a failure that names them`() = blocking {
        val body = answer("$code,$result,$result")
        assertEquals("", whole(body).text)
        val failed = failure { model().ask("hi") }
        assertEquals(IncompleteResponseException::class.java, failed.javaClass)
        assertTrue("executableCode, codeExecutionResult:" in failed.message!!, failed.message)
        assertEquals(3, (failed as IncompleteResponseException).response.opaqueParts.size)
    }

    @Test
    fun `text and a call that share a part with other data are read, and only once`() = blocking {
        val shared =
            """{"text":"Look:","inlineData":{"mimeType":"image/png","data":"aGk="},""" +
                """"functionCall":{"id":"c1","name":"tide"},"thoughtSignature":"c2ln"}"""
        bothWays(shared).forEach { response ->
            assertEquals("Look:", response.text)
            assertEquals(listOf(ToolCall("c1", "tide", "{}", "c2ln")), response.toolCalls)
            val rest = """{"inlineData":{"mimeType":"image/png","data":"aGk="}}"""
            assertEquals(listOf(rest), response.opaqueParts.map { it.json })
        }
        bothWays("""{"text":"","inlineData":{"mimeType":"image/png","data":"aGk="}}""").forEach { response ->
            assertEquals(listOf("inlineData"), response.opaqueParts.map { it.type })
        }
    }

    @Test
    fun `what is told about an answer is kept, and not sent back`() = blocking {
        val grounding = """"groundingMetadata":{"webSearchQueries":["tide"]}"""
        val cited = """"citationMetadata":{"citationSources":[{"uri":"https://x.example"}]}"""
        fun piece(text: String, more: String) = """{"candidates":[{"content":{"parts":[{"text":"$text"}]},$more}]}"""
        val last = piece(" six", """$grounding,$cited,"urlContextMetadata":{},"finishReason":"STOP"""")
        val responses =
            listOf(
                whole(piece("At six", """$grounding,$cited,"finishReason":"STOP"""")),
                streamed(piece("At", """"groundingMetadata":{"webSearchQueries":[]}"""), last),
            )
        responses.forEach { response ->
            assertEquals(
                listOf(
                    ContentPart.Opaque("groundingMetadata", """{"webSearchQueries":["tide"]}""", "gemini", 6),
                    ContentPart.Opaque("citationMetadata", "{${cited.substringAfter(":{")}", "gemini", 6),
                ),
                response.opaqueParts,
            )
            server.otherwise(FakeReply.text("ok"))
            model().chat(
                ChatRequest {
                    user("When?")
                    message(response.toMessage())
                    user("Sure?")
                },
            )
            assertEquals("""[{"text":"At six"}]""", server.requests.last().field("/contents/1/parts"))
        }
    }

    @Test
    fun `another provider's parts are left out, and places beyond the text are its end`() = blocking {
        val foreign = ContentPart.Opaque("web_search_tool_result", """{"x":1}""", "anthropic")
        val beyond = ContentPart.Opaque("executableCode", code, "gemini", textBefore = 99, callsBefore = 0)
        model().chat(
            ChatRequest {
                user("a")
                message(Message.assistant(listOf(foreign), emptyList()))
                message(Message.assistant(listOf(foreign, beyond, ContentPart.Text("six")), emptyList()))
                user("b")
            },
        )
        assertEquals("""[{"text":"six"},$code]""", server.requests.last().field("/contents/1/parts"))
    }
}
