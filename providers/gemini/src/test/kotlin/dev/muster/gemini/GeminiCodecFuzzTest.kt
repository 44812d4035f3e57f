package dev.muster.gemini

import com.code_intelligence.jazzer.junit.FuzzTest
import dev.muster.contract.CodecFuzz
import org.junit.jupiter.params.provider.MethodSource

class GeminiCodecFuzzTest {
    @MethodSource("dev.muster.gemini.GeminiSeeds#all")
    @FuzzTest(maxDuration = "60s")
    fun `any bytes are an answer or a failure of ours, the same in any pieces`(bytes: ByteArray) {
        CODEC.check(bytes)
    }

    private companion object {
        val CODEC = CodecFuzz("gemini::m")
    }
}
