package dev.muster.chat

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Test

class ChatRequestTest {
    @Test
    fun `a built request does not change with its builder`() {
        val builder = ChatRequest.builder().user("a").extra("x", 1)
        val request = builder.build()
        builder.user("b").extra("y", 2)
        assertEquals(listOf(Message.user("a")), request.messages)
        assertEquals(mapOf("x" to 1), request.extra)
    }

    @Test
    fun `toBuilder keeps every setting`() {
        val request =
            ChatRequest {
                system("s").user("u").assistant("a")
                message(Message.tool("id", "r"))
                temperature(0.5).topP(0.9).maxTokens(7).stop(listOf("end")).seed(1)
                tools(listOf(ToolDefinition("t", "d", emptyMap()))).extra("x", null)
            }
        val copy = request.toBuilder().build()
        assertEquals(request.messages, copy.messages)
        assertEquals(
            listOf(0.5, 0.9, 7, listOf("end"), 1L, request.tools, mapOf("x" to null)),
            listOf(copy.temperature, copy.topP, copy.maxTokens, copy.stop, copy.seed, copy.tools, copy.extra),
        )
    }

    @Test
    fun `no toString shows what is said`() {
        val secret = "the secret plan"
        val call = ToolCall("1", "t", secret)
        val all =
            listOf(
                ChatRequest.of(secret),
                Message.user(secret),
                Message.assistant(secret, listOf(call)),
                ContentPart.Text(secret),
                ChatEvent.TextDelta(secret),
                ChatResponse.builder().text(secret).build(),
                call,
            )
        all.forEach { assertFalse(it.toString().contains("plan"), it.toString()) }
    }
}
