package dev.muster.provider

import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.Usage
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test

class CollectedResponseTest {
    @Test
    fun `an answer that comes whole is summed up as a streamed one`() = runTest {
        val answer = CollectedResponse()

        answer.model("m-2")
        answer.requestId("r-1")
        answer.reasoning("Look ")
        answer.reasoning("first.")
        answer.text("Let me ")
        answer.text("look.")
        answer.toolCall(1, "b", "open", "")
        answer.toolCall(0, "a", "find", """{"word":""")
        answer.toolCall(0, null, null, """"x"}""")
        answer.toolCallSignature(0, "s")
        answer.opaquePart(ContentPart.Opaque("image", "{}", "form"))
        answer.usage(Usage(3, 4))
        answer.finish(FinishReason.TOOL_CALLS, "tools")
        val response = answer.response().provider("p").build()

        assertEquals("Let me look.", response.text)
        assertEquals("Look first.", response.reasoning)
        assertEquals("m-2 r-1 tools", "${response.model} ${response.requestId} ${response.rawFinishReason}")
        assertEquals(7, response.usage?.totalTokens)
        assertEquals(listOf("image"), response.opaqueParts.map { it.type })
        assertEquals(
            listOf("""a find {"word":"x"} s""", "b open {} null"),
            response.toolCalls.map { "${it.id} ${it.name} ${it.arguments} ${it.signature}" },
        )
    }

    @Test
    fun `nothing said is an empty text and no reasoning`() {
        val response = CollectedResponse().response().provider("p").model("m").build()

        assertEquals("", response.text)
        assertNull(response.reasoning)
        assertNull(response.usage)
    }
}
