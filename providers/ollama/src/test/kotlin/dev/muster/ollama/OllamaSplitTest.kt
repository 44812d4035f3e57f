package dev.muster.ollama

import dev.muster.contract.CodecFuzz
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource

class OllamaSplitTest {
    @ParameterizedTest
    @MethodSource("dev.muster.ollama.OllamaSeeds#all")
    fun `a stream is the same wherever it is cut in two`(bytes: ByteArray) {
        CodecFuzz("ollama::m").checkEverySplit(bytes)
    }
}
