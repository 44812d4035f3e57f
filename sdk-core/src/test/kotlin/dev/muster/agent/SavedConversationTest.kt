package dev.muster.agent

import dev.muster.agent.ToolScript.Companion.says
import dev.muster.chat.CacheControl
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.time.Duration

class SavedConversationTest {
    private val agent = ChatAgent.builder(ToolScript(says("ok")).model).build()

    @Test
    fun `A12 all kinds of content survive saving and loading`() {
        val history = listOf(
            Message.system("Be \"brief\".\n\u2028 ok"),
            Message.user(
                ContentPart.Text("What is this?"),
                ContentPart.Image.of(byteArrayOf(0, -1, 127), "image/png"),
                ContentPart.Image.url("https://example.com/cat.png"),
                ContentPart.Document.of(byteArrayOf(5), "application/pdf", "Report"),
                ContentPart.Document.of(byteArrayOf(6), "application/pdf"),
                ContentPart.Document.url("https://example.com/a.pdf", "A"),
            ).cached(CacheControl(Duration.ofMinutes(5), "key")),
            Message.assistant(
                listOf(
                    ContentPart.Reasoning("hm", "sig", "anthropic"),
                    ContentPart.Reasoning("", null, "gemini"),
                    ContentPart.Opaque("search", """{"type":"search","q":"\u2028"}""", "anthropic", 3, 1),
                    ContentPart.Text("Look:"),
                ),
                listOf(ToolCall("c1", "look", """{"a":"b"}""", "signed"), ToolCall("c2", "see", "{}")),
            ),
            Message.tool("c1", "a cat"),
            Message.tool("c2", "blind", isError = true),
            Message.assistant("A cat.").cached(),
            Message.user(""),
        )
        val saved = agent.conversation(history).save()
        assertEquals(history, agent.loadConversation(saved).history)
        assertTrue(saved.startsWith("""{"version":1,"""), saved)
    }

    @Test
    fun `A12 what was saved by version 1 stays readable`() {
        val saved = """{"version":1,"messages":[{"role":"user","content":[{"type":"text","text":"hi"},""" +
            """{"type":"image","mediaType":"image/png","data":"AQ=="},""" +
            """{"type":"document","url":"https://example.com/a.pdf","name":"A"}],""" +
            """"cacheControl":{"ttl":"PT5M","key":"k"}},""" +
            """{"role":"assistant","content":[""" +
            """{"type":"reasoning","text":"hm","signature":"s","apiFormat":"anthropic"},""" +
            """{"type":"opaque","opaqueType":"search","json":"{}","apiFormat":"anthropic",""" +
            """"textBefore":3,"callsBefore":1}],"toolCalls":[{"id":"c","name":"n","arguments":"{}"}]},""" +
            """{"role":"tool","content":[{"type":"text","text":"r"}],"toolCallId":"c","isToolError":true}]}"""
        val expected = listOf(
            Message.user(
                ContentPart.Text("hi"),
                ContentPart.Image.of(byteArrayOf(1), "image/png"),
                ContentPart.Document.url("https://example.com/a.pdf", "A"),
            ).cached(CacheControl(Duration.ofMinutes(5), "k")),
            Message.assistant(
                listOf(
                    ContentPart.Reasoning("hm", "s", "anthropic"),
                    ContentPart.Opaque("search", "{}", "anthropic", 3, 1),
                ),
                listOf(ToolCall("c", "n", "{}")),
            ),
            Message.tool("c", "r", isError = true),
        )
        assertEquals(expected, agent.loadConversation(saved).history)
        assertEquals(saved, agent.conversation(expected).save())
    }

    @Test
    fun `A12 what cannot be read says why and repeats none of it`() {
        val text = """{"type":"text","text":"SECRET"}"""
        val faults = mapOf(
            "SECRET" to "not a JSON object",
            "{\"SECRET" to "not a JSON object",
            "[\"SECRET\"]" to "not a JSON object",
            """{"SECRET":1}""" to "no version",
            """{"version":"SECRET"}""" to "no version",
            """{"version":0}""" to "version 0 is not valid",
            """{"version":2,"talk":"SECRET"}""" to "format version 2, but this SDK reads only up to 1",
            """{"version":1,"messages":"SECRET"}""" to "no list \"messages\"",
            """{"version":1,"messages":["SECRET"]}""" to "not an object",
            message(""""role":"SECRET","content":[]""") to "message 0: unknown role",
            message(""""role":"user","content":["SECRET"]""") to "not an object",
            message(""""role":"user","content":[{"type":"SECRET"}]""") to "unknown content type",
            message(""""role":"user","content":[{"type":"text","text":["SECRET"]}]""") to "\"text\" is not a string",
            message(""""role":"user","content":[{"type":"image","mediaType":"a","data":"SECRET!"}]""") to "malformed",
            message(""""role":"tool","content":[$text]""") to "\"toolCallId\" is missing",
            message(""""role":"tool","content":[$text],"toolCallId":"c","isToolError":"SECRET"""") to "isToolError",
            message(""""role":"user","content":[$text],"cacheControl":"SECRET"""") to "cacheControl is not an object",
            message(""""role":"user","content":[$text],"cacheControl":{"ttl":"SECRET"}""") to "malformed",
            message(""""role":"assistant","content":[$text],"toolCalls":{"SECRET":1}""") to "no list \"toolCalls\"",
        )
        faults.forEach { (saved, why) ->
            val failure = assertThrows<IllegalArgumentException>(saved) { agent.loadConversation(saved) }
            val message = failure.message.orEmpty()
            assertTrue(why in message, "$saved: $message")
            assertFalse("SECRET" in message, message)
            assertNull(failure.cause)
        }
    }

    private fun message(fields: String) = """{"version":1,"messages":[{$fields}]}"""
}
