package dev.muster.call

import dev.muster.annotation.ExperimentalMusterApi
import dev.muster.call.internal.Hidden
import dev.muster.call.internal.RunningCall
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse

/**
 * Code around every call to a chat model, or around every attempt of one.
 *
 * An interceptor can observe the call, replace its request, return a response without calling the model, change the
 * response, or throw. It can call [Chain.proceed] once, and must not end before `proceed` has ended. It must
 * rethrow a `CancellationException`. It runs in the call's coroutine, so it must not block.
 *
 * For a stream, [Chain.proceed] returns when the stream has ended. The collector has received the events by then,
 * except the last one, which gets the response that the interceptor returns. If an interceptor returns a response
 * without calling `proceed`, the collector receives its text as one event.
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
     * @throws dev.muster.error.LlmException if the call fails. If an interceptor of attempts throws one, it is retried
     *   like a failure of the provider
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
         * Passes [request] to the next interceptor, or to the provider, and returns the response.
         *
         * @throws dev.muster.error.InvalidRequestException if [request] is not valid
         * @throws IllegalStateException if it was called before, because the request would be billed twice
         */
        public suspend fun proceed(request: ChatRequest = call.request): ChatResponse {
            check(!hasProceeded) { "proceed can be called only once: to repeat a request, set a RetryPolicy" }
            hasProceeded = true
            val before = running.request
            running.request = request
            try {
                return running.proceed(next)
            } finally {
                // Another attempt starts with the original request.
                running.request = before
            }
        }
    }
}
