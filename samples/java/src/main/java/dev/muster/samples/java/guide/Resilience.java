package dev.muster.samples.java.guide;

import dev.muster.concurrent.Hedge;
import dev.muster.error.LlmTimeoutException;
import dev.muster.java.Call;
import dev.muster.java.Calls;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.resilience.ConcurrencyLimiter;
import dev.muster.resilience.ModelOptions;
import dev.muster.resilience.RateLimiter;
import dev.muster.resilience.RetryPolicy;
import dev.muster.resilience.Timeouts;
import java.time.Duration;
import java.util.List;

/** What docs/resilience.md shows. */
final class Resilience {
  private Resilience() {}

  static Muster timeouts() {
    return Muster.builder()
        .timeouts(Timeouts.builder()
            .total(Duration.ofMinutes(2))
            .firstToken(Duration.ofSeconds(20))
            .build())
        .build();
  }

  static Model ofOneModel(Muster muster) {
    return muster.model(
        "openai::o4-mini",
        ModelOptions.builder()
            .timeouts(Timeouts.builder().attempt(Duration.ofMinutes(20)).build())
            .build());
  }

  static Call<String> withDefault(Model model) {
    return model
        .ask("What is new?")
        .timeout(Duration.ofSeconds(1))
        .recover(LlmTimeoutException.class, e -> "Query timed out after 1s");
  }

  static Muster retries() {
    return Muster.builder()
        .retry(RetryPolicy.builder()
            .maxRetries(4)
            .retryIf(e -> e.status() != null && e.status() == 429)
            .onRetry(event -> System.err.println(event))
            .build())
        .build();
  }

  static Model ladder(Muster muster) {
    return muster.model(
        "openai::gpt-4o-mini",
        ModelOptions.builder()
            .retry(RetryPolicy.timeouts(Duration.ofSeconds(1), Duration.ofSeconds(3)))
            .build());
  }

  static Muster limits() {
    return Muster.builder()
        .concurrencyLimiter("openai", ConcurrencyLimiter.adaptive(4, 200))
        .rateLimiter("openai", RateLimiter.learning())
        .rateLimiter(
            "groq::llama-3.3-70b-versatile",
            RateLimiter.builder().requestsPerMinute(30).tokensPerMinute(6_000).build())
        .build();
  }

  static Call<String> fallback(Model primary, Model secondary) {
    return primary.ask("Name a prime").fallback(secondary.ask("Name a prime"));
  }

  static Call<List<String>> hedged(Model model, List<String> prompts) {
    Hedge hedge = Hedge.learned();
    return Calls.gather(prompts, prompt -> model.ask(prompt).hedge(hedge));
  }
}
