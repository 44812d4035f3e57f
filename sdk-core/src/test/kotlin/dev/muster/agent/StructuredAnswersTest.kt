package dev.muster.agent

import dev.muster.ScriptedProvider
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.chat.ResponseFormat
import dev.muster.chat.Role
import dev.muster.chat.StructuredOutputMode
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolChoice
import dev.muster.chat.ToolDefinition
import dev.muster.chat.Usage
import dev.muster.error.InvalidRequestException
import dev.muster.error.ProviderException
import dev.muster.error.StructuredOutputException
import dev.muster.model.ChatModel
import dev.muster.resilience.RetryPolicy
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import kotlinx.serialization.Serializable
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

@OptIn(ExperimentalCoroutinesApi::class)
class StructuredAnswersTest {
    private val replies = ArrayDeque<suspend () -> ChatResponse.Builder>()
    private var mode = StructuredOutputMode.NATIVE
    private val provider =
        ScriptedProvider(onChat = { replies.removeFirst()() }, onStructured = { mode })
    private val model: ChatModel = provider.client { retry(RetryPolicy.NONE) }.model("scripted::m")

    @Test
    fun `C7 a native model is held to the schema and its text is the object`() = runTest {
        reply(TEA)
        assertEquals(Recipe("Tea", 4), model.ask<Recipe>("How is tea made?"))
        val sent = provider.requests.single()
        assertEquals(listOf(Message.user("How is tea made?")), sent.messages)
        assertEquals("Recipe", sent.responseFormat?.name)
        assertEquals(outputType<Recipe>().schema, sent.responseFormat?.schema)
        assertEquals(true, sent.responseFormat?.isStrict)
    }

    @Test
    fun `C7 the question without a type is still answered by text`() = runTest {
        reply("Boil it.")
        assertEquals("Boil it.", model.ask("How is tea made?"))
        reply("Boil it.")
        assertEquals("Boil it.", ChatAgent.builder(model).build().ask("How is tea made?"))
    }

    @Test
    fun `C7 a model that follows words is told the schema below the agent's own instructions`() = runTest {
        mode = StructuredOutputMode.INSTRUCTION
        val agent = ChatAgent.builder(model).systemPrompt("Be brief.").build()
        reply("Here you are:\n```json\n$TEA\n```\nEnjoy!")
        assertEquals(Recipe("Tea", 4), agent.ask<Recipe>("How is tea made?"))
        val sent = provider.requests.single()
        assertNull(sent.responseFormat)
        assertEquals(listOf(Role.SYSTEM, Role.USER), sent.messages.map { it.role })
        val system = sent.messages[0].text
        assertTrue(system.startsWith("Be brief.\n\n"), system)
        assertTrue("\"additionalProperties\":false" in system && "\"minutes\"" in system, system)
    }

    @Test
    fun `C7 an answer in braces among words is found`() = runTest {
        mode = StructuredOutputMode.INSTRUCTION
        reply("The recipe is $TEA, I think.")
        assertEquals(Recipe("Tea", 4), model.ask<Recipe>("How is tea made?"))
    }

    @Test
    fun `C7 a model that takes no form calls a tool whose arguments are the object`() = runTest {
        mode = StructuredOutputMode.TOOL
        reply("", call = ToolCall("c1", "answer", TEA))
        assertEquals(Recipe("Tea", 4), model.ask<Recipe>("How is tea made?"))
        val sent = provider.requests.single()
        assertNull(sent.responseFormat)
        assertEquals(listOf("answer"), sent.tools.map { it.name })
        assertEquals(ToolChoice.tool("answer"), sent.toolChoice)
        assertEquals(outputType<Recipe>().schema, sent.tools.single().parameters)
    }

    @Test
    fun `C9 bad arguments of the answer's tool come back to the model as the tool's failure`() = runTest {
        mode = StructuredOutputMode.TOOL
        reply("", call = ToolCall("c1", "answer", "{\"name\":\"Tea\"}"))
        reply("", call = ToolCall("c2", "answer", TEA))
        assertEquals(Recipe("Tea", 4), model.ask<Recipe>("How is tea made?"))
        val (question, said, complaint) = provider.requests[1].messages
        assertEquals("How is tea made?", question.text)
        assertEquals("c1", said.toolCalls.single().id)
        assertEquals("c1" to true, complaint.toolCallId to complaint.isToolError)
        assertTrue("minutes" in complaint.text, complaint.text)
    }

    @Test
    fun `C7 the answer's tool has a name of its own`() = runTest {
        mode = StructuredOutputMode.TOOL
        val own = ToolDefinition("answer", "answers the phone", mapOf("type" to "object"))
        reply("", call = ToolCall("c1", "answer_", TEA))
        val request = ChatRequest {
            user("How is tea made?")
            tools(listOf(own))
        }
        assertEquals(Recipe("Tea", 4), model.chat(request, outputType<Recipe>()).value)
    }

    @Test
    fun `C9 a bad answer is shown with what is wrong, and the next one taken`() = runTest {
        reply("""{"name":"Tea","minutes":"four"}""", Usage(10, 5))
        reply(TEA, Usage(30, 5))
        val answer = ChatAgent.builder(model).build().chat<Recipe>("How is tea made?")
        assertEquals(Recipe("Tea", 4), answer.value)
        assertEquals(2, answer.tries)
        assertEquals(Usage(40, 10), answer.usage())
        assertEquals(TEA, answer.response.text)
        val messages = provider.requests[1].messages
        assertEquals(listOf(Role.USER, Role.ASSISTANT, Role.USER), messages.map { it.role })
        assertEquals("""{"name":"Tea","minutes":"four"}""", messages[1].text)
        assertTrue("minutes" in messages[2].text, messages[2].text)
        assertEquals("Recipe", provider.requests[1].responseFormat?.name)
    }

    @Test
    fun `C9 three bad answers are a typed failure with the last one's text and the usage of all`() = runTest {
        repeat(2) { reply("{}", Usage(10, 5)) }
        reply("no more", Usage(10, 5))
        val error = assertThrows<StructuredOutputException> { model.ask<Recipe>("How is tea made?") }
        assertEquals("no more", error.raw)
        assertEquals("it is not JSON", error.reason)
        assertEquals(3, error.tries)
        assertEquals(Usage(30, 15), error.partialUsage)
        assertEquals("scripted", error.provider)
        assertFalse("no more" in error.message!! || "tea" in error.message!!, error.message)
        assertEquals(3, provider.requests.size)
    }

    @Test
    fun `C9 structuredRetries says how often it is asked again`() = runTest {
        reply("{}")
        val agent = ChatAgent.builder(model).structuredRetries(0).build()
        assertThrows<StructuredOutputException> { agent.ask<Recipe>("How is tea made?") }
        assertEquals(1, provider.requests.size)
        assertThrows<IllegalArgumentException> { ChatAgent.builder(model).structuredRetries(-1) }
    }

    @Test
    fun `C9 an answer that was cut, or refused, is not asked for again`() = runTest {
        reply("""{"name":"Te""", finish = FinishReason.LENGTH)
        val cut = assertThrows<StructuredOutputException> { model.ask<Recipe>("How is tea made?") }
        assertTrue("maxTokens" in cut.message!!, cut.message)
        reply("I would rather not", finish = FinishReason.CONTENT_FILTER)
        val refused = assertThrows<StructuredOutputException> { model.ask<Recipe>("How is tea made?") }
        assertEquals("I would rather not", refused.raw)
        assertTrue("refused" in refused.message!!, refused.message)
        assertEquals(2, provider.requests.size)
    }

    @Test
    fun `C9 an empty answer is asked for again without being taken back`() = runTest {
        reply(" ")
        reply(TEA)
        assertEquals(Recipe("Tea", 4), model.ask<Recipe>("How is tea made?"))
        assertEquals(listOf(Role.USER, Role.USER), provider.requests[1].messages.map { it.role })
    }

    @Test
    fun `C9 a failure of a later try says what all tries have used`() = runTest {
        reply("{}", Usage(10, 5))
        replies += { throw ProviderException("down") }
        val error = assertThrows<ProviderException> { model.ask<Recipe>("How is tea made?") }
        assertEquals(Usage(10, 5), error.partialUsage)
    }

    @Test
    fun `C9 cancelling in the second try sends no third`() = runTest {
        reply("{}")
        replies += { awaitCancellation() }
        val asking = async { model.ask<Recipe>("How is tea made?") }
        runCurrent()
        assertEquals(2, provider.requests.size)
        asking.cancel()
        assertThrows<CancellationException> { asking.await() }
        assertEquals(1, provider.cancelled)
        assertEquals(2, provider.requests.size)
    }

    @Test
    fun `C7 what has a default may be missing or null, and what is unknown is passed over`() = runTest {
        reply("""{"name":"Tea","minutes":4,"note":null,"serves":null,"more":[1]}""")
        assertEquals(Recipe("Tea", 4, null, 2), model.ask<Recipe>("How is tea made?"))
    }

    @Test
    fun `C7 a list stands in an object`() = runTest {
        reply("""{"value":[$TEA,$TEA]}""")
        assertEquals(2, model.ask<List<Recipe>>("Two teas").size)
        val schema = provider.requests.single().responseFormat!!.schema
        assertEquals("object", schema["type"])
        assertEquals(setOf("value"), (schema["properties"] as Map<*, *>).keys)
    }

    @Test
    fun `C9 what the type itself refuses is told to the model`() = runTest {
        reply("""{"name":"Tea","minutes":-1}""")
        reply(TEA)
        assertEquals(Recipe("Tea", 4), model.ask<Recipe>("How is tea made?"))
        assertTrue("minutes must be positive" in provider.requests[1].messages.last().text)
    }

    @Test
    fun `C7 a form is refused by a model that cannot be held to it, before anything is sent`() = runTest {
        mode = StructuredOutputMode.INSTRUCTION
        val request = ChatRequest {
            user("How is tea made?")
            responseFormat(ResponseFormat("recipe", outputType<Recipe>().schema))
        }
        val error = assertThrows<InvalidRequestException> { model.chat(request) }
        assertTrue("call ask with a type" in error.message!!, error.message)
        assertEquals(0, provider.requests.size)
    }

    private fun reply(
        text: String,
        usage: Usage? = null,
        finish: FinishReason = FinishReason.STOP,
        call: ToolCall? = null,
    ) {
        replies += {
            ChatResponse.builder().text(text).usage(usage).toolCalls(listOfNotNull(call))
                .finish(if (call == null) finish else FinishReason.TOOL_CALLS, null)
        }
    }

    @Serializable
    data class Recipe(val name: String, val minutes: Int, val note: String? = null, val serves: Int = 2) {
        init {
            require(minutes > 0) { "minutes must be positive" }
        }
    }

    private companion object {
        const val TEA = """{"name":"Tea","minutes":4}"""
    }
}
