package dev.muster.contract

import dev.muster.agent.AgentEvent
import dev.muster.agent.ChatAgent
import dev.muster.agent.Description
import dev.muster.agent.OutputType
import dev.muster.agent.outputType
import dev.muster.agent.returning
import dev.muster.agent.tool
import dev.muster.chat.ChatRequest
import dev.muster.chat.ResponseFormat
import dev.muster.chat.StructuredOutputMode
import dev.muster.error.InvalidRequestException
import dev.muster.error.StructuredOutputException
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeRequest
import kotlinx.coroutines.flow.toList
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.encodeToString
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.serializer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/**
 * Responses as objects, in an API format whose provider enforces a schema (`StructuredOutputMode.NATIVE`). The schema
 * is on the wire and closed. Objects, lists, enums, maps and sealed types come back, also after tool rounds. A response
 * that does not fit is requested again, then the call fails.
 *
 * A provider has one subclass for each such API format. It gives the pointer of the schema in the body and says what
 * the schema mode cannot do.
 */
public abstract class StructuredContract(
    id: String,
    /** The JSON pointer of the schema in the body, such as `/response_format/json_schema/schema`. */
    private val schemaField: String,
) : ProviderTest(id) {
    /** The fields next to the schema for a type named `Note`, by their JSON pointers. Default: none. */
    protected open val formFields: Map<String, String?> get() = emptyMap()

    /** Whether all properties of a schema must be required, with optional ones made nullable. Default: false. */
    protected open val requiresAll: Boolean get() = false

    /** Whether the schema is sent together with tools. Otherwise it is part of the prompt. Default: true. */
    protected open val takesFormBesideTools: Boolean get() = true

    /** Whether the API format reports that the model has refused. Default: true. */
    protected open val tellsRefusals: Boolean get() = true

    /** How a map is requested from the model: not every schema mode supports it. Default: by the schema mode. */
    protected open val modeOfMaps: StructuredOutputMode get() = StructuredOutputMode.NATIVE

    @Test
    public fun `C7 nested, listed, enumerated and optional things are schemas on the wire and come back`(): Unit =
        blocking {
            roundTrip(Order("Ann", Address("Main St", "Ulm")))
            roundTrip(Menu(listOf(Dish("soup", 3.5), Dish("tea", 1.0))))
            roundTrip(Weather(Sky.CLEAR, listOf(Sky.CLEAR, Sky.RAIN)))
            roundTrip(Note("hi"))
            roundTrip(Note("hi", "there", 3))
        }

    @Test
    public fun `C7 a sealed type, a list and an enum at the top come back`(): Unit = blocking {
        roundTrip<Shape>(Square(2.0), wrapped = true)
        roundTrip(listOf(Dish("soup", 3.5)), wrapped = true)
        roundTrip(Sky.RAIN, wrapped = true)
    }

    @Test
    public fun `C7 descriptions are in the schema`(): Unit = blocking {
        server.otherwise(FakeReply.text("""{"text":"a"}"""))
        model().returning<Note>().ask("Note it")
        val schema = schemaOf(server.requests.single())
        assertTrue("What the note says" in "$schema", "$schema")
    }

    @Test
    public fun `C7 a map comes back, whatever the provider has words for`(): Unit = blocking {
        val stock = Stock(mapOf("tea" to 3, "milk" to 1))
        val json = Json.encodeToString(stock)
        server.otherwise(
            if (modeOfMaps == StructuredOutputMode.TOOL) {
                FakeReply.toolCall("c1", "answer", json)
            } else {
                FakeReply.text(json)
            },
        )
        val model = model()
        assertEquals(modeOfMaps, model.structuredOutput(formed(outputType<Stock>())))
        assertEquals(stock, model.returning<Stock>().ask("How much is there?"))
        assertEquals(null, server.requests.single().rejection)
        assertTrue("amounts" in server.requests.single().body)
    }

    @Test
    public fun `C8 A17 a tool round, then an answer as an object, whole and streamed`(): Unit = blocking {
        val menu = Menu(listOf(Dish("soup", 3.5)))
        val call = FakeReply.toolCall("c1", "kitchen", """{"day":"today"}""")
        server.on { it.messages.last().role == "user" }.reply(call)
        server.on { it.messages.last().role == "tool" }.reply(FakeReply.text(Json.encodeToString(menu)))
        val kitchen = tool("kitchen", "Says what there is") { args: Day -> "soup, ${args.day}" }
        val agent = ChatAgent.builder(model()).tool(kitchen).build()
        val answer = agent.returning<Menu>().chat("What is there?")
        assertEquals(menu, answer.value)
        assertEquals(listOf("soup, today"), answer.response.toolRuns.map { it.result })
        val last = agent.returning<Menu>().stream("What is there?").toList().last() as AgentEvent.Finished
        assertEquals(menu, last.structured?.value)
        assertEquals(4, server.requestCount)
        server.requests.forEach { seen ->
            assertEquals(null, seen.rejection, seen.body)
            assertEquals(takesFormBesideTools, seen.field(schemaField) != null, seen.body)
            assertTrue("dishes" in seen.body, seen.body)
        }
    }

    @Test
    public fun `C9 a bad answer is shown to the model with what is wrong, and the next one taken`(): Unit = blocking {
        server.onModel("m").replies(
            FakeReply.text("""{"customer":"Ann"}""").usage(10, 5),
            FakeReply.text(Json.encodeToString(Order("Ann", Address("Main St", "Ulm")))).usage(20, 5),
        )
        val answer = model().returning<Order>().chat("An order")
        assertEquals("Ulm", answer.value.to.city)
        assertEquals(2, answer.tries)
        assertEquals(40L, answer.usage?.totalTokens)
        val second = server.requests[1]
        assertEquals(null, second.rejection)
        val said = second.messages.takeLast(3).map { it.role to it.text }
        assertEquals(listOf("user" to "An order", "assistant" to """{"customer":"Ann"}"""), said.take(2))
        assertEquals("user", said[2].first)
        assertTrue("not valid" in said[2].second && "to" in said[2].second, said[2].second)
    }

    @Test
    public fun `C9 answers that stay bad are a typed failure with the raw text and the usage of all tries`(): Unit =
        blocking {
            server.otherwise(FakeReply.text("Sorry, no JSON today").usage(10, 5))
            val agent = ChatAgent.builder(model()).structuredRetries(2).build()
            val error = assertThrows<StructuredOutputException> { agent.returning<Order>().ask("An order") }
            assertEquals("Sorry, no JSON today", error.raw)
            assertEquals(3, error.tries)
            assertEquals(3, server.requestCount)
            assertEquals(45L, error.partialUsage?.totalTokens)
            assertEquals(id, error.provider)
            assertFalse("Sorry" in error.message!!, error.message)
        }

    @Test
    public fun `C9 an answer that the token limit or a refusal has cut is not asked for again`(): Unit = blocking {
        server.onPrompt("long").reply(FakeReply.text("""{"customer":"An""").finishReason(finishWord("length")))
        val error = assertThrows<StructuredOutputException> { model().returning<Order>().ask("long") }
        assertEquals("""{"customer":"An""", error.raw)
        assertTrue("maxTokens" in error.message!!, error.message)
        assertEquals(1, server.requestCount)
        if (!tellsRefusals) return@blocking
        server.otherwise(FakeReply.refusal("I would rather not."))
        val refused = assertThrows<StructuredOutputException> { model().returning<Order>().ask("An order") }
        assertEquals("I would rather not.", refused.raw)
        assertEquals(2, server.requestCount)
    }

    @Test
    public fun `C7 a request can hold the model to a schema by itself`(): Unit = blocking {
        server.otherwise(FakeReply.text("""{"text":"a"}"""))
        val response = model().chat(formed(outputType<Note>()))
        assertEquals("""{"text":"a"}""", response.text)
        val seen = server.requests.single()
        formFields.forEach { assertEquals(it.value, seen.field(it.key), "${it.key} of ${seen.body}") }
        assertEquals(setOf("text", "more", "count"), schemaOf(seen).getValue("properties").jsonObject.keys)
    }

    @Test
    public fun `C7 a form without a proper name is refused before anything is sent`(): Unit = blocking {
        val request = ChatRequest {
            user("hi")
            responseFormat(ResponseFormat("a name", outputType<Note>().schema))
        }
        assertThrows<InvalidRequestException> { model().chat(request) }
        assertEquals(0, server.requestCount)
    }

    /** Returns the word of the API format for the finish reason [reason], `length`. Default: the same word. */
    protected open fun finishWord(reason: String): String = reason

    private suspend inline fun <reified T> roundTrip(value: T, wrapped: Boolean = false) {
        val json = Json.encodeToString(serializer<T>(), value)
        server.reset()
        server.otherwise(FakeReply.text(if (wrapped) """{"value":$json}""" else json))
        assertEquals(value, model().returning<T>().ask("Tell me"))
        val seen = server.requests.single()
        assertEquals(null, seen.rejection, seen.body)
        val sent = schemaOf(seen)
        assertEquals("object", (sent["type"] as JsonPrimitive).content)
        closed(sent)
    }

    private fun schemaOf(seen: FakeRequest): JsonObject {
        val schema = seen.field(schemaField) ?: throw AssertionError("no schema in ${seen.body}")
        return Json.parseToJsonElement(schema).jsonObject
    }

    /** Checks that every object of [schema] forbids other properties and lists the required ones. */
    private fun closed(schema: JsonElement) {
        when (schema) {
            is JsonArray -> schema.forEach(::closed)

            is JsonObject -> {
                if ("properties" in schema) {
                    assertEquals(JsonPrimitive(false), schema["additionalProperties"], "$schema")
                    val names = schema.getValue("properties").jsonObject.keys
                    val required = schema.getValue("required").jsonArray.map { (it as JsonPrimitive).content }
                    if (requiresAll) assertEquals(names, required.toSet(), "$schema")
                }
                schema.values.forEach(::closed)
            }

            else -> Unit
        }
    }

    private fun formed(type: OutputType<*>) = ChatRequest {
        user("hi")
        responseFormat(ResponseFormat(type.name, type.schema))
    }

    @Serializable
    internal data class Order(val customer: String, val to: Address)

    @Serializable
    internal data class Address(val street: String, val city: String)

    @Serializable
    internal data class Menu(val dishes: List<Dish>)

    @Serializable
    internal data class Day(val day: String)

    @Serializable
    internal data class Dish(val name: String, val price: Double)

    @Serializable
    internal data class Weather(val now: Sky, val later: List<Sky>)

    @Serializable
    internal enum class Sky { CLEAR, RAIN }

    @Serializable
    internal data class Note(
        @Description("What the note says") val text: String,
        val more: String? = null,
        val count: Int = 1,
    )

    @Serializable
    internal sealed interface Shape

    @Serializable
    @SerialName("square")
    internal data class Square(val side: Double) : Shape

    @Serializable
    @SerialName("dot")
    internal data object Dot : Shape

    @Serializable
    internal data class Stock(val amounts: Map<String, Int>)
}
