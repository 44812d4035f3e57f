package dev.muster.agent.internal

import dev.muster.agent.ToolScript.Companion.call
import dev.muster.agent.tool
import dev.muster.chat.ToolDefinition
import kotlinx.coroutines.test.runTest
import kotlinx.serialization.json.Json
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertAll
import kotlin.coroutines.EmptyCoroutineContext

class SchemaValidatorTest {
    @Test
    fun `C3 what a schema does not allow is said with its place`() {
        val rows = listOf(
            row("""{"a":1}""", "a must be string, not number", "a" to type("string")),
            row("""{"a":1.5}""", "a must be integer, not number", "a" to type("integer")),
            row("""{"a":null}""", "a must be string, not null", "a" to type("string")),
            row("""{"a":"x"}""", "a must be one of u, v", "a" to mapOf("enum" to listOf("u", "v"))),
            row("""{"a":"x"}""", "a must be 7", "a" to mapOf("const" to 7)),
            row("""{"a":5}""", "a must be 6 or more", "a" to mapOf("minimum" to 6)),
            row("""{"a":5}""", "a must be 4 or less", "a" to mapOf("maximum" to 4)),
            row("""{"a":5}""", "a must be more than 5", "a" to mapOf("exclusiveMinimum" to 5)),
            row("""{"a":5}""", "a must be less than 5", "a" to mapOf("exclusiveMaximum" to 5)),
            row("""{"a":""}""", "a must have 1 characters or more", "a" to mapOf("minLength" to 1)),
            row("""{"a":"xyz"}""", "a must have 2 characters or less", "a" to mapOf("maxLength" to 2)),
            row("""{"a":"xyz"}""", "a must match ^y", "a" to mapOf("pattern" to "^y")),
            row("""{"a":[]}""", "a must have 1 items or more", "a" to mapOf("minItems" to 1)),
            row("""{"a":[1,2]}""", "a must have 1 items or less", "a" to mapOf("maxItems" to 1)),
            row("""{"a":[1,"x"]}""", "a[1] must be number, not string", "a" to mapOf("items" to type("number"))),
            row("""{"a":1}""", "a is not allowed", "a" to false),
            row("""{"a":[[{"b":"x"}]]}""", "a[0][0].b must be integer, not string", "a" to LISTS),
            row("""{"a":{}}""", "a.b is missing", "a" to mapOf("required" to listOf("b"))),
            row("""{"a":"1"}""", "a must be one of 1, 2", "a" to mapOf("enum" to listOf(1, 2))),
            row("""{"a":"true"}""", "a must be true", "a" to mapOf("const" to true)),
            row("""{"a":[1,2]}""", "a must be [2, 1]", "a" to mapOf("const" to listOf(2, 1))),
            row("""{"a":{"x":1}}""", "a must be {x=2}", "a" to mapOf("const" to mapOf("x" to 2))),
            row("""{"a":"x"}""", "a must be number, not string", "a" to allOf(true, type("number"))),
            row("""{"a":true}""", "a must be integer or null, not boolean", "a" to type(listOf("integer", "null"))),
            row("""{"a":true}""", "a must be string, not boolean", "a" to anyOf(type("string"), obj())),
            row("""{"a":{"b":1}}""", "a.b must be string, not number", "a" to obj("b" to type("string"))),
        )
        assertAll(rows.map { (json, fault, schema) -> { assertEquals(listOf(fault), faults(json, schema), json) } })
    }

    @Test
    fun `C3 what a schema allows passes`() {
        val rows = listOf(
            row("""{"a":1.0}""", "", "a" to type("integer")),
            row("""{"a":null}""", "", "a" to mapOf("type" to listOf("string", "null"))),
            row("""{"a":"é😀"}""", "", "a" to mapOf("maxLength" to 2)),
            row("""{"a":1}""", "", "a" to mapOf("enum" to listOf(1.0, "x"))),
            row("""{"a":{"b":"x"}}""", "", "a" to anyOf(type("string"), obj("b" to type("string")))),
            row("""{"a":1,"z":2}""", "", "a" to mapOf("x-unknown" to 1)),
            row("{}", "", "a" to type("string")),
            row("""{"a":null}""", "", "a" to mapOf("const" to null)),
            row("""{"a":[1,2]}""", "", "a" to mapOf("enum" to listOf(listOf(1, 2)))),
            row("""{"a":5}""", "", "a" to mapOf("minimum" to 5, "maximum" to 5)),
            row("""{"a":"xy"}""", "", "a" to mapOf("minLength" to 2, "maxLength" to 2, "pattern" to "y")),
            row("""{"a":1}""", "", "a" to true),
            row("""{"a":1}""", "", "a" to mapOf("\$ref" to "elsewhere.json")),
        )
        assertAll(rows.map { (json, _, schema) -> { assertEquals(emptyList<String>(), faults(json, schema), json) } })
    }

    @Test
    fun `C3 required and unknown properties, those of a map, exactly one of several`() {
        val closed = obj("a" to type("string")) + mapOf("required" to listOf("a"), "additionalProperties" to false)
        assertEquals(
            listOf("a is missing", "b is unknown: the properties are a"),
            faults("""{"b":1}""", closed),
        )
        val map = mapOf("type" to "object", "additionalProperties" to type("number"))
        assertEquals(listOf("x must be number, not string"), faults("""{"x":"1"}""", map))
        val one = mapOf("oneOf" to listOf(type("number"), type("integer")))
        assertEquals(1, faults("1", one).size)
        assertEquals(0, faults("1.5", one).size)
        assertEquals(listOf("the arguments must be object, not array"), faults("[]", obj()))
    }

    @Test
    fun `C3 references are followed, in circles too`() {
        val node = obj("next" to mapOf("\$ref" to "#/\$defs/node"), "n" to type("integer"))
        val schema = mapOf("\$ref" to "#/\$defs/node", "\$defs" to mapOf("node" to node))
        assertEquals(emptyList<String>(), faults("""{"n":1,"next":{"n":2,"next":{"n":3}}}""", schema))
        assertEquals(
            listOf("next.next.n must be integer, not string"),
            faults("""{"next":{"next":{"n":"x"}}}""", schema),
        )
        assertEquals(0, faults("{}", mapOf("\$ref" to "#")).size)
        val circle = obj("a" to mapOf("\$ref" to "#"))
        assertEquals(listOf("a.a must be object, not number"), faults("""{"a":{"a":1}}""", circle))
    }

    @Test
    fun `C3 a reference finds what is named with a slash or a tilde`() {
        val schema = obj("a" to mapOf("\$ref" to "#/\$defs/x~1y~0z")) + ("\$defs" to mapOf("x/y~z" to INTEGER))
        assertEquals(listOf("a must be integer, not string"), faults("""{"a":"x"}""", schema))
    }

    @Test
    fun `C3 a pattern that Java cannot read, or not to the end, allows anything`() {
        val foreign = obj("a" to mapOf("pattern" to "^[\\p{Script=Nowhere"))
        assertEquals(emptyList<String>(), faults("""{"a":"x"}""", foreign))
        val long = "ab".repeat(100_000)
        val greedy = obj("a" to mapOf("pattern" to "^(a|b)*$"))
        assertEquals(emptyList<String>(), faults("""{"a":"$long"}""", greedy))
    }

    @Test
    fun `C3 five faults are told, and a place as long as one cares to read`() {
        val many = faults("""{"a":[${(1..9).joinToString()}]}""", obj("a" to mapOf("items" to type("string"))))
        assertEquals((0..4).map { "a[$it] must be string, not number" }, many)
        val long = "x".repeat(1_000)
        val cut = "x".repeat(200) + " must be string, not number"
        assertEquals(listOf(cut), faults("""{"$long":1}""", obj(long to type("string"))))
    }

    @Test
    fun `C9 an answer may have more than its type, and null for what need not be there`() {
        val schema = obj("a" to type("string"), "b" to type("string")) +
            mapOf("required" to listOf("a"), "additionalProperties" to false)
        val lenient = SchemaValidator(schema, "it", isLenient = true)
        fun told(json: String) = lenient.faultsOf(Json.parseToJsonElement(json))
        assertEquals(emptyList<String>(), told("""{"a":"x","b":null,"c":1}"""))
        assertEquals(listOf("a must be string, not null"), told("""{"a":null}"""))
        assertEquals(listOf("it must be object, not array"), told("[]"))
    }

    @Test
    fun `C3 arguments that are no JSON are refused, bare words too`() = runTest {
        val tool = tool(ToolDefinition("t", "", emptyMap())) { it.arguments }
        val runner = ToolRunner(listOf(tool), null)
        listOf("""{"a":abc}""", """{"a":NaN}""", """{"a":1""", """{"a":01}""", """{"a":TRUE}""").forEach {
            val result = runner.run(call("c", "t", it), 1, EmptyCoroutineContext).result
            assertEquals("The arguments are not valid: they are not JSON", result, it)
        }
        listOf("""{"a":-1.5e+3}""", """{"a":[true,false,null,0,"x"]}""").forEach {
            assertEquals(it, runner.run(call("c", "t", it), 1, EmptyCoroutineContext).result)
        }
    }

    @Test
    fun `C3 arguments nested beyond reason are refused before anybody reads them`() = runTest {
        val tool = tool(ToolDefinition("t", "", emptyMap())) { it.arguments }
        val runner = ToolRunner(listOf(tool), null)
        val deep = """{"a":"]]]]{{{{\"","b":""" + "[".repeat(100_000) + "]".repeat(100_000) + "}"
        val run = runner.run(call("c", "t", deep), 1, EmptyCoroutineContext)
        assertEquals("The arguments are not valid: they are nested deeper than 128 levels", run.result)
        assertTrue(run.isError)
        val flat = """{"a":"${"[".repeat(1_000)}"}"""
        assertEquals(flat, runner.run(call("c", "t", flat), 1, EmptyCoroutineContext).result)
    }

    private fun row(json: String, fault: String, property: Pair<String, Any?>) = Triple(json, fault, obj(property))

    private fun obj(vararg properties: Pair<String, Any?>) =
        mapOf("type" to "object", "properties" to mapOf(*properties))

    private fun type(name: Any) = mapOf("type" to name)

    private fun allOf(vararg schemas: Any?) = mapOf("allOf" to schemas.asList())

    private fun anyOf(vararg schemas: Any?) = mapOf("anyOf" to schemas.asList())

    private fun faults(json: String, schema: Map<String, Any?>) =
        SchemaValidator(schema).faultsOf(Json.parseToJsonElement(json))

    private companion object {
        val INTEGER = mapOf("type" to "integer")

        /** Lists of lists of objects. */
        val LISTS = mapOf("items" to mapOf("items" to mapOf("properties" to mapOf("b" to INTEGER))))
    }
}
