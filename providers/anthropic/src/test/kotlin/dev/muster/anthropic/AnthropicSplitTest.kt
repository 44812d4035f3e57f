package dev.muster.anthropic

import dev.muster.contract.CodecFuzz
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource

class AnthropicSplitTest {
    @ParameterizedTest
    @MethodSource("dev.muster.anthropic.AnthropicSeeds#all")
    fun `a stream is the same wherever it is cut in two`(bytes: ByteArray) {
        CodecFuzz("anthropic::m").checkEverySplit(bytes)
    }
}
