package dev.muster

import dev.muster.agent.ask
import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.ModelId
import dev.muster.chat.ToolCall
import dev.muster.chat.Usage
import dev.muster.error.ProviderException
import dev.muster.model.ChatModel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Models that the user brings along. */
class OwnModelTest {
    private class Own(
        override val id: ModelId,
        private val events: List<ChatEvent> = emptyList(),
        private val answer: suspend () -> ChatResponse = { ChatResponse.builder().text("own").build() },
    ) : ChatModel {
        override suspend fun chat(request: ChatRequest): ChatResponse = answer()

        override fun stream(request: ChatRequest): Flow<ChatEvent> = flowOf(*events.toTypedArray())
    }

    @Test
    fun `a model of one's own has an id of its own and the client's retries`() = onVirtualTime {
        var attempts = 0
        val own =
            Own(ModelId.of("mine", "m")) {
                if (++attempts < 3) throw ProviderException("down")
                ChatResponse.builder().text("third").build()
            }
        ScriptedProvider().client { model(own) }.use { client ->
            assertEquals(setOf("scripted", "mine"), client.providerIds)
            assertEquals("third", client.model("mine::m").ask("hello"))
            assertEquals(3, attempts)
            val failure = assertThrows<IllegalArgumentException> { client.model("mine::other") }
            assertTrue("mine::m" in failure.message!!, failure.message)
        }
    }

    @Test
    fun `a model of one's own stands in the place of a provider's`() = onVirtualTime {
        val provider = ScriptedProvider()
        provider.client { model(Own(ModelId.of("scripted", "m"))) }.use { client ->
            assertEquals("own", client.model("scripted::m").ask("hello"))
            assertEquals("ok", client.model("scripted::n").ask("hello"))
        }
        assertEquals(1, provider.requests.size)
    }

    @Test
    fun `the stream of a model of one's own loses nothing`() = onVirtualTime {
        val whole =
            ChatResponse
                .builder()
                .text("one two")
                .reasoning("hm")
                .opaqueParts(listOf(ContentPart.Opaque("image", "{}", "own", 3)))
                .toolCalls(listOf(ToolCall("1", "tool", "{}", "signed")))
                .usage(Usage(3, 4))
                .model("other")
                .requestId("r")
                .finish(FinishReason.TOOL_CALLS, "tools")
                .build()
        val events =
            listOf(
                ChatEvent.ReasoningDelta("hm"),
                ChatEvent.TextDelta("one"),
                ChatEvent.TextDelta(" two"),
                ChatEvent.Finished(whole),
            )
        ScriptedProvider().client { model(Own(ModelId.of("mine", "m"), events)) }.use { client ->
            val seen = client.model("mine::m").stream("hello").toList()
            assertEquals(events.dropLast(1), seen.dropLast(1))
            val response = (seen.last() as ChatEvent.Finished).response
            assertEquals(
                whole.toBuilder().provider("mine").build().toString() + whole.toolCalls.single().signature,
                response.toString() + response.toolCalls.single().signature,
            )
            assertEquals("hm", response.reasoning)
            assertEquals(whole.opaqueParts, response.opaqueParts)
        }
    }
}
