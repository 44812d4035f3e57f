package dev.muster.agent.internal

import dev.muster.agent.Description
import kotlinx.serialization.Contextual
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonClassDiscriminator
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.serializer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class SchemaGeneratorTest {
    @Test
    fun `C7 each primitive has its type, and what has no default must be there`() {
        assertEquals(
            obj(
                "text" to type("string"),
                "small" to type("integer"),
                "big" to type("integer"),
                "exact" to type("number"),
                "flag" to type("boolean"),
            ),
            schema<Primitives>(),
        )
    }

    @Test
    fun `C7 what is nullable or has a default need not be there`() {
        val expected =
            obj(
                "must" to type("string"),
                "may" to mapOf("type" to listOf("string", "null")),
                "usual" to type("integer"),
                "mood" to
                    mapOf("anyOf" to listOf(type("string") + ("enum" to listOf("GOOD", "fair")), type("null"))),
            ) + ("required" to listOf("must"))
        assertEquals(expected, schema<Optionals>())
    }

    @Test
    fun `C7 nested classes, lists, maps and enums stand where they are used`() {
        val step = obj("text" to type("string"))
        val expected =
            obj(
                "steps" to mapOf("type" to "array", "items" to step),
                "notes" to mapOf("type" to "object", "additionalProperties" to step),
                "mood" to mapOf("type" to "string", "enum" to listOf("GOOD", "fair")),
                "counts" to mapOf(
                    "type" to "object",
                    "properties" to mapOf("GOOD" to type("integer"), "fair" to type("integer")),
                    "additionalProperties" to type("integer"),
                ),
            )
        assertEquals(expected, schema<Nested>())
    }

    @Test
    fun `C7 descriptions of classes and properties reach the model, the property's own first`() {
        val schema = schema<Described>()
        assertEquals("A whole recipe", schema["description"])
        val properties = schema["properties"] as Map<*, *>
        assertEquals(mapOf("type" to "string", "description" to "What it is called"), properties["name"])
        assertEquals("One step", (properties["first"] as Map<*, *>)["description"])
        assertEquals("The last one", (properties["last"] as Map<*, *>)["description"])
    }

    @Test
    fun `C7 a sealed type is one of its subclasses, told apart by the discriminator`() {
        val circle = obj("type" to which("circle"), "radius" to type("number"))
        val nothing = obj("type" to which("nothing"))
        assertEquals(mapOf("anyOf" to listOf(circle, nothing)), schema<Shape>())
        assertEquals(
            mapOf("anyOf" to listOf(obj("kind" to which("cat"), "lives" to type("integer")))),
            schema<Animal>(),
        )
    }

    @Test
    fun `C7 what contains itself stands among the definitions`() {
        val ref = mapOf("\$ref" to "#/\$defs/Tree")
        val tree =
            obj(
                "value" to type("integer"),
                "children" to mapOf("type" to "array", "items" to ref),
                "twin" to mapOf("anyOf" to listOf(ref, type("null"))),
            ) + ("required" to listOf("value", "children"))
        assertEquals(tree + ("\$defs" to mapOf("Tree" to tree)), schema<Tree>())
    }

    @Test
    fun `C7 a sealed type that contains itself stands among the definitions`() {
        val schema = schema<Sum>()
        assertEquals(mapOf("\$ref" to "#/\$defs/Term"), (schema["properties"] as Map<*, *>)["of"])
        val term = (schema["\$defs"] as Map<*, *>)["Term"] as Map<*, *>
        val add = (term["anyOf"] as List<*>)[0] as Map<*, *>
        assertEquals(mapOf("\$ref" to "#/\$defs/Term"), (add["properties"] as Map<*, *>)["left"])
    }

    @Test
    fun `C7 a value class is what it carries, and a JSON element is anything`() {
        assertEquals(obj("id" to type("string"), "more" to emptyMap<String, Any?>()), schema<Carried>())
    }

    @Test
    fun `C7 a value class that may carry null must be there, and may be null`() {
        val expected = obj("id" to mapOf("type" to listOf("string", "null")), "more" to type("string"))
        assertEquals(expected, schema<MayCarry>())
    }

    @Test
    fun `C7 a box of boxes is no box that contains itself`() {
        val inner = obj("content" to type("integer"))
        assertEquals(obj("content" to inner), schema<Box<Box<Int>>>())
        val both = schema<Twin<Chain<Int>, Chain<String>>>()
        val chains = both["\$defs"] as Map<*, *>
        assertEquals(setOf("Chain", "Chain2"), chains.keys)
        val kept = chains.values.map { ((it as Map<*, *>)["properties"] as Map<*, *>)["content"] }
        assertEquals(listOf(type("integer"), type("string")), kept)
    }

    @Test
    fun `C7 a sealed type within a sealed type is one of all of them`() {
        val options = schema<Vehicle>()["anyOf"] as List<*>
        val kinds = options.map { ((it as Map<*, *>)["properties"] as Map<*, *>)["type"] }
        assertEquals(listOf(which("bike"), which("bus")), kinds.sortedBy { "$it" })
        val described = options.single { "A bus" in "$it" } as Map<*, *>
        assertEquals(listOf("type", "seats"), described["required"])
    }

    @Test
    fun `C7 what has no schema says why`() {
        val grows = assertThrows(IllegalArgumentException::class.java) { schema<Growing<Int>>() }
        assertTrue("endless new types" in grows.message!!, grows.message)
        val open = assertThrows(IllegalArgumentException::class.java) { schema<Open>() }
        assertTrue("Use a sealed class" in open.message!!, open.message)
        val keys = assertThrows(IllegalArgumentException::class.java) { schema<Map<Step, Int>>() }
        assertTrue("keys of" in keys.message!!, keys.message)
    }

    private inline fun <reified T> schema() = schemaOf(serializer<T>().descriptor)

    private fun type(name: String) = mapOf("type" to name)

    private fun which(name: String) = mapOf("type" to "string", "enum" to listOf(name))

    private fun obj(vararg properties: Pair<String, Map<String, Any?>>) = mapOf(
        "type" to "object",
        "properties" to mapOf(*properties),
        "required" to properties.map { it.first },
        "additionalProperties" to false,
    )

    @Serializable
    class Primitives(val text: String, val small: Byte, val big: Long, val exact: Double, val flag: Boolean)

    @Serializable
    enum class Mood {
        GOOD,

        @SerialName("fair")
        FAIR,
    }

    @Serializable
    class Optionals(val must: String, val may: String?, val usual: Int = 3, val mood: Mood? = null)

    @Serializable
    class Step(val text: String)

    @Serializable
    class Nested(val steps: List<Step>, val notes: Map<String, Step>, val mood: Mood, val counts: Map<Mood, Int>)

    @Serializable
    @Description("One step")
    class DescribedStep(val text: String)

    @Serializable
    @Description("A whole recipe")
    class Described(
        @Description("What it is called") val name: String,
        val first: DescribedStep,
        @Description("The last one") val last: DescribedStep,
    )

    @Serializable
    sealed interface Shape

    @Serializable
    @SerialName("circle")
    class Circle(val radius: Double) : Shape

    @Serializable
    @SerialName("nothing")
    data object Nothing : Shape

    @OptIn(ExperimentalSerializationApi::class)
    @Serializable
    @JsonClassDiscriminator("kind")
    sealed interface Animal

    @Serializable
    @SerialName("cat")
    class Cat(val lives: Int) : Animal

    @Serializable
    class Tree(val value: Int, val children: List<Tree>, val twin: Tree? = null)

    @Serializable
    sealed interface Term

    @Serializable
    @SerialName("add")
    class Add(val left: Term, val right: Term) : Term

    @Serializable
    @SerialName("number")
    class Number(val value: Int) : Term

    @Serializable
    class Sum(val of: Term)

    @JvmInline
    @Serializable
    value class Id(val value: String)

    @Serializable
    class Carried(val id: Id, val more: JsonElement)

    @JvmInline
    @Serializable
    value class Perhaps(val value: String?)

    @Serializable
    class MayCarry(val id: Perhaps, val more: String)

    @Serializable
    class Box<T>(val content: T)

    @Serializable
    class Chain<T>(val content: T, val next: Chain<T>? = null)

    @Serializable
    class Twin<A, B>(val a: A, val b: B)

    @Serializable
    class Growing<T>(val content: T, val next: Growing<List<T>>?)

    @Serializable
    sealed interface Vehicle

    @Serializable
    sealed interface Motor : Vehicle

    @Serializable
    @SerialName("bike")
    class Bike(val gears: Int = 1) : Vehicle

    @Serializable
    @SerialName("bus")
    @Description("A bus")
    class Bus(val seats: Int, val line: String? = null) : Motor

    @Serializable
    class Open(@Contextual val any: StringBuilder)
}
