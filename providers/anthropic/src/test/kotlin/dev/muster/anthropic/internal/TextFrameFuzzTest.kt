package dev.muster.anthropic.internal

import dev.muster.http.codec.PROVIDER_JSON
import dev.muster.http.fuzz.TextFrameFuzz
import kotlinx.serialization.SerializationException

class TextFrameFuzzTest : TextFrameFuzz("text", ::onlyText, SEEDS)

private fun onlyText(data: String): String? = try {
    PROVIDER_JSON.decodeFromString(WireEvent.serializer(), data).takeIf { !it.isError }?.onlyText
} catch (_: SerializationException) {
    null
}

private val SEEDS = mapOf(
    "{\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"text_delta\",\"text\":\"\n\"}}\n" +
        "Hello\n w\n\u00e9\na\\nb\n{\"type\":\"message_stop\"}" to 2,
    "{\"delta\":{\"text\":\"\n\", \"type\":\"text\"},\"type\" : \"content_block_delta\",\"usage\":null}\n" +
        "text\na\nb" to 0,
)
