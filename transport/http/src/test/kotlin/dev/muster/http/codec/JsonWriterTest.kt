package dev.muster.http.codec

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test

class JsonWriterTest {
    @Test
    fun `members and elements are separated by commas at every depth`() {
        val json =
            written {
                obj {
                    name("a").any(1)
                    name("b").array {
                        any(true)
                        obj { }
                        array { }
                        any(null)
                        obj { name("c").value("d") }
                    }
                    name("e").raw("{\"f\":1.5}")
                }
            }
        assertEquals("""{"a":1,"b":[true,{},[],null,{"c":"d"}],"e":{"f":1.5}}""", json)
    }

    @Test
    fun `every char is read back as it was written`() {
        val all = (0..0xFFFF).map { it.toChar() }.filterNot { it.isSurrogate() }.joinToString("") + "😀𝄞"
        assertEquals(JsonPrimitive(all), Json.parseToJsonElement(written { value(all) }))
    }

    @Test
    fun `a lone surrogate becomes the replacement character`() {
        assertEquals("\"a\uFFFDb\uFFFD\"", written { value("a\uD83Db\uDE00") })
    }

    @Test
    fun `maps, lists, arrays and other values nest`() {
        val value = mapOf("list" to listOf(1L, 2.5, mapOf("x" to null)), "array" to arrayOf("y"), "other" to 'c')
        assertEquals("""{"list":[1,2.5,{"x":null}],"array":["y"],"other":"c"}""", written { any(value) })
    }

    @Test
    fun `numbers that JSON does not have are refused`() {
        listOf(Double.NaN, Double.POSITIVE_INFINITY, Float.NaN).forEach { number ->
            assertThrows(IllegalArgumentException::class.java) { written { any(number) } }
        }
    }

    private fun written(write: JsonWriter.() -> Unit) = String(JsonWriter().apply(write).toByteArray())
}
