package dev.muster.openai.internal

import dev.muster.http.fuzz.TextFrameFuzz
import kotlinx.serialization.SerializationException

class TextFrameFuzzTest : TextFrameFuzz("content", ::onlyText, SEEDS)

private fun onlyText(data: String): String? = try {
    val piece = WIRE_JSON.decodeFromString(Completion.serializer(), data)
    val choice = piece.choices?.firstOrNull { it.index == null || it.index == 0 }
    val reports = piece.error.orNull() ?: piece.choices?.firstNotNullOfOrNull { it.error.orNull() }
    choice?.onlyText?.takeIf { piece.usage == null && piece.groq?.usage == null && reports == null }
} catch (_: SerializationException) {
    null
}

private val SEEDS = mapOf(
    "{\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\n\"},\"finish_reason\":null}]}\n" +
        "Hello\n w\n\u00e9\na\\nb\n" +
        "{\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\ny" to 3,
    "{\"choices\":[{\"delta\": {\"content\" : \"\n\", \"tool_calls\":null}}],\"usage\":null}\na\nb\n\nc\n" to 2,
    "{\"choices\":[{\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"\n\"}]}}]}\ntype\ntext\ncontent" to 0,
)
