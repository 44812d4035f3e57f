package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.concurrent.Outcome;
import dev.muster.error.QueueFullException;
import dev.muster.fake.FakeReply;
import dev.muster.resilience.ConcurrencyLimiter;
import dev.muster.resilience.ModelOptions;
import dev.muster.resilience.RateLimiter;
import dev.muster.resilience.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** C18 on the wire. The core tests the decisions of the limiters, on virtual time. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class LimiterTest {
  private final Wire wire = new Wire();

  @AfterEach
  void close() {
    wire.close();
  }

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  private Model model(String id, ModelOptions options) {
    return wire.muster.model(id, options);
  }

  @Test
  @DisplayName("C18 at most so many requests are in flight, also where gather has no limit")
  void concurrency() {
    ConcurrencyLimiter limiter = ConcurrencyLimiter.fixed(3);
    Model model = model(
        "openai::gpt-4o-mini",
        ModelOptions.builder().concurrencyLimiter(limiter).build());
    wire.server.otherwise(FakeReply.text("ok").holdUntil(3));
    List<String> answers = Calls.gather(numbers(30), n -> model.ask("Say " + n)).execute();
    assertEquals(30, answers.size());
    assertEquals(3, wire.server.peakInFlight());
    assertEquals(0, limiter.inFlight());
  }

  @Test
  @DisplayName("C18 one call too many is refused before it is sent")
  void overflow() {
    ConcurrencyLimiter limiter = ConcurrencyLimiter.fixed(1, 1);
    Model model = model(
        "openai::gpt-4o-mini",
        ModelOptions.builder().concurrencyLimiter(limiter).build());
    wire.server.otherwise(FakeReply.text("ok").hold());
    CallFuture<String> first = model.ask("1").executeAsync();
    wire.server.awaitRequests(1, Wire.SOON);
    CallFuture<String> second = model.ask("2").executeAsync();
    while (limiter.waiting() < 1) Thread.onSpinWait();
    Outcome<String> third =
        Calls.gatherSettled(List.of(model.ask("3"))).execute().get(0);
    assertInstanceOf(QueueFullException.class, third.exceptionOrNull());
    assertEquals(1, wire.server.requestCount());
    wire.server.release();
    assertEquals("okok", first.join() + second.join());
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai::gpt-4o-mini", "anthropic::claude"})
  @DisplayName("C18 limits learned from the provider's headers keep back what would get a 429")
  void learned(String id) {
    // The limit is not refilled while the test runs. The core tests that waiting calls go on when
    // it is.
    wire.server.limitRequests(5, Duration.ofDays(1));
    RateLimiter limiter = RateLimiter.learning();
    Model model = model(id, ModelOptions.builder().rateLimiter(limiter).build());
    model.ask("What are your limits?").execute();
    CallFuture<List<String>> gathering =
        Calls.gather(numbers(15), n -> model.ask("Say " + n)).executeAsync();
    wire.server.awaitCompleted(5, Wire.SOON);
    while (limiter.waiting() < 11 && !gathering.isDone()) Thread.onSpinWait();
    assertFalse(gathering.isDone());
    assertEquals(5, wire.server.requestCount());
    gathering.cancel(true);
  }

  @Test
  @DisplayName("C18 an adaptive limiter finds what the server bears")
  void adaptive() {
    int calls = 600;
    wire.server.limitInFlight(8).latency(Duration.ofMillis(5));
    Model model = model(
        "openai::gpt-4o-mini",
        ModelOptions.builder()
            .concurrencyLimiter(ConcurrencyLimiter.adaptive(1, 100))
            .retry(RetryPolicy.builder()
                .maxRetries(20)
                .firstBackoff(Duration.ofMillis(1))
                .build())
            .build());
    assertEquals(
        calls,
        Calls.gather(numbers(calls), n -> model.ask("Say " + n)).execute().size());
    int refused = wire.server.requestCount() - calls;
    assertTrue(
        wire.server.peakInFlight() >= 8, "never tried more than " + wire.server.peakInFlight());
    assertTrue(refused < calls / 5, refused + " of " + calls + " were refused");
  }
}
