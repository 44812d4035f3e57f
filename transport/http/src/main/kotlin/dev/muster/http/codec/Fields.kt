package dev.muster.http.codec

import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.doubleOrNull
import kotlinx.serialization.json.floatOrNull
import kotlinx.serialization.json.longOrNull

/** Reads JSON fields of a response leniently, because not every server follows its protocol exactly. */
public object Fields {
    private const val EMPTY = "{}"

    // The integers that a JSON number represents exactly.
    private val COUNTS = 0..(1L shl 53)

    /**
     * Returns [element] as a count, such as a number of tokens. Accepts `7.0` and `"7"` too. Returns null if it is
     * not a number or is negative.
     */
    @JvmStatic
    public fun count(element: JsonElement?): Long? {
        val number = element as? JsonPrimitive ?: return null
        val count = number.longOrNull ?: number.doubleOrNull?.takeIf { it >= 0 }?.toLong()
        return count?.takeIf { it in COUNTS }
    }

    /**
     * Returns [element] as text, even if it is written as a number. Returns null if it is neither text nor a number.
     */
    @JvmStatic
    public fun text(element: JsonElement?): String? = (element as? JsonPrimitive)?.contentOrNull

    /**
     * Returns [element] as JSON text, whether it is JSON itself or JSON inside a string. Returns an empty string if
     * it is missing or null.
     */
    @JvmStatic
    public fun json(element: JsonElement?): String = when (element) {
        null, JsonNull -> ""
        is JsonPrimitive -> element.content
        else -> element.toString()
    }

    /**
     * Returns the JSON object in [text] on one line. Returns `{}` if [text] is not a JSON object: a model can write
     * anything.
     */
    @JvmStatic
    public fun objectOrEmpty(text: String): String = try {
        (Json.parseToJsonElement(text) as? JsonObject)?.toString() ?: EMPTY
    } catch (_: SerializationException) {
        EMPTY
    }

    /** Returns the objects in the list [element]. If [element] is a single object, returns a list of that object. */
    @JvmStatic
    public fun objects(element: JsonElement?): List<JsonObject> = when (element) {
        is JsonObject -> listOf(element)
        is JsonArray -> element.filterIsInstance<JsonObject>()
        else -> emptyList()
    }

    /** Returns [element] as a vector. Returns null if it is not a list or contains anything but finite numbers. */
    @JvmStatic
    public fun vector(element: JsonElement?): FloatArray? {
        val list = element as? JsonArray ?: return null
        val vector = FloatArray(list.size)
        list.forEachIndexed { at, number ->
            val value = (number as? JsonPrimitive)?.takeUnless { it.isString }?.floatOrNull ?: return null
            if (!value.isFinite()) return null
            vector[at] = value
        }
        return vector
    }
}
