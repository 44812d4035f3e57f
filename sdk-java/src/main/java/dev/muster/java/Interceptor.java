package dev.muster.java;

import dev.muster.call.ChatCall;
import dev.muster.call.ChatInterceptor;
import dev.muster.chat.ChatRequest;
import dev.muster.chat.ChatResponse;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Code around every call to a chat model, or around every attempt of one: {@link
 * Muster.Builder#interceptor} and {@link Muster.Builder#attemptInterceptor}. Experimental: it may
 * change or go in any release.
 *
 * <p>An interceptor can observe the call, replace its request, return a response without calling
 * the model, change the response, or fail the call.
 *
 * <p>For a stream, the call of {@link Chain#proceed()} ends when the stream has ended. The consumer
 * has received the events by then, except the last one, which gets the response that the
 * interceptor gives. If an interceptor gives a response without calling {@code proceed}, the
 * consumer receives its text as one event.
 *
 * <pre>{@code
 * Interceptor timing = chain -> chain.proceed().map(response -> {
 *   System.out.println(summary(chain.call()));
 *   return response;
 * });
 * }</pre>
 */
@FunctionalInterface
public interface Interceptor {
  /**
   * Returns the call that gives the response: {@link Chain#proceed()}, a call derived from it, or
   * another one. Run {@code proceed} at most once, and wait for its end. If an interceptor of attempts
   * fails with an {@link dev.muster.error.LlmException}, it is retried like a failure of the provider.
   *
   * <p>Runs on a thread for callbacks (see {@link Call}), and may block.
   */
  @CheckReturnValue
  Call<ChatResponse> intercept(Chain chain);

  /** The rest of the call's path. */
  final class Chain {
    private final ChatInterceptor.Chain chain;
    private final @Nullable Executor executor;

    Chain(ChatInterceptor.Chain chain, @Nullable Executor executor) {
      this.chain = chain;
      this.executor = executor;
    }

    /** Returns the call. Its values change while it runs. */
    public ChatCall call() {
      return chain.call();
    }

    /**
     * Returns a call that passes the request to the next interceptor, or to the provider. It runs
     * once: a second run fails with an {@link IllegalStateException}, because the request would be
     * billed twice.
     */
    @CheckReturnValue
    public Call<ChatResponse> proceed() {
      return new Call<>(k -> chain.proceed(chain.call().request(), k), null, executor);
    }

    /**
     * Returns a call like {@link #proceed()} that sends {@code request} in place of the current one. It
     * fails with {@link dev.muster.error.InvalidRequestException} if {@code request} is not valid.
     */
    @CheckReturnValue
    public Call<ChatResponse> proceed(ChatRequest request) {
      Objects.requireNonNull(request, "request");
      return new Call<>(k -> chain.proceed(request, k), null, executor);
    }
  }
}
