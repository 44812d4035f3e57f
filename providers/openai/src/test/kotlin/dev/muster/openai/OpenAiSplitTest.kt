package dev.muster.openai

import dev.muster.contract.CodecFuzz
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource

class OpenAiSplitTest {
    @ParameterizedTest
    @MethodSource("dev.muster.openai.OpenAiSeeds#all")
    fun `a stream is the same wherever it is cut in two`(bytes: ByteArray) {
        CodecFuzz("openai::m").checkEverySplit(bytes)
    }
}
