package dev.muster.fake.internal

/** What a server is told besides its script; written by any thread, read on the loop. */
internal class Settings {
    /** Nanoseconds before the first byte of a reply that has no delay of its own. */
    @Volatile
    var latency = 0L

    /** Nanoseconds between tokens of a reply that has none of its own. */
    @Volatile
    var tokenDelay = 0L

    /** The key that requests must carry; null takes any. */
    @Volatile
    var key: String? = null

    /** Whether requests without a key are let in where the provider would refuse them. */
    @Volatile
    var anonymous = false

    @Volatile
    var models = DEFAULT_MODELS

    /** Top-level request fields that pass the strict check although no schema names them. */
    @Volatile
    var extraFields: Set<String> = emptySet()

    /** How many requests are let in in a time; null for any number. */
    @Volatile
    var requestLimit: RequestLimit? = null

    /** How many requests may be in flight; more are refused. */
    @Volatile
    var inFlightLimit = Int.MAX_VALUE

    /** Whether requests that are refused as the provider would are what a test wants. */
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
