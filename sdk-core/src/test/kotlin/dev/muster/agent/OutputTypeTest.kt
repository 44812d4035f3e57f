package dev.muster.agent

import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertAll
import org.junit.jupiter.api.assertThrows

/** What is read from what a model has written. */
class OutputTypeTest {
    @Test
    fun `C7 an answer is found in a fence, among words, and beside other braces`() {
        val soup = """{"name":"Soup","minutes":30}"""
        val texts = listOf(
            soup,
            "\uFEFF $soup\n",
            "```json\n$soup\n```",
            "```\n$soup\n```\nEnjoy!",
            "```json $soup```",
            "Here you are: $soup",
            "$soup It serves {two}.",
            "I was told {name} and {}: $soup",
            "A [sic] \"soup: $soup",
        )
        assertAll(texts.map { text -> { assertEquals(Dish("Soup", 30), dish.decode(text), text) } })
    }

    @Test
    fun `C7 a list, an enum, a number and a text at the top are taken with their object and without`() {
        assertAll(
            { assertEquals(listOf(1, 2), outputType<List<Int>>().decode("""{"value":[1,2]}""")) },
            { assertEquals(listOf(1, 2), outputType<List<Int>>().decode("[1,2]")) },
            { assertEquals(listOf(1, 2), outputType<List<Int>>().decode("Sure! [1,2] [done]")) },
            { assertEquals(Sky.RAIN, outputType<Sky>().decode("""{"value":"rain"}""")) },
            { assertEquals(Sky.RAIN, outputType<Sky>().decode("\"rain\"")) },
            { assertEquals(7, outputType<Int>().decode("7")) },
            { assertEquals("a", outputType<String>().decode("""{"value":"a"}""")) },
            { assertEquals(mapOf("value" to 1), outputType<Map<String, Int>>().decode("""{"value":1}""")) },
            { assertEquals(null, outputType<Dish?>().decode("""{"value":null}""")) },
        )
    }

    @Test
    fun `C9 what is no answer is said so that the model can mend it`() {
        val rows = mapOf(
            " " to "it is empty",
            "Soup, 30 minutes" to "it is not JSON",
            """{"name":"Soup","minutes":""" to "it is not JSON",
            """{"name":"Soup","minutes":thirty}""" to "it is not JSON",
            """{"name":"Soup","minutes":NaN}""" to "it is not JSON",
            """{"name":"Soup","minutes":030}""" to "it is not JSON",
            """{"name":"Soup"}""" to "minutes is missing",
            """{"name":"Soup","minutes":"30"}""" to "minutes must be integer, not string",
            """{"name":"Soup","minutes":30.5}""" to "minutes must be integer, not number",
            """{"name":null,"minutes":30}""" to "name must be string, not null",
            """[{"name":"Soup","minutes":30}]""" to "it must be object, not array",
            "7" to "it must be object, not number",
        )
        assertAll(rows.map { (text, fault) -> { assertEquals(fault, faultOf(dish, text), text) } })
    }

    @Test
    fun `C9 an integer beyond its type is a fault, and one written with a fraction is none`() {
        assertEquals(true, faultOf(dish, """{"name":"Soup","minutes":99999999999999999999}""")?.contains("minutes"))
        val second =
            faultOf(outputType<List<Dish>>(), """[{"name":"a","minutes":1},{"name":"b","minutes":9999999999}]""")
        assertEquals(true, second?.endsWith("at path: $[1].minutes"), second)
        assertEquals(Dish("Soup", 30), dish.decode("""{"name":"Soup","minutes":30.0}"""))
        assertEquals(Dish("Soup", 300), dish.decode("""{"name":"Soup","minutes":3e2}"""))
        assertEquals(listOf(1.0, 2.5), outputType<List<Double>>().decode("[1.0,2.5]"))
        assertEquals(listOf("1.0"), outputType<List<String>>().decode("""["1.0"]"""))
    }

    @Test
    fun `C9 an answer nested beyond reason is a fault and not an overflow`() {
        val deep = """{"next":""".repeat(100_000) + "null" + "}".repeat(100_000)
        assertEquals("it is nested deeper than 128 levels", faultOf(outputType<Chain>(), deep))
        val brackets = """{"name":"[[[[${"[".repeat(1_000)}","minutes":1}"""
        assertEquals(1, dish.decode(brackets).minutes)
        assertEquals("it is not JSON", faultOf(dish, "{ [ ".repeat(60)))
    }

    @Test
    fun `C9 of several answers none is taken, and what does not fit is no answer`() {
        val soup = """{"name":"Soup","minutes":30}"""
        val stew = """{"name":"Stew","minutes":90}"""
        val several = listOf(
            soup + stew,
            "$soup\n$stew",
            "First: $soup Or rather: $stew",
            "```json\n$soup\n```\n```json\n$stew\n```",
        )
        assertAll(several.map { { assertEquals("it contains 2 answers: give only one", faultOf(dish, it), it) } })
        val one = listOf(
            "$soup$soup",
            """{"name":"Soup, with a long name that does not count"} $soup""",
            "```json\n{\"name\":\"Stew\"}\n```\n```json\n$soup\n```",
        )
        assertAll(one.map { { assertEquals(Dish("Soup", 30), dish.decode(it), it) } })
        assertEquals("minutes is missing", faultOf(dish, """Here: {"name":"Soup"} {"a":1}"""))
    }

    @Test
    fun `C9 a fault is one of the subclass that the answer names`() {
        val shape = outputType<KotlinTypes.Shape>()
        assertEquals("value.radius must be number, not string", faultOf(shape, """{"type":"circle","radius":"1"}"""))
        assertEquals(
            "value.radius is missing; value.r is unknown: the properties are type, radius",
            faultOf(shape, """{"type":"circle","r":1}"""),
        )
        assertEquals(KotlinTypes.Dot, shape.decode("""{"type":"dot","radius":"1"}"""))
    }

    @Test
    fun `C9 an exponent does not fill the memory`() {
        assertThrows<IllegalArgumentException> { outputType<Long>().decode("1e300") }
        assertThrows<IllegalArgumentException> { outputType<Long>().decode("1e999999999") }
        assertThrows<IllegalArgumentException> { outputType<Double>().decode("1e999999999") }
        assertEquals(0, outputType<Int>().decode("-0.0"))
    }

    @Test
    fun `C7 what is said twice counts as said last, and letters of any script are kept`() {
        val twice = """{"name":"x","minutes":1,"name":"Борщ 🍲 \u00e9","minutes":2}"""
        assertEquals(Dish("Борщ 🍲 é", 2), dish.decode(twice))
    }

    @Test
    fun `C7 definitions of a schema of one's own stay at the root, by either name`() {
        listOf("\$defs", "definitions").forEach { key ->
            val schema = mapOf(
                "type" to "array",
                "items" to mapOf("\$ref" to "#/$key/word"),
                key to mapOf("word" to mapOf("type" to "string")),
            )
            val words = OutputType.of("words", schema) { it }
            assertEquals("""["a"]""", words.decode("""{"value":["a"]}"""))
            assertEquals("value[0] must be string, not number", faultOf(words, """{"value":[1]}"""))
        }
    }

    @Test
    fun `C7 a type's name is fit for every provider`() {
        assertEquals("Dish", dish.name)
        assertEquals("answer", OutputType.of("?!", emptyMap()) { it }.name)
        assertEquals("a_b-9", OutputType.of("a_b-9 <é>", emptyMap()) { it }.name)
        assertEquals(64, OutputType.of("x".repeat(99), emptyMap()) { it }.name.length)
    }

    private val dish = outputType<Dish>()

    private fun faultOf(type: OutputType<*>, text: String): String? =
        assertThrows<IllegalArgumentException>(text) { type.decode(text) }.message

    @Serializable
    data class Dish(val name: String, val minutes: Int)

    @Serializable
    enum class Sky {
        @SerialName("rain")
        RAIN,
    }

    @Serializable
    class Chain(val next: Chain?)
}
