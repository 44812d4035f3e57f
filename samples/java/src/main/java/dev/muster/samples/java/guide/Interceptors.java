package dev.muster.samples.java.guide;

import dev.muster.call.ChatCall;
import dev.muster.chat.ChatRequest;
import dev.muster.chat.ChatResponse;
import dev.muster.java.Call;
import dev.muster.java.Interceptor;
import dev.muster.java.Muster;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What docs/interceptors.md shows. */
final class Interceptors {
  private Interceptors() {}

  static Muster timing() {
    Interceptor timing = chain -> chain.proceed().map(response -> {
      System.out.println(summary(chain.call()));
      return response;
    });
    return Muster.builder().interceptor(timing).build();
  }

  static String summary(ChatCall call) {
    return call.model() + ": " + call.attempt() + " attempts, " + call.elapsed().toMillis() + " ms";
  }

  static Interceptor cache() {
    Map<String, ChatResponse> known = new ConcurrentHashMap<>();
    return chain -> {
      String prompt = chain.call().request().messages().get(0).text();
      ChatResponse cached = known.get(prompt);
      if (cached != null) return Call.value(cached);
      return chain.proceed().map(response -> {
        known.put(prompt, response);
        return response;
      });
    };
  }

  static Interceptor cooler() {
    return chain -> {
      ChatRequest request = chain.call().request();
      return chain.proceed(request.toBuilder().temperature(0.0).build());
    };
  }
}
