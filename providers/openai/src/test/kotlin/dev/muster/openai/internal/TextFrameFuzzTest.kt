package dev.muster.openai.internal

import com.code_intelligence.jazzer.junit.FuzzTest
import dev.muster.http.fuzz.FrameFuzz
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
        assertEquals(listOf(3, 2, 0), seeds().map(FRAMES::check))
    }

    private companion object {
        val FRAMES = FrameFuzz("content", ::onlyText)

        private fun onlyText(data: String): String? = try {
            val piece = WIRE_JSON.decodeFromString(Completion.serializer(), data)
            val choice = piece.choices?.firstOrNull { it.index == null || it.index == 0 }
            val reports = piece.error.orNull() ?: piece.choices?.firstNotNullOfOrNull { it.error.orNull() }
            choice?.onlyText?.takeIf { piece.usage == null && piece.groq?.usage == null && reports == null }
        } catch (_: SerializationException) {
            null
        }

        @JvmStatic
        fun seeds(): List<ByteArray> = listOf(
            "{\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\n\"},\"finish_reason\":null}]}\n" +
                "Hello\n w\n\u00e9\na\\nb\n" +
                "{\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\ny",
            "{\"choices\":[{\"delta\": {\"content\" : \"\n\", \"tool_calls\":null}}],\"usage\":null}\na\nb\n\nc\n",
            "{\"choices\":[{\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"\n\"}]}}]}\ntype\ntext\ncontent",
        ).map { it.toByteArray() }
    }
}
