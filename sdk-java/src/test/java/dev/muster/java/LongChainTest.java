package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.concurrent.Hedge;
import dev.muster.java.internal.Callbacks;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.resilience.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Chains with more links than fit on the stack of a thread. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class LongChainTest {
  private static final int STAGES = 100_000;
  private static final int LINKS = 10_000;

  /** Links of each operator: also more than fit on a stack, in a fifth of the time. */
  private static final int LINKS_OF_EACH = 2_000;

  private static final AtomicInteger COUNT = new AtomicInteger();

  static Stream<Named<UnaryOperator<CompletableFuture<String>>>> stages() {
    return Stream.of(
        Named.of("thenApply", f -> f.thenApply(x -> x)),
        Named.of("thenCompose", f -> f.thenCompose(CompletableFuture::completedFuture)),
        Named.of(
            "exceptionallyCompose", f -> f.exceptionallyCompose(CompletableFuture::failedFuture)),
        Named.of("thenCombine", f -> f.thenCombine(Call.value("y").executeAsync(), (x, y) -> x)),
        Named.of("applyToEither", f -> f.applyToEither(f, x -> x)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stages")
  @DisplayName("B25 (a) cancelling the last of 100,000 stages cancels the call")
  void cancellingTheLastStageCancelsTheCall(UnaryOperator<CompletableFuture<String>> stage) {
    Blocked blocked = new Blocked();
    CompletableFuture<String> last = blocked.started();
    for (int i = 0; i < STAGES; i++) last = stage.apply(last);
    assertTrue(last.cancel(true));
    blocked.awaitCancelled();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stages")
  @DisplayName("B25 the last of 100,000 stages settles as the call does")
  void theLastStageSettles(UnaryOperator<CompletableFuture<String>> stage) {
    Blocked blocked = new Blocked();
    CompletableFuture<String> last = blocked.started();
    for (int i = 0; i < STAGES; i++) last = stage.apply(last);
    blocked.release();
    assertEquals("value", last.join());
  }

  @Test
  @DisplayName(
      "B25 (b) cancelling the outermost of 10,000 stages within each other cancels the call")
  void cancellingTheOutermostStageCancelsTheInnermostCall() {
    Blocked blocked = new Blocked();
    CompletableFuture<String> outermost = nested(blocked, LINKS);
    blocked.awaitBegun();
    assertTrue(outermost.cancel(true));
    blocked.awaitCancelled();
  }

  /** Like a loop written with futures: each function returns the future of the rest. */
  private static CompletableFuture<String> nested(Blocked innermost, int depth) {
    if (depth == 0) return innermost.started();
    return Call.value("x").executeAsync().thenComposeAsync(x -> nested(innermost, depth - 1));
  }

  @Test
  @DisplayName("B25 a call on a diamond of stages is cancelled once, and soon")
  void aDiamondOfStagesIsFollowedOnce() {
    Blocked blocked = new Blocked();
    CompletableFuture<String> last = blocked.started();
    for (int i = 0; i < 1000; i++) last = last.thenCombine(last, (x, y) -> x);
    assertTrue(last.cancel(true));
    blocked.awaitCancelled();
  }

  static Stream<Named<UnaryOperator<Call<String>>>> links() {
    Hedge hedge = Hedge.after(Duration.ofHours(1));
    ConcurrencyMeter meter = new ConcurrencyMeter();
    return Stream.of(
        Named.of("map", call -> call.map(x -> x)),
        Named.of("then", call -> call.then(Call::value)),
        Named.of("recover", call -> call.recover(e -> "recovered")),
        Named.of("recoverWith", call -> call.recoverWith(e -> Call.value("recovered"))),
        Named.of("timeout", call -> call.timeout(Duration.ofHours(1))),
        Named.of("retry", call -> call.retry(RetryPolicy.DEFAULT)),
        Named.of("retry with timeouts", call -> call.retry(laddered())),
        Named.of("label", call -> call.label("x")),
        Named.of("fallback", call -> call.fallback(Call.value("y"))),
        Named.of("hedge, each tenth", call -> tenth() ? call.hedge(hedge) : call.label("x")),
        Named.of("once", Call::once),
        Named.of("measuredBy", call -> call.measuredBy(meter)),
        Named.of("callbacksOn", call -> call.callbacksOn(Callbacks.shared())));
  }

  /** A hedge uses five coroutines and a timer; thousands of them prove no more and take long. */
  private static boolean tenth() {
    return COUNT.incrementAndGet() % 10 == 0;
  }

  private static RetryPolicy laddered() {
    return RetryPolicy.builder().timeouts(List.of(Duration.ofHours(1))).build();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("links")
  @DisplayName("B25 2,000 links give what the first call gives, blocking and as a future")
  void aLongChainGivesItsValue(UnaryOperator<Call<String>> link) {
    Call<String> call = chain(Call.value("value"), link);
    assertEquals("value", call.execute());
    assertEquals("value", call.executeAsync().join());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("links")
  @DisplayName("B25 an Error passes through 2,000 links, the very instance")
  void aLongChainFailsWithAnError(UnaryOperator<Call<String>> link) {
    AssertionError error = new AssertionError("first");
    Call<String> call = chain(Call.failure(error), link);
    assertSame(error, assertThrows(AssertionError.class, call::execute));
    CompletableFuture<String> future = call.executeAsync();
    assertSame(error, assertThrows(CompletionException.class, future::join).getCause());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("links")
  @DisplayName("B25 cancelling the future of 2,000 links cancels the first call")
  void aLongChainIsCancelled(UnaryOperator<Call<String>> link) {
    Blocked blocked = new Blocked();
    CallFuture<String> future = chain(blocked.call(), link).executeAsync();
    blocked.awaitBegun();
    assertTrue(future.cancel(true));
    blocked.awaitCancelled();
    assertThrows(CancellationException.class, future::join);
  }

  @Test
  @DisplayName("B25 10,000 links give what the first call gives, and cancel it")
  void aVeryLongChainGivesItsValueAndIsCancelled() {
    Call<String> call = chain(Call.value("value"), LINKS, x -> x.map(y -> y));
    assertEquals("value", call.execute());
    assertEquals("value", call.executeAsync().join());
    Blocked blocked = new Blocked();
    CallFuture<String> future = chain(blocked.call(), LINKS, x -> x.map(y -> y)).executeAsync();
    blocked.awaitBegun();
    assertTrue(future.cancel(true));
    blocked.awaitCancelled();
  }

  private static Call<String> chain(Call<String> first, UnaryOperator<Call<String>> link) {
    return chain(first, LINKS_OF_EACH, link);
  }

  private static Call<String> chain(
      Call<String> first, int links, UnaryOperator<Call<String>> link) {
    Call<String> call = first;
    for (int i = 0; i < links; i++) call = link.apply(call);
    return call;
  }

  static Stream<Named<UnaryOperator<StreamCall<Integer>>>> streamLinks() {
    return Stream.of(
        Named.of("map", stream -> stream.map(x -> x)),
        Named.of("limit", stream -> stream.limit(2)),
        Named.of("callbacksOn", stream -> stream.callbacksOn(Callbacks.shared())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("streamLinks")
  @DisplayName("B25 2,000 links of a stream give its values, whole and one by one")
  void aLongChainOfStreamsGivesItsValues(UnaryOperator<StreamCall<Integer>> link) {
    StreamCall<Integer> stream = streams(link);
    assertEquals(List.of(0, 1), stream.limit(2).toList().execute());
    try (CallStream<Integer> values = stream.open()) {
      assertEquals(0, values.iterator().next());
    }
  }

  private static StreamCall<Integer> streams(UnaryOperator<StreamCall<Integer>> link) {
    StreamCall<Integer> stream =
        Calls.mapConcurrent(IntStream.range(0, 3).boxed().toList(), 1, Call::value);
    for (int i = 0; i < LINKS_OF_EACH; i++) stream = link.apply(stream);
    return stream;
  }
}
