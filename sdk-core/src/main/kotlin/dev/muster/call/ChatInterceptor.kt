package dev.muster.call

import dev.muster.annotation.ExperimentalMusterApi
import dev.muster.call.internal.Hidden
import dev.muster.call.internal.RunningCall
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse

/**
 * Code around every call to a chat model, or around every attempt of one.
 *
 * An interceptor can observe the call, replace its request, return a response without asking the model, change the
 * response, or throw. It can call [Chain.proceed] once. It must return or throw only after `proceed` has ended, and
 * let a `CancellationException` pass. It runs in the call's coroutine: block no thread in it.
 *
 * For a stream, [Chain.proceed] returns when the stream has ended: the events have gone to the collector by then, and
 * the returned response becomes the one of the last event. If an interceptor returns a response without proceeding,
 * the collector gets its text as one event.
 *
 * ```kotlin
 * MusterClient {
 *     interceptor { chain -> chain.proceed().also { println(summary(chain.call)) } }
 * }
 * ```
 */
@ExperimentalMusterApi
public fun interface ChatInterceptor {
    /**
     * Returns the response of the call.
     *
     * @throws dev.muster.error.LlmException if the call fails; one that an attempt's interceptor throws is retried like
     *   the provider's own
     */
    public suspend fun intercept(chain: Chain): ChatResponse

    /** The rest of the call's path. */
    @ExperimentalMusterApi
    public class Chain internal constructor(
        hidden: Hidden<RunningCall<ChatRequest, ChatResponse>>,
        private val next: Int,
    ) {
        private val running = hidden.value
        private var hasProceeded = false

        /** The call. */
        @get:JvmName("call")
        public val call: ChatCall = ChatCall(hidden)

        /**
         * Sends [request] on its way and returns the response.
         *
         * @throws dev.muster.error.InvalidRequestException if no provider takes [request]
         * @throws IllegalStateException if it is called again: the request would be billed twice
         */
        public suspend fun proceed(request: ChatRequest = call.request): ChatResponse {
            check(!hasProceeded) { "proceed can be called only once. To try again, set a RetryPolicy" }
            hasProceeded = true
            val before = running.request
            running.request = request
            try {
                return running.proceed(next)
            } finally {
                // Another attempt starts from what the call was asked.
                running.request = before
            }
        }
    }
}
