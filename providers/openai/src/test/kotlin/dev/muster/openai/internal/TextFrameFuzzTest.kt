package dev.muster.openai.internal

import dev.muster.http.fuzz.TextFrameFuzz

class TextFrameFuzzTest : TextFrameFuzz("content", ::onlyText, SEEDS)

private fun onlyText(data: String): String? {
    val piece = readWire(Completion.serializer(), data) ?: return null
    val reports = piece.error.reported() ?: piece.choice?.error.reported()
    return piece.choice?.onlyText?.takeIf { piece.tokens == null && reports == null }
}

private val SEEDS = mapOf(
    "{\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\n\"},\"finish_reason\":null}]}\n" +
        "Hello\n w\n\u00e9\na\\nb\n" +
        "{\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\ny" to 3,
    "{\"choices\":[{\"delta\": {\"content\" : \"\n\", \"tool_calls\":null}}],\"usage\":null}\na\nb\n\nc\n" to 2,
    "{\"choices\":[{\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"\n\"}]}}]}\ntype\ntext\ncontent" to 0,
)
