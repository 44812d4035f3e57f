package dev.muster.fake

import com.fasterxml.jackson.databind.ObjectMapper
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class HappyPathTest {
    private val server = FakeServer.start()
    private val json = ObjectMapper()

    @AfterEach
    fun close() = server.close()

    @Test
    fun `an unscripted OpenAI request is answered with its prompt`() {
        val response = Wire.openAi(server)
        val body = json.readTree(response.body())
        assertEquals(200, response.statusCode())
        assertEquals("You said: hello", body.at("/choices/0/message/content").textValue())
        assertEquals("stop", body.at("/choices/0/finish_reason").textValue())
        assertEquals("gpt-4o", body.at("/model").textValue())
        assertEquals(1, body.at("/usage/prompt_tokens").intValue())
        assertEquals(3, body.at("/usage/completion_tokens").intValue())
        assertEquals("req_fake_0", response.headers().firstValue("x-request-id").get())
    }

    @Test
    fun `an OpenAI stream has role, content, finish, usage and the end marker in this order`() {
        val response = Wire.openAi(server, Wire.chatBody(more = Wire.STREAM))
        assertEquals("text/event-stream; charset=utf-8", response.headers().firstValue("content-type").get())
        assertEquals("chunked", response.headers().firstValue("transfer-encoding").get())
        val events = response.body().split("\n\n").filter { it.isNotEmpty() }.map { it.removePrefix("data: ") }
        assertEquals("[DONE]", events.last())
        val chunks = events.dropLast(1).map { json.readTree(it) }
        assertEquals("assistant", chunks.first().at("/choices/0/delta/role").textValue())
        assertEquals(
            listOf("You", " said:", " hello"),
            chunks.subList(1, 4).map {
                it.at("/choices/0/delta/content").textValue()
            },
        )
        assertEquals("stop", chunks[4].at("/choices/0/finish_reason").textValue())
        assertTrue(chunks[5].at("/choices").isEmpty)
        assertEquals(4, chunks[5].at("/usage/total_tokens").intValue())
        assertEquals(6, chunks.size)
    }

    @Test
    fun `an OpenAI stream has no usage unless asked for`() {
        val response = Wire.openAi(server, Wire.chatBody(more = ""","stream":true"""))
        assertFalse("usage" in response.body())
    }

    @Test
    fun `an Ollama request without stream false is answered as a stream of lines`() {
        val response = Wire.ollama(server)
        val lines = response.body().trim().split("\n").map { json.readTree(it) }
        assertEquals("application/x-ndjson", response.headers().firstValue("content-type").get())
        assertEquals(listOf("You", " said:", " hello", ""), lines.map { it.at("/message/content").textValue() })
        assertEquals(listOf(false, false, false, true), lines.map { it.get("done").booleanValue() })
        assertEquals("stop", lines.last().get("done_reason").textValue())
        assertEquals(1, lines.last().get("prompt_eval_count").intValue())
        assertEquals(3, lines.last().get("eval_count").intValue())
    }

    @Test
    fun `an Ollama request with stream false is answered whole`() {
        val response = Wire.ollama(server, Wire.chatBody(more = ""","stream":false"""))
        val body = json.readTree(response.body())
        assertEquals("You said: hello", body.at("/message/content").textValue())
        assertTrue(body.get("done").booleanValue())
    }
}
