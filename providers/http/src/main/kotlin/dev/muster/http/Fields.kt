package dev.muster.http

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

/** Reads the fields of an answer, which not every server writes as its protocol has them. */
public object Fields {
    private const val EMPTY = "{}"

    // What a number in JSON counts exactly.
    private val COUNTS = 0..(1L shl 53)

    /** [element] as a count, such as of tokens: also `7.0` and `"7"`; null where it is none, or is below zero. */
    @JvmStatic
    public fun count(element: JsonElement?): Long? {
        val number = element as? JsonPrimitive ?: return null
        val count = number.longOrNull ?: number.doubleOrNull?.takeIf { it >= 0 }?.toLong()
        return count?.takeIf { it in COUNTS }
    }

    /** [element] as text, which may be written as a number; null where it is neither. */
    @JvmStatic
    public fun text(element: JsonElement?): String? = (element as? JsonPrimitive)?.contentOrNull

    /** [element] as the text of JSON, whether it stands there as itself or within a string; empty where it is none. */
    @JvmStatic
    public fun json(element: JsonElement?): String = when (element) {
        null, JsonNull -> ""
        is JsonPrimitive -> element.content
        else -> element.toString()
    }

    /** Returns the JSON object in [text] on one line, or `{}` if [text] is not an object: a model writes anything. */
    @JvmStatic
    public fun objectOrEmpty(text: String): String = try {
        (Json.parseToJsonElement(text) as? JsonObject)?.toString() ?: EMPTY
    } catch (_: SerializationException) {
        EMPTY
    }

    /** The objects of the list that [element] is, or the one that stands in its place. */
    @JvmStatic
    public fun objects(element: JsonElement?): List<JsonObject> = when (element) {
        is JsonObject -> listOf(element)
        is JsonArray -> element.filterIsInstance<JsonObject>()
        else -> emptyList()
    }

    /** [element] as the numbers of a vector; null where it is no list, or something in it is no finite number. */
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
