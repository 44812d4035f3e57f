package dev.muster.http

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.doubleOrNull
import kotlinx.serialization.json.floatOrNull
import kotlinx.serialization.json.longOrNull

/** Reads the numbers of an answer, which not every server writes as its protocol has them. */
public object Numbers {
    // What a number in JSON counts exactly.
    private val COUNTS = 0..(1L shl 53)

    /** [element] as a count, such as of tokens: also `7.0` and `"7"`; null where it is none, or is below zero. */
    @JvmStatic
    public fun count(element: JsonElement?): Long? {
        val number = element as? JsonPrimitive ?: return null
        val count = number.longOrNull ?: number.doubleOrNull?.takeIf { it >= 0 }?.toLong()
        return count?.takeIf { it in COUNTS }
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
