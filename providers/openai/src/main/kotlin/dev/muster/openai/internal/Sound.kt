package dev.muster.openai.internal

import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.util.Base64

/** Collects the `audio` of a chat completion. In a stream, its data and its transcript arrive piece by piece. */
internal class Sound {
    private val fields = LinkedHashMap<String, JsonElement>()
    private val pieces = ArrayList<String>(0)
    private val words = StringBuilder()

    fun take(piece: JsonObject) = piece.forEach { (name, value) ->
        fields[name] = value
        if (name == DATA) pieces += value.string()
        if (name == WORDS) words.append(value.string())
    }

    /** Returns the audio as in a whole message; null if there is none. */
    fun toJson(): String? {
        if (pieces.isNotEmpty()) fields[DATA] = JsonPrimitive(joined())
        if (words.isNotEmpty()) fields[WORDS] = JsonPrimitive(words.toString())
        return if (fields.isEmpty()) null else JsonObject(fields).toString()
    }

    /** Base64 pieces with padding cannot be concatenated, so they are decoded first. */
    private fun joined(): String {
        if (pieces.dropLast(1).none { it.endsWith('=') }) return pieces.joinToString("")
        return try {
            val bytes = pieces.map { Base64.getDecoder().decode(it) }
            Base64.getEncoder().encodeToString(bytes.fold(ByteArray(0), ByteArray::plus))
        } catch (_: IllegalArgumentException) {
            pieces.joinToString("")
        }
    }

    private companion object {
        const val DATA = "data"
        const val WORDS = "transcript"
    }
}

/** The type of an audio part. */
internal const val AUDIO: String = "audio"
