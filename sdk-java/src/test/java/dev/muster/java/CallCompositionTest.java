package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.concurrent.Hedge;
import dev.muster.contract.HandClock;
import dev.muster.error.AllFailedException;
import dev.muster.error.ClientClosedException;
import dev.muster.error.LlmTimeoutException;
import dev.muster.error.ProviderException;
import dev.muster.fake.FakeReply;
import dev.muster.resilience.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class CallCompositionTest {
  private final Wire wire = new Wire();

  @AfterEach
  void close() {
    wire.close();
  }

  private Call<String> ask(String prompt) {
    return wire.model().ask(prompt);
  }

  @Test
  @DisplayName("B32 a primary that fails with 500 is stood in for by the secondary")
  void fallback() {
    wire.server.onPrompt("primary").reply(FakeReply.status(500));
    wire.server.onPrompt("secondary").reply(FakeReply.text("second"));
    assertEquals(
        "second", ask("primary").fallback(ask("secondary"), ask("third")).execute());
    assertEquals(2, wire.server.requestCount());
    AllFailedException all = assertThrows(
        AllFailedException.class, () -> ask("primary").fallback(ask("primary")).execute());
    assertEquals(2, all.causes().size());
    wire.muster.close();
    assertThrows(
        ClientClosedException.class,
        () -> ask("primary").fallback(ask("secondary")).execute());
  }

  @Test
  @DisplayName("B31 the second copy of a slow call answers, and the first is closed")
  void hedge() {
    wire.server.onPrompt("q").replies(FakeReply.hang(), FakeReply.text("fast"));
    // The delay passes: the first of the two to arrive hangs.
    Hedge hedge = Hedge.builder().delay(Duration.ofMillis(50)).maxExtra(1).build();
    assertEquals("fast", ask("q").hedge(hedge).execute());
    wire.server.awaitDisconnects(1, Wire.SOON);
    assertEquals(1, hedge.extraCalls());
  }

  @Test
  @DisplayName("C11 a whole operation is tried again, but not what the client has given up on")
  void retry() {
    RetryPolicy policy = RetryPolicy.builder()
        .firstBackoff(Duration.ZERO)
        .maxBackoff(Duration.ZERO)
        .build();
    // Wait for the other request: a call that is cancelled before it sends sends nothing.
    wire.server.onPrompt("q").replies(FakeReply.status(500).holdUntil(2), FakeReply.text("ok"));
    Call<List<String>> both = Calls.gather(ask("p"), ask("q"));
    assertEquals("ok", both.retry(policy).execute().get(1));
    assertEquals(4, wire.server.requestCount());
  }

  @Test
  @DisplayName("once shares one run, and a cancelled one leaves the others alone")
  void once() {
    wire.server.otherwise(FakeReply.text("shared").hold());
    Call<String> once = ask("q").once();
    CallFuture<String> first = once.executeAsync();
    CallFuture<String> second = once.map(text -> text + "!").executeAsync();
    wire.server.awaitRequests(1, Wire.SOON);
    first.cancel(true);
    wire.server.release();
    assertEquals("shared!", second.join());
    assertEquals("shared", once.execute());
    assertEquals(1, wire.server.requestCount());
    assertEquals(0, wire.server.disconnects());
  }

  @Test
  @DisplayName("B19 a failure is stood in for by another call, by class where asked for")
  void recoverWith() {
    wire.server.onPrompt("q").reply(FakeReply.status(500));
    wire.server.onPrompt("instead").reply(FakeReply.text("ok"));
    assertEquals("ok", ask("q").recoverWith(e -> ask("instead")).execute());
    assertEquals(
        "ok",
        ask("q")
            .recoverWith(LlmTimeoutException.class, e -> ask("never"))
            .recoverWith(ProviderException.class, e -> ask("instead"))
            .execute());
    NullPointerException none = assertThrows(
        NullPointerException.class, () -> ask("q").recoverWith(e -> null).execute());
    assertInstanceOf(ProviderException.class, none.getSuppressed()[0]);
  }

  @Test
  @DisplayName("B20 a stage of another library is a call: its value, its failure, its cancel")
  void fromFuture() {
    AtomicInteger asked = new AtomicInteger();
    Call<String> call = Call.fromFuture(
        () -> CompletableFuture.supplyAsync(() -> "value " + asked.incrementAndGet()));
    assertEquals(0, asked.get());
    assertEquals("value 1", call.execute());
    assertEquals("value 2", call.execute());
    IllegalStateException failure = new IllegalStateException("no");
    Call<String> failing = Call.fromFuture(() -> CompletableFuture.supplyAsync(() -> {
      throw failure;
    }));
    assertSame(failure, assertThrows(IllegalStateException.class, failing::execute));
    CompletableFuture<String> never = new CompletableFuture<>();
    CountDownLatch begun = new CountDownLatch(1);
    Duration limit = Duration.ofSeconds(1);
    Call<String> waiting = Call.fromFuture(() -> {
      begun.countDown();
      return never;
    });
    try (HandClock clock = HandClock.start()) {
      CallFuture<String> late = waiting.timeout(limit).executeAsync();
      Blocked.await(begun);
      clock.pass(limit);
      assertInstanceOf(
          LlmTimeoutException.class,
          assertThrows(CompletionException.class, late::join).getCause());
    }
    assertTrue(never.isCancelled());
    assertThrows(
        NullPointerException.class,
        () -> Call.fromFuture(() -> (CompletableFuture<String>) null).execute());
  }
}
