package dev.muster.fake

import dev.muster.fake.internal.LoggedEvent

/** The kind of an event. */
public enum class FakeEventKind {
    /** The last byte of the request was read. */
    ARRIVED,

    /** The first byte of the reply was written to the socket. */
    FIRST_BYTE,

    /** A token of a stream was written to the socket. */
    TOKEN,

    /** The whole reply was written to the socket. */
    COMPLETED,

    /** The server closed the connection before the reply was complete. */
    CUT,

    /** The client closed before the reply was complete. */
    DISCONNECTED,
}

/** One entry of the server's log. Entries are in the order in which things happened. */
public class FakeEvent internal constructor(private val event: LoggedEvent) {
    /** What happened. */
    @get:JvmName("kind")
    public val kind: FakeEventKind get() = FakeEventKind.valueOf(event.happening.name)

    /** The [FakeRequest.index] of the request. */
    @get:JvmName("request")
    public val request: Int get() = event.index

    /** The number of the token, from 1. 0 for events of other kinds. */
    @get:JvmName("token")
    public val token: Int get() = event.token

    /** The time of the event as [System.nanoTime] of the server's JVM. */
    @get:JvmName("nanos")
    public val nanos: Long get() = event.nanos

    override fun toString(): String = if (token > 0) "$kind $token of request $request" else "$kind of request $request"
}
