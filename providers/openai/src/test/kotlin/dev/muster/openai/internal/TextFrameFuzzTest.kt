package dev.muster.openai.internal

import com.code_intelligence.jazzer.junit.FuzzTest
import dev.muster.contract.FrameFuzz
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
        val FRAMES = FrameFuzz("content", ::onlyText)

        @JvmStatic
        fun seeds(): List<ByteArray> = SEEDS.keys.map { it.toByteArray() }
    }
}

private fun onlyText(data: String): String? {
    val piece = readWire(Completion.serializer(), data) ?: return null
    val reports = piece.error.reported() ?: piece.choice?.error.reported()
    return piece.choice?.onlyText?.takeIf { piece.tokens == null && reports == null }
}

/** How many events of each seed are read without decoding: see FrameFuzz for the format. */
private val SEEDS = mapOf(
    "{\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\n\"},\"finish_reason\":null}]}\n" +
        "Hello\n w\n\u00e9\na\\nb\n" +
        "{\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\ny" to 3,
    "{\"choices\":[{\"delta\": {\"content\" : \"\n\", \"tool_calls\":null}}],\"usage\":null}\na\nb\n\nc\n" to 2,
    "{\"choices\":[{\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"\n\"}]}}]}\ntype\ntext\ncontent" to 0,
)
