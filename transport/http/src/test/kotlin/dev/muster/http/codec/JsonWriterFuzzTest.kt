package dev.muster.http.codec

import com.code_intelligence.jazzer.api.FuzzedDataProvider
import com.code_intelligence.jazzer.junit.FuzzTest
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals

/** Written JSON is read back by an independent parser. */
class JsonWriterFuzzTest {
    @FuzzTest(maxDuration = "60s")
    fun `any value is read back as it was`(data: FuzzedDataProvider) {
        val value = value(data, DEPTH)
        val json = String(JsonWriter().any(value).toByteArray(), Charsets.UTF_8)
        assertEquals(element(value), Json.parseToJsonElement(json))
    }

    private fun value(data: FuzzedDataProvider, depth: Int): Any? = when (data.consumeInt(0, if (depth > 0) 7 else 5)) {
        0 -> null

        1 -> data.consumeBoolean()

        2 -> data.consumeInt()

        3 -> data.consumeLong()

        4 -> data.consumeDouble().takeIf { it.isFinite() }

        5 -> data.consumeString(LENGTH)

        6 -> List(data.consumeInt(0, WIDTH)) { value(data, depth - 1) }

        else -> (0..data.consumeInt(0, WIDTH)).associate {
            wellFormed(data.consumeString(LENGTH)) to
                value(data, depth - 1)
        }
    }

    private fun element(value: Any?): JsonElement = when (value) {
        null -> JsonNull

        is Boolean -> JsonPrimitive(value)

        is Number -> Json.parseToJsonElement(value.toString())

        is String -> JsonPrimitive(wellFormed(value))

        is List<*> -> JsonArray(value.map(::element))

        else -> JsonObject(
            (value as Map<*, *>).entries.associate { (name, member) ->
                name.toString() to element(member)
            },
        )
    }

    /** A lone surrogate is not a Unicode character. */
    private fun wellFormed(text: String) = LONE.replace(text, "\uFFFD")

    private companion object {
        const val DEPTH = 4
        const val WIDTH = 5
        const val LENGTH = 40
        val LONE = Regex("[\\uD800-\\uDBFF](?![\\uDC00-\\uDFFF])|(?<![\\uD800-\\uDBFF])[\\uDC00-\\uDFFF]")
    }
}
