package dev.muster.agent

import dev.muster.agent.ToolScript.Companion.says
import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.error.InvalidRequestException
import dev.muster.onVirtualTime
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.toList
import kotlinx.serialization.Serializable
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Views that return objects, and prompts that are messages. */
class TypedViewsTest {
    private val shown =
        Message.user(ContentPart.Text("What?"), ContentPart.Image.of(byteArrayOf(1, 2), "image/png"))

    @Test
    fun `C7 a view takes a text, a message and a request`() = onVirtualTime {
        val script = ToolScript(says(CAT))
        val agent = ChatAgent.builder(script.model).systemPrompt("Be brief.").build()
        val request = ChatRequest { user("cat").temperature(0.5) }
        val model = script.model.returning<Animal>()
        val objects = listOf(model.ask("cat"), model.ask(shown), model.ask(request)) +
            listOf(model.chat("cat"), model.chat(shown), model.chat(request)).map { it.value } +
            listOf(model.stream("cat"), model.stream(shown), model.stream(request)).map { last(it) } +
            agent.returning<Animal>().let {
                listOf(it.ask("cat"), it.ask(shown), it.chat("cat").value, it.chat(shown).value) +
                    listOf(last(it.stream("cat")), last(it.stream(shown)))
            }
        assertEquals(List(15) { Animal("cat", 4) }, objects)
        val user = Message.user("cat")
        val sent = script.requests.map { it.messages.last() }
        assertEquals(List(3) { listOf(user, shown, user) }.flatten(), sent.take(9))
        assertEquals(listOf(user, shown, user, shown, user, shown), sent.drop(9))
        assertEquals(listOf(null, null, 0.5), script.requests.take(3).map { it.temperature })
        // The schema may stand below the system prompt.
        assertTrue(script.requests.drop(9).all { it.messages.first().text.startsWith("Be brief.") })
    }

    @Test
    fun `C7 a view of a conversation adds its turns to it, images and streams too`() = onVirtualTime {
        val conversation = ChatAgent.builder(ToolScript(says(CAT)).model).build().conversation()
        val animals = conversation.returning<Animal>()
        val cat = Animal("cat", 4)
        assertEquals(listOf(cat, cat), listOf(animals.ask("a"), animals.ask(shown)))
        assertEquals(listOf(cat, cat), listOf(animals.chat("b").value, animals.chat(shown).value))
        assertEquals(listOf(cat, cat), listOf(last(animals.stream("c")), last(animals.stream(shown))))
        val prompts = listOf(Message.user("a"), shown, Message.user("b"), shown, Message.user("c"), shown)
        assertEquals(prompts.flatMap { listOf(it, Message.assistant(CAT)) }, conversation.history)
    }

    @Test
    fun `A12 a message is a prompt of a model, an agent and a conversation, whole and streamed`() = onVirtualTime {
        val script = ToolScript(says("A cat."))
        val agent = ChatAgent.builder(script.model).build()
        val conversation = agent.conversation()
        assertEquals(listOf("A cat.", "A cat."), listOf(script.model.ask(shown), agent.ask(shown)))
        assertEquals("A cat.", script.model.ask(ChatRequest { message(shown) }))
        assertEquals(listOf("A cat.", "A cat."), listOf(script.model.chat(shown).text, agent.chat(shown).text))
        script.model.stream(shown).collect {}
        agent.stream(shown).collect {}
        assertEquals(shown, agent.request(shown).messages.single())
        conversation.chat(shown)
        conversation.stream(shown).collect {}
        assertEquals(List(9) { shown }, script.requests.map { it.messages.last() })
        val turn = listOf(shown, Message.assistant("A cat."))
        assertEquals(turn + turn, conversation.history)
        assertEquals(turn + turn, agent.loadConversation(conversation.save()).history)
    }

    @Test
    fun `A1 a message that is not the user's is refused where it is sent, and nothing is`() = onVirtualTime {
        val script = ToolScript(says(CAT))
        val model = script.model
        val agent = ChatAgent.builder(model).build()
        val conversation = agent.conversation()
        val said = Message.assistant("Hi.")
        val streams = listOf(
            model.stream(said),
            model.returning<Animal>().stream(said),
            agent.stream(said),
            agent.returning<Animal>().stream(said),
            conversation.stream(said),
            conversation.returning<Animal>().stream(said),
        )
        val ways: List<suspend () -> Any?> = listOf<suspend () -> Any?>(
            { model.ask(said) },
            { model.chat(said) },
            { model.returning<Animal>().ask(said) },
            { model.returning<Animal>().chat(said) },
            { agent.ask(said) },
            { agent.chat(said) },
            { agent.request(said) },
            { agent.returning<Animal>().ask(said) },
            { agent.returning<Animal>().chat(said) },
            { conversation.ask(said) },
            { conversation.chat(said) },
            { conversation.returning<Animal>().ask(said) },
            { conversation.returning<Animal>().chat(said) },
        ) + streams.map { stream -> suspend { stream.toList() } }
        ways.forEachIndexed { index, way ->
            val refused = assertThrows<InvalidRequestException>("way $index") { way() }
            assertTrue("must be a user message, but its role is ASSISTANT" in refused.message!!, refused.message)
            assertEquals("scripted" to "m", refused.provider to refused.model)
        }
        assertEquals(emptyList<ChatRequest>(), script.requests)
        assertEquals(emptyList<Message>(), conversation.history)
        assertEquals(CAT, conversation.ask("And now?"))
    }

    private suspend fun last(stream: Flow<AgentEvent>): Any? =
        (stream.toList().last() as AgentEvent.Finished).structured?.value

    @Serializable
    private data class Animal(val name: String, val legs: Int)

    private companion object {
        const val CAT = """{"name":"cat","legs":4}"""
    }
}
