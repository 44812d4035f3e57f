package dev.muster.java.parity;

import dev.muster.chat.ChatRequest;
import dev.muster.error.ProviderException;
import dev.muster.java.Call;
import dev.muster.java.Interceptor;
import dev.muster.java.Muster;

/** The interceptors of rows, as a Java program writes them. */
final class JavaInterceptors {
  private JavaInterceptors() {}

  static void add(Interception interception, Muster.Builder builder) {
    switch (interception) {
      case ADDS_TO_PROMPT -> builder.interceptor(chain -> chain.proceed(withPromptAnd(chain, "!")));
      case ANSWERS -> builder.interceptor(chain -> Call.value(InterceptorsKt.getCACHED()));
      case CHANGES_RESPONSE ->
        builder.interceptor(chain -> chain.proceed().map(InterceptorsKt::capitals));
      case FAILS ->
        builder.interceptor(chain -> {
          throw new ProviderException("intercepted");
        });
      case PROCEEDS_TWICE ->
        builder.interceptor(chain -> chain.proceed().then(response -> chain.proceed()));
      case BLOCKS -> builder.interceptor(chain -> Call.of(InterceptorsKt::getCACHED));
      case OF_ATTEMPTS ->
        builder.attemptInterceptor(chain -> {
          int attempt = chain.call().attempt();
          if (attempt == 1) return Call.failure(new ProviderException("intercepted"));
          return chain.proceed(withPromptAnd(chain, Integer.toString(attempt)));
        });
    }
  }

  private static ChatRequest withPromptAnd(Interceptor.Chain chain, String more) {
    return ChatRequest.of(InterceptorsKt.promptOf(chain.call().request()) + more);
  }
}
