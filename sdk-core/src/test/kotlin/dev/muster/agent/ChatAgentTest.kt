package dev.muster.agent

import dev.muster.ScriptedProvider
import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.ToolDefinition
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class ChatAgentTest {
    private val provider = ScriptedProvider()
    private val model = provider.client().model("scripted::m")

    @Test
    fun `A3 every call carries the agent's settings`() = runTest {
        val tool = ToolDefinition("clock", "tells the time", mapOf("type" to "object"))
        val agent =
            ChatAgent
                .builder(model)
                .name("brief")
                .systemPrompt("Be brief.")
                .temperature(0.2)
                .maxTokens(50)
                .topP(0.9)
                .stop(listOf("END"))
                .seed(7)
                .reasoning(Reasoning.effort(ReasoningEffort.LOW))
                .toolDefinition(tool)
                .build()
        agent.ask("Hi")
        val sent = provider.requests.single()
        assertEquals(listOf(Message.system("Be brief."), Message.user("Hi")), sent.messages)
        assertEquals(listOf(0.2, 50, listOf(tool)), listOf(sent.temperature, sent.maxTokens, sent.tools))
        assertEquals(listOf(0.9, listOf("END"), 7L), listOf(sent.topP, sent.stop, sent.seed))
        assertEquals(ReasoningEffort.LOW, sent.reasoning?.effort)
        assertEquals("brief", agent.name)
    }

    @Test
    fun `A3 an agent has every setting that a request has`() {
        fun setters(builder: Class<*>) = builder.methods
            .filter { it.returnType.isAssignableFrom(builder) && it.returnType != Any::class.java && '$' !in it.name }
            .map { it.name }
            .toSet()
        // An agent has its own words for what is said, and asks for a form by a type.
        val said = setOf("messages", "message", "system", "user", "assistant", "responseFormat")
        val ofRequest = setters(ChatRequest.Builder::class.java) - said
        assertTrue("temperature" in ofRequest && "tools" in ofRequest, ofRequest.toString())
        assertEquals(emptySet<String>(), ofRequest - setters(ChatAgent.Builder::class.java))
    }

    @Test
    fun `A3 reusing the builder does not change a built agent`() = runTest {
        val builder = ChatAgent.builder(model).systemPrompt("one").maxTokens(1)
        val first = builder.build()
        val second = builder.systemPrompt("two").maxTokens(2).build()
        assertEquals(listOf("one", "Hi"), first.request("Hi").messages.map { it.text })
        assertEquals(1, first.request("Hi").maxTokens)
        assertEquals(listOf("two", "Hi"), second.request("Hi").messages.map { it.text })
        assertEquals(2, second.request("Hi").maxTokens)
    }

    @Test
    fun `A14 calls share nothing`() = runTest {
        val agent = ChatAgent.builder(model).systemPrompt("s").build()
        coroutineScope { repeat(5) { launch { agent.ask("question $it") } } }
        assertEquals(
            List(5) {
                listOf("s", "question $it")
            },
            provider.requests.map { r -> r.messages.map { it.text } },
        )
    }
}
