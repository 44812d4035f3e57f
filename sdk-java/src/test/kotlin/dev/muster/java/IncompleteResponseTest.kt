package dev.muster.java

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.ModelId
import dev.muster.error.IncompleteResponseException
import dev.muster.model.ChatModel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emptyFlow
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class IncompleteResponseTest {
    private object Pausing : ChatModel {
        override val id: ModelId = ModelId.of("own", "m")

        override suspend fun chat(request: ChatRequest): ChatResponse =
            ChatResponse.builder().text("Let me look.").finish(FinishReason.PAUSED, "pause").build()

        override fun stream(request: ChatRequest): Flow<ChatEvent> = emptyFlow()
    }

    @Test
    fun `half an answer is no text in Java either`() {
        Muster.builder().environment(emptyMap()).model(Pausing).build().use { muster ->
            val model = muster.model("own::m")
            val calls = listOf(model.ask("hi"), PromptExecutor.simple(model, "Be brief.").execute("hi"))
            for (call in calls) {
                val failure = assertThrows<IncompleteResponseException> { call.execute() }
                assertEquals("Let me look.", failure.response.text)
                assertTrue("use chat" in failure.message!!, failure.message)
            }
            assertEquals(FinishReason.PAUSED, model.chat("hi").execute().finishReason)
        }
    }
}
