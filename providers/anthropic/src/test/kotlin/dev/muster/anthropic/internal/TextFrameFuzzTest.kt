package dev.muster.anthropic.internal

import com.code_intelligence.jazzer.junit.FuzzTest
import dev.muster.contract.FrameFuzz
import dev.muster.http.codec.PROVIDER_JSON
import kotlinx.serialization.SerializationException
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.provider.MethodSource

class TextFrameFuzzTest {
    @MethodSource("seeds")
    @FuzzTest(maxDuration = "60s")
    fun `what is read by its frame is what decoding gives`(bytes: ByteArray) {
        FRAMES.check(bytes)
    }

    @Test
    fun `the seeds are read by their frame, but for the first event and those that differ`() {
        assertEquals(SEEDS.values.toList(), seeds().map(FRAMES::check))
    }

    private companion object {
        val FRAMES = FrameFuzz("text", ::onlyText)

        @JvmStatic
        fun seeds(): List<ByteArray> = SEEDS.keys.map { it.toByteArray() }
    }
}

private fun onlyText(data: String): String? = try {
    PROVIDER_JSON.decodeFromString(WireEvent.serializer(), data).takeIf { !it.isError }?.onlyText
} catch (_: SerializationException) {
    null
}

/** How many events of each seed are read without decoding: see FrameFuzz for the format. */
private val SEEDS = mapOf(
    "{\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"text_delta\",\"text\":\"\n\"}}\n" +
        "Hello\n w\n\u00e9\na\\nb\n{\"type\":\"message_stop\"}" to 2,
    "{\"delta\":{\"text\":\"\n\", \"type\":\"text\"},\"type\" : \"content_block_delta\",\"usage\":null}\n" +
        "text\na\nb" to 0,
)
