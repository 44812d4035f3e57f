package dev.muster.gemini.internal

import dev.muster.http.codec.orNull
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/**
 * Collects the arguments of a tool call that arrive value by value. Each piece has a JSON path for its value. A string
 * may arrive in several pieces.
 */
internal class PartialArguments {
    private val root = Node()

    /** Adds arguments that arrived as an object. */
    fun addAll(args: JsonObject) {
        root.items += args
    }

    /** Adds [piece], one of `partialArgs`; returns whether its path could be parsed. */
    fun add(piece: JsonObject): Boolean {
        val steps = steps(piece["jsonPath"].string().orEmpty())
        if (steps.isEmpty()) return false
        val place = steps.dropLast(1).fold(root, Node::inner)
        val text = (piece["stringValue"] as? JsonPrimitive)?.takeIf { it !is JsonNull }
        if (text != null) place.append(steps.last(), text.content) else place.put(steps.last(), valueOf(piece))
        return true
    }

    override fun toString(): String = root.toObject().toString()

    /** An object, or an array if all its items have an index. */
    private class Node {
        val items = LinkedHashMap<Any, Any>()

        fun inner(step: Any): Node = items[step] as? Node ?: Node().also { items[step] = it }

        fun append(step: Any, text: String) {
            val before = items[step] as? StringBuilder ?: StringBuilder().also { items[step] = it }
            before.append(text)
        }

        /** A piece without a [value] only ends a string, so it changes nothing. */
        fun put(step: Any, value: JsonElement?) {
            if (value != null) items[step] = value
        }

        fun toObject(): JsonObject = JsonObject(
            items.entries.associate { (name, item) ->
                name.toString() to json(item)
            },
        )

        private fun json(item: Any): JsonElement = when (item) {
            is JsonElement -> item
            is Node -> if (item.items.keys.all { it is Int }) item.toArray() else item.toObject()
            else -> JsonPrimitive(item.toString())
        }

        private fun toArray() = JsonArray(items.entries.sortedBy { it.key as Int }.map { json(it.value) })
    }

    private companion object {
        const val MOST_STEPS = 200
        val STEP = Regex("""\.([^.\[]+)|\[(\d{1,9})]|\['((?:[^'\\]|\\.)+)']|\["((?:[^"\\]|\\.)+)"]""")
        val ESCAPED = Regex("""\\(.)""")

        /** Returns the names and indexes in [path], such as `$.foo.bar[0]`; empty if it contains anything else. */
        fun steps(path: String): List<Any> {
            val steps = ArrayList<Any>()
            var at = 1
            while (at < path.length) {
                val match = STEP.matchAt(path, at)?.takeIf { path[0] == '$' && steps.size < MOST_STEPS }
                val groups = match?.groupValues ?: return emptyList()
                val name = groups[1].ifEmpty { (groups[3] + groups[4]).replace(ESCAPED, "$1") }
                steps += groups[2].toIntOrNull() ?: name
                at += groups[0].length
            }
            return steps
        }

        /** Returns the value of [piece] that is not a string; null if there is none. */
        fun valueOf(piece: JsonObject): JsonElement? {
            val number = piece["numberValue"].orNull() as? JsonPrimitive
            val flag = piece["boolValue"].string()
            return when {
                number != null -> number.content.toBigDecimalOrNull()?.takeIf { number.isString }?.let(::JsonPrimitive)
                    ?: number

                flag != null -> JsonPrimitive(flag.toBoolean())

                "nullValue" in piece -> JsonNull

                else -> null
            }
        }
    }
}
