package dev.muster.fake

/**
 * The counters of a server in another process at one moment; they mean what [FakeServer]'s accessors of the same
 * names mean.
 */
public class FakeStats internal constructor(
    private val counters: Map<String, Long>,
    /**
     * When each disconnect was seen, in order, translated to [System.nanoTime] of this JVM; exact to half the time that
     * the request for these stats took.
     */
    @get:JvmName("disconnectStamps") public val disconnectStamps: List<Long>,
) {
    /** How many requests have arrived. */
    @get:JvmName("requestCount")
    public val requestCount: Int get() = counter("requests")

    /** How many of them are not over. */
    @get:JvmName("inFlight")
    public val inFlight: Int get() = counter("inFlight")

    /** The largest [inFlight] there has been. */
    @get:JvmName("peakInFlight")
    public val peakInFlight: Int get() = counter("peakInFlight")

    /** How many replies were sent to their end. */
    @get:JvmName("completed")
    public val completed: Int get() = counter("completed")

    /** How many requests the client left before their reply was complete. */
    @get:JvmName("disconnects")
    public val disconnects: Int get() = counter("disconnects")

    /** How many requests were refused. */
    @get:JvmName("rejected")
    public val rejected: Int get() = counter("rejected")

    /** How many replies are held. */
    @get:JvmName("held")
    public val held: Int get() = counter("held")

    /** How many tokens have been sent. */
    @get:JvmName("tokens")
    public val tokens: Long get() = counters.getValue("tokens")

    /** How many connections have been accepted. */
    @get:JvmName("connectionsAccepted")
    public val connectionsAccepted: Int get() = counter("connectionsAccepted")

    /** How many connections are open, the one that asked for these stats among them. */
    @get:JvmName("openConnections")
    public val openConnections: Int get() = counter("openConnections")

    private fun counter(name: String) = counters.getValue(name).toInt()

    override fun toString(): String = "FakeStats$counters"
}
