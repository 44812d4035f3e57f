package dev.muster.call

import dev.muster.annotation.ExperimentalMusterApi
import dev.muster.call.internal.Hidden
import dev.muster.call.internal.RunningCall
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ModelId
import dev.muster.chat.Usage
import java.time.Duration
import kotlin.time.toJavaDuration

/**
 * One call to a chat model while it runs, as a [ChatInterceptor] sees it. The values change as the call goes on: read
 * them before and after [ChatInterceptor.Chain.proceed]. Not thread-safe; use it in the interceptor's own coroutine.
 */
@ExperimentalMusterApi
public class ChatCall internal constructor(hidden: Hidden<RunningCall<ChatRequest, ChatResponse>>) {
    private val running = hidden.value

    /** The number of this call in this JVM. The log lines of the logger `dev.muster.call` contain it. */
    @get:JvmName("number")
    public val number: Long get() = running.number

    /** The id of the model. */
    @get:JvmName("model")
    public val model: ModelId get() = running.model.id

    /** The request to send: the caller's, or its replacement by an interceptor. */
    @get:JvmName("request")
    public val request: ChatRequest get() = running.request

    /** Whether the caller collects a stream of events. */
    public val isStreaming: Boolean get() = running.collector != null

    /** The number of the current or latest attempt, from 1. 0 before the first attempt. */
    @get:JvmName("attempt")
    public val attempt: Int get() = running.attempt

    /** The time since the call started. */
    @get:JvmName("elapsed")
    public val elapsed: Duration get() = running.start.elapsedNow().toJavaDuration()

    /**
     * The time from the start of the call to the first token of the current attempt. Null before the first token, and
     * always for a call without a stream.
     */
    @get:JvmName("timeToFirstToken")
    public val timeToFirstToken: Duration? get() = running.stream?.timeToFirstToken?.toJavaDuration()

    /** The text that the current attempt's stream has delivered so far. Null if there is none. */
    @get:JvmName("partialText")
    public val partialText: String? get() = running.stream?.partialText

    /** The usage that the provider has reported for the current attempt. Null if it has reported none. */
    @get:JvmName("usage")
    public val usage: Usage? get() = running.usage ?: running.stream?.usage

    /** Values that interceptors store with the call. Empty at its start. */
    @get:JvmName("tags")
    public val tags: MutableMap<String, Any> get() = running.tags

    override fun toString(): String = "ChatCall($number, $model, attempt $attempt)"
}
