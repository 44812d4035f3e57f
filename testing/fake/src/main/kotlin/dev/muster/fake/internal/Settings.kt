package dev.muster.fake.internal

import dev.muster.fake.internal.wire.ApiFormat

/** The server's settings besides its script. Written by any thread, read on the loop. */
internal class Settings {
    /** Nanoseconds before the first byte of a reply without its own delay. */
    @Volatile
    var latency = 0L

    /** Nanoseconds between tokens of a reply without its own token delay. */
    @Volatile
    var tokenDelay = 0L

    /** The key that requests must have, or null to accept any. */
    @Volatile
    var key: String? = null

    /** Whether requests without a key are accepted even if the provider would refuse them. */
    @Volatile
    var anonymous = false

    @Volatile
    var models = DEFAULT_MODELS

    /** The custom API formats. [reset] keeps them. */
    @Volatile
    var formats: List<ApiFormat> = emptyList()

    /** Top-level request fields that are accepted although the schema does not have them. */
    @Volatile
    var extraFields: Set<String> = emptySet()

    /** The rate limit, or null for none. */
    @Volatile
    var requestLimit: RequestLimit? = null

    /** How many requests may be in flight. Further ones are refused. */
    @Volatile
    var inFlightLimit = Int.MAX_VALUE

    /** Whether the test expects refused requests. */
    @Volatile
    var expectsRefusals = false

    fun reset() {
        expectsRefusals = false
        requestLimit = null
        inFlightLimit = Int.MAX_VALUE
        latency = 0
        tokenDelay = 0
        key = null
        anonymous = false
        models = DEFAULT_MODELS
        extraFields = emptySet()
    }

    private companion object {
        private val DEFAULT_MODELS = listOf("fake-model", "gpt-4o-mini", "gemma3:latest")
    }
}
