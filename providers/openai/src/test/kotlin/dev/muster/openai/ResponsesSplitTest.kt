package dev.muster.openai

import dev.muster.contract.CodecFuzz
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource

class ResponsesSplitTest {
    @ParameterizedTest
    @MethodSource("dev.muster.openai.ResponsesSeeds#all")
    fun `a stream is the same wherever it is cut in two`(bytes: ByteArray) {
        CodecFuzz("openai-responses::m").checkEverySplit(bytes)
    }
}
