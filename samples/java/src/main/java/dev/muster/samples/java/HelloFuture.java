package dev.muster.samples.java;

import dev.muster.java.Model;
import dev.muster.java.Muster;
import java.util.concurrent.CompletableFuture;

/** The shortest program with a future. The key comes from the variable OPENAI_API_KEY. */
public final class HelloFuture {
  public static void main(String... args) {
    try (Muster muster = Muster.create()) {
      hello(muster.model("openai::gpt-4o-mini")).thenAccept(System.out::println).join();
    }
  }

  static CompletableFuture<String> hello(Model model) {
    return model.ask("Say hello in one sentence.").executeAsync();
  }
}
