package dev.muster.openai

import com.code_intelligence.jazzer.junit.FuzzTest
import dev.muster.contract.CodecFuzz
import org.junit.jupiter.params.provider.MethodSource

class OpenAiCodecFuzzTest {
    @MethodSource("dev.muster.openai.OpenAiSeeds#all")
    @FuzzTest(maxDuration = "60s")
    fun `any bytes are an answer or a failure of ours, the same in any pieces`(bytes: ByteArray) {
        CODEC.check(bytes)
    }

    private companion object {
        val CODEC = CodecFuzz("openai::m")
    }
}
