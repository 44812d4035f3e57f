package dev.muster.agent

import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.chat.Usage
import dev.muster.error.IncompleteResponseException
import dev.muster.onVirtualTime
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Those who get only the text of an answer. */
class TextAnswersTest {
    private val image = ContentPart.Opaque("image", """{"secret":"pixels"}""", "form")
    private val usage = Usage(7, 3)

    /** The ways to ask for a text; agents go on after a pause, which is not asked here. */
    private val ways: Map<String, suspend (ToolScript) -> String> = mapOf(
        "model" to { it.model.ask("hi") },
        "executor" to { SimpleExecutor(it.model, "Be brief.").execute("hi") },
        "agent" to { ChatAgent.builder(it.model).build().ask("hi") },
        "conversation" to { ChatAgent.builder(it.model).build().conversation().ask("hi") },
        "conversation's message" to { ChatAgent.builder(it.model).build().conversation().ask(Message.user("hi")) },
    )

    @Test
    fun `an answer without text is no empty text`() = onVirtualTime {
        ways.forEach { (name, ask) ->
            val script = ToolScript({ answer().opaqueParts(listOf(image, image)) })
            val failure = assertThrows<IncompleteResponseException>(name) { ask(script) }
            assertTrue("opaqueParts" in failure.message!! && "only image:" in failure.message!!, failure.message)
            assertTrue("pixels" !in failure.toString() + failure.response, name)
            assertEquals(listOf(image, image), failure.response.opaqueParts, name)
            assertEquals(usage, failure.partialUsage, name)
            assertEquals(1, script.requests.size, name)
        }
    }

    @Test
    fun `half an answer is not told as a whole one`() = onVirtualTime {
        listOf("model", "executor").forEach { name ->
            val script = ToolScript({ answer().text("Let me look.").finish(FinishReason.PAUSED, "pause_turn") })
            val failure = assertThrows<IncompleteResponseException>(name) { ways.getValue(name)(script) }
            assertEquals("Let me look.", failure.partialText, name)
            assertTrue("paused" in failure.message!!, failure.message)
        }
    }

    @Test
    fun `a text beside other parts, an empty one and calls are told as they are`() = onVirtualTime {
        val said = ToolScript({ answer().text("See.").opaqueParts(listOf(image)) })
        assertEquals("See.", said.model.ask("hi"))
        assertEquals("", ToolScript({ answer() }).model.ask("hi"))
        val calls = ToolScript({ answer().opaqueParts(listOf(image)).toolCalls(listOf(ToolScript.call("c", "t"))) })
        assertEquals("", calls.model.ask("hi"))
        assertEquals(listOf(image), calls.model.chat("hi").toMessage().content)
    }

    @Test
    fun `a conversation remembers an answer that has no text`() = onVirtualTime {
        val script = ToolScript({ answer().opaqueParts(listOf(image)) })
        val conversation = ChatAgent.builder(script.model).build().conversation()
        conversation.chat("Draw.")
        conversation.stream("Again.").collect {}
        assertEquals(listOf(image, image), conversation.history.flatMap { it.content }.filter { it == image })
    }

    private fun answer() = ChatResponse.builder().usage(usage)
}
