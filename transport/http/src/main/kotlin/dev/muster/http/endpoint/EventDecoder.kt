package dev.muster.http.endpoint

import dev.muster.http.codec.SseEvent
import dev.muster.provider.StreamSink

/** Decodes one stream of server-sent events. Used by one coroutine. */
public abstract class EventDecoder(
    /** Receives the decoded events. */
    public val sink: StreamSink,
) {
    /** The provider's request id, or null if not known yet. */
    protected var requestId: String? = null
        private set

    /**
     * Whether the provider has sent the whole response, even if not its end marker. Then a connection that breaks is
     * not a failure. Default: false.
     */
    public open val isFinished: Boolean get() = false

    /** Sets the request id to [id] unless one is already known: the id from a header takes precedence. */
    public fun identify(id: String?) {
        if (requestId != null || id.isNullOrEmpty()) return
        requestId = id
        sink.requestId(id)
    }

    /** Returns the text of [event] if it clearly carries nothing else. Returning null is always correct. */
    public open fun textOf(event: SseEvent): String? = null

    /** Handles [event]. Returns true if the response is complete. */
    public abstract suspend fun take(event: SseEvent): Boolean

    /** Handles [body], which arrived instead of a stream, if it is a complete response. Returns whether it is. */
    public open suspend fun takeBody(body: String): Boolean = false
}
