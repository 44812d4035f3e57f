package dev.muster.gemini

import dev.muster.contract.CodecFuzz
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource

class GeminiSplitTest {
    @ParameterizedTest
    @MethodSource("dev.muster.gemini.GeminiSeeds#all")
    fun `a stream is the same wherever it is cut in two`(bytes: ByteArray) {
        CodecFuzz("gemini::m").checkEverySplit(bytes)
    }
}
