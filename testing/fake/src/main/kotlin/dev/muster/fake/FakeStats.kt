package dev.muster.fake

/**
 * The counters of a server in another process at one moment. They have the meaning of [FakeServer]'s properties with
 * the same names.
 */
public class FakeStats internal constructor(
    private val counters: Map<String, Long>,
    /**
     * When each disconnect was seen, in order, as [System.nanoTime] of this JVM. The error is at most half the
     * duration of the request for these stats.
     */
    @get:JvmName("disconnectStamps") public val disconnectStamps: List<Long>,
) {
    /** The number of requests that have arrived. */
    @get:JvmName("requestCount")
    public val requestCount: Int get() = counter("requests")

    /** The number of requests whose reply has not ended. */
    @get:JvmName("inFlight")
    public val inFlight: Int get() = counter("inFlight")

    /** The largest value of [inFlight] so far. */
    @get:JvmName("peakInFlight")
    public val peakInFlight: Int get() = counter("peakInFlight")

    /** The number of replies that were sent completely. */
    @get:JvmName("completed")
    public val completed: Int get() = counter("completed")

    /** The number of requests whose client closed before the reply was complete. */
    @get:JvmName("disconnects")
    public val disconnects: Int get() = counter("disconnects")

    /** The number of refused requests. */
    @get:JvmName("rejected")
    public val rejected: Int get() = counter("rejected")

    /** The number of held replies. */
    @get:JvmName("held")
    public val held: Int get() = counter("held")

    /** The number of tokens sent. */
    @get:JvmName("tokens")
    public val tokens: Long get() = counters.getValue("tokens")

    /** The number of connections accepted so far. */
    @get:JvmName("connectionsAccepted")
    public val connectionsAccepted: Int get() = counter("connectionsAccepted")

    /** The number of open connections, including the one used for these stats. */
    @get:JvmName("openConnections")
    public val openConnections: Int get() = counter("openConnections")

    private fun counter(name: String) = counters.getValue(name).toInt()

    override fun toString(): String = "FakeStats$counters"
}
