package dev.muster.fake

import com.fasterxml.jackson.databind.ObjectMapper
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.net.http.HttpResponse

/** A server that plays an API format which a test describes. */
class CustomFormatTest {
    private val server = FakeServer.start().format(Shout())

    @AfterEach
    fun close() = server.close()

    @Test
    fun `a request is read and its answer written, whole and streamed, also after a reset`() {
        server.otherwise(FakeReply.text("one two").reasoning("hm").withToolCalls(FakeToolCall("c1", "now", "{}")))
        val whole = send("""{"say":"hi there"}""")
        assertEquals("""{"all":"one two","hm":"hm","calls":1,"end":"tool_calls","in":2,"out":4}""", whole.body())
        assertEquals(listOf("m", "hi there", 9), server.requests.single().run { listOf(model, prompt, maxTokens) })
        server.reset()
        server.otherwise(FakeReply.text("one two").finishReason("done").usage(7, 8))
        val lines = send("""{"say":"hi","stream":true}""").body().split("\n\n").filter { it.isNotEmpty() }
        assertEquals(
            listOf("""{"piece":"one"}""", """{"piece":" two"}""", """{"end":"done","in":7,"out":8}"""),
            lines.map { it.removePrefix("data: ") },
        )
        server.awaitCompleted(1, Wire.patience)
        assertEquals(2, server.requests.single().tokensSent)
    }

    @Test
    fun `what it cannot read, a missing key and a scripted status are errors of its own`() {
        val unread = send("{}")
        assertEquals(400 to """{"oops":"say what?"}""", unread.statusCode() to unread.body())
        assertEquals("say what?", server.requests.single().rejection)
        assertEquals(401, send("""{"say":"hi"}""", "X-Other", "k").statusCode())
        server.otherwise(FakeReply.status(429))
        assertEquals("""{"oops":"Too Many Requests"}""", send("""{"say":"hi"}""").body())
        server.otherwise(FakeReply.text("one two").errorAfter(1, "c", "fell over"))
        assertTrue(send("""{"say":"hi","stream":true}""").body().endsWith("data: {\"oops\":\"fell over\"}\n\n"))
    }

    @Test
    fun `a path without a slash is refused`() {
        assertThrows(IllegalArgumentException::class.java) { Shout("shout") }
    }

    private fun send(body: String, vararg headers: String = arrayOf("X-Shout", "k")): HttpResponse<String> =
        Wire.client.send(
            Wire.post("${server.url}/any/v7/shout", body, *headers),
            HttpResponse.BodyHandlers.ofString(),
        )

    private class Shout(path: String = "/v7/shout") : FakeFormat(path, "X-Shout") {
        override fun read(body: String): FakeChat {
            val node = JSON.readTree(body)
            val said = requireNotNull(node.get("say")) { "say what?" }.textValue()
            return FakeChat("m", listOf(FakeMessage("user", said, null)), node.has("stream"), 9)
        }

        override fun whole(answer: FakeAnswer): String =
            """{"all":"${answer.text}","hm":"${answer.reasoning}","calls":${answer.toolCalls.size},${end(answer)}}"""

        override fun textEvent(piece: String): String = """{"piece":"$piece"}"""

        override fun toolCallEvent(call: FakeToolCall): String = """{"call":"${call.name}"}"""

        override fun endEvent(answer: FakeAnswer): String = "{${end(answer)}}"

        override fun error(status: Int, code: String?, message: String): String = """{"oops":"$message"}"""

        private fun end(answer: FakeAnswer) =
            """"end":"${answer.finishReason}","in":${answer.inputTokens},"out":${answer.outputTokens}"""
    }

    private companion object {
        val JSON = ObjectMapper()
    }
}
