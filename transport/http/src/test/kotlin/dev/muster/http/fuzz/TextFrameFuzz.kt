package dev.muster.http.fuzz

import com.code_intelligence.jazzer.junit.FuzzTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.params.provider.MethodSource

/**
 * The fuzz target of a codec that reads the text of its events with a frame: see [FrameFuzz] for [field], [decode]
 * and the format of a seed. [seeds] maps each seed to the number of its events that are read without decoding.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TextFrameFuzz(
    field: String,
    decode: (data: String) -> String?,
    private val seeds: Map<String, Int>,
) {
    private val frames = FrameFuzz(field, decode)

    /** The initial inputs of the fuzzer. */
    public fun seeds(): List<ByteArray> = seeds.keys.map { it.toByteArray() }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "60s")
    public fun `what is read by its frame is what decoding gives`(bytes: ByteArray) {
        frames.check(bytes)
    }

    @Test
    public fun `the seeds are read by their frame, but for the first event and those that differ`() {
        assertEquals(seeds.values.toList(), seeds().map(frames::check))
    }
}
