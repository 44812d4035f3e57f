package dev.muster.agent

import dev.muster.agent.ToolScript.Companion.call
import dev.muster.agent.internal.ToolRunner
import dev.muster.chat.ToolDefinition
import dev.muster.chat.ToolRun
import kotlinx.coroutines.test.runTest
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.math.BigDecimal
import java.time.Instant
import kotlin.coroutines.EmptyCoroutineContext

/** What tools are told by models, and models by tools. */
class ToolTypesTest {
    @Test
    fun `C1 a result is told whole`() = runTest {
        val rows = mapOf(
            tool("t", "") { _: Unit -> Settings() } to """{"size":2,"note":null,"tags":[]}""",
            tool("t", "") { _: Unit -> Settings(note = "NaN is no \"number\"") } to
                """{"size":2,"note":"NaN is no \"number\"","tags":[]}""",
            tool("t", "") { _: Unit -> Measured(Double.NaN, Float.NEGATIVE_INFINITY, Long.MAX_VALUE) } to
                """{"mean":"NaN","least":"-Infinity","count":9223372036854775807}""",
            tool("t", "") { _: Unit -> Double.POSITIVE_INFINITY } to "\"Infinity\"",
            tool("t", "") { _: Unit -> listOf(1.5, Double.NaN) } to """[1.5,"NaN"]""",
            tool("t", "") { _: Unit -> KotlinTypes.Price(BigDecimal("4.00"), 1) } to """{"amount":4.00,"cents":1}""",
            tool("t", "") { _: Unit -> mapOf(Point(1, 2) to "a") } to """[{"x":1,"y":2},"a"]""",
            tool("t", "") { _: Unit -> nothing() } to "Done.",
            tool("t", "") { _: Unit -> } to "Done.",
            tool("t", "") { _: Unit -> "NaN" } to "NaN",
            tool("t", "") { _: Unit -> listOf<Settings?>(null) } to "[null]",
        )
        rows.forEach { (tool, told) -> assertEquals(told to false, run(tool, "{}").let { it.result to it.isError }) }
    }

    @Test
    fun `C3 arguments are read like answers`() = runTest {
        val settings = tool("t", "") { it: Settings -> "${it.size} ${it.note} ${it.tags}" }
        val rows = mapOf(
            """{"size":null,"note":null,"tags":null}""" to "2 null []",
            """{"size":3.0,"colour":"red"}""" to "3 null []",
            """{"tags":[1]}""" to "The arguments are not valid: tags[0] must be string, not number",
            """{"tags":["x",null]}""" to "The arguments are not valid: tags[1] must be string, not null",
        )
        rows.forEach { (arguments, result) ->
            assertEquals(result, run(settings, arguments).result, arguments)
            assertEquals(result, run(settings.withTimeout(null), arguments).result, arguments)
        }
        val point = tool("t", "") { it: Point -> "${it.x}" }
        assertEquals(
            "The arguments are not valid: y is missing; z is unknown: the properties are x, y",
            run(point, """{"x":1,"z":2}""").result,
        )
    }

    @Test
    fun `C3 a schema of one's own is kept to, unless the tool is lenient`() = runTest {
        val closed = mapOf(
            "type" to "object",
            "properties" to mapOf("n" to mapOf("type" to "integer")),
            "additionalProperties" to false,
        )
        val own = tool(ToolDefinition("t", "", closed)) { it.arguments }
        val more = """{"n":null,"m":2}"""
        assertEquals(true, run(own, more).isError)
        assertEquals(more, run(own.withLenientArguments(), more).result)
    }

    @Test
    fun `C1 integers and decimals arrive with all their digits`() = runTest {
        val price = tool("t", "") { it: KotlinTypes.Price -> "${it.amount} ${it.cents}" }
        assertEquals("4.00 400", run(price, """{"amount":4.00,"cents":4.00e2}""").result)
        assertEquals("1.10 9007199254740993", run(price, """{"amount":1.10,"cents":9007199254740993.0}""").result)
    }

    @Test
    fun `C1 a module's types are arguments and results`() = runTest {
        val json = Json { serializersModule = KotlinTypes.module }
        val stamp = tool("t", "", json = json) { it: KotlinTypes.Stamp -> KotlinTypes.Garage(listOf(gears(it.at))) }
        val told = run(stamp, """{"at":"2026-01-31T00:00:03Z"}""").result
        assertEquals("""{"all":[{"type":"bike","gears":3}]}""", told)
        assertThrows<IllegalArgumentException> { tool("t", "") { it: KotlinTypes.Stamp -> it } }
    }

    @Test
    fun `C1 any JSON object may be the arguments, and what is none is refused`() = runTest {
        val any = tool("t", "") { it: JsonObject -> it.toString() }
        assertEquals("""{"a":[1.0]}""", run(any, """{"a":[1.0]}""").result)
        assertThrows<IllegalArgumentException> { tool("t", "") { it: List<Int> -> it } }
        assertThrows<IllegalArgumentException> { tool("t", "") { it: KotlinTypes.Shape -> it } }
    }

    private fun gears(at: Instant) = KotlinTypes.Bike(at.epochSecond.mod(60))

    private fun nothing(): Settings? = null

    private suspend fun run(tool: AgentTool, arguments: String): ToolRun =
        ToolRunner(listOf(tool), null).run(call("c", "t", arguments), 1, EmptyCoroutineContext)

    @Serializable
    class Settings(val size: Int = 2, val note: String? = null, val tags: List<String> = emptyList())

    @Serializable
    class Measured(val mean: Double, val least: Float, val count: Long)

    @Serializable
    data class Point(val x: Int, val y: Int)
}
