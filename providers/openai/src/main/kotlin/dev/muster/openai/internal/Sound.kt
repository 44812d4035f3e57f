package dev.muster.openai.internal

import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.util.Base64

/** The `audio` of a chat completion's message; in a stream its sound and its words come piece by piece. */
internal class Sound {
    private val fields = LinkedHashMap<String, JsonElement>()
    private val pieces = ArrayList<String>(0)
    private val words = StringBuilder()

    fun take(piece: JsonObject) = piece.forEach { (name, value) ->
        fields[name] = value
        if (name == DATA) pieces += value.string()
        if (name == WORDS) words.append(value.string())
    }

    /** The audio as a whole message has it; null where there is none. */
    fun toJson(): String? {
        if (pieces.isNotEmpty()) fields[DATA] = JsonPrimitive(joined())
        if (words.isNotEmpty()) fields[WORDS] = JsonPrimitive(words.toString())
        return if (fields.isEmpty()) null else JsonObject(fields).toString()
    }

    /** Pieces that are padded cannot stand one behind the other. */
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

/** The type of a part that holds audio. */
internal const val AUDIO: String = "audio"
