package dev.muster.java;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.error.ProviderException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of {@link CallFuture}, with a test for each line of it. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class CallFutureTest {
  @Test
  void aStageThatTheCallSettlesCancelsNothing() throws Exception {
    Blocked blocked = new Blocked();
    CallFuture<String> future = blocked.started();
    CompletableFuture<String> stage = future.thenApply(x -> x + "!");
    blocked.release();
    assertEquals("value!", stage.get(60, SECONDS));
    assertFalse(stage.cancel(true));
    assertFalse(future.isCancelled());
    assertEquals("value", future.join());
  }

  @Test
  void settlingASettledFutureDoesNotCancelTheCall() {
    Blocked blocked = new Blocked();
    CallFuture<String> future = blocked.started();
    CompletableFuture<String> either =
        future.applyToEither(CompletableFuture.completedFuture("other"), x -> x);
    assertEquals("other", either.join());
    assertFalse(either.cancel(true));
    assertFalse(either.complete("again"));
    assertFalse(either.completeExceptionally(new Exception("again")));
    blocked.assertRuns();
    blocked.release();
    assertEquals("value", future.join());
  }

  @Test
  void aTimeoutThatDoesNotPassChangesNothing() {
    Blocked blocked = new Blocked();
    CallFuture<String> future = blocked.started();
    assertSame(future, future.orTimeout(1, HOURS));
    assertSame(future, future.completeOnTimeout("own", 1, HOURS));
    blocked.release();
    assertEquals("value", future.join());
  }

  @Test
  void settledTimersEndAsTheJdksDo() {
    CallFuture<String> late = new Blocked().started().orTimeout(1, MILLISECONDS);
    assertInstanceOf(
        TimeoutException.class,
        assertThrows(CompletionException.class, late::join).getCause());
    assertEquals(
        "own", new Blocked().started().completeOnTimeout("own", 1, MILLISECONDS).join());
    assertThrows(NullPointerException.class, () -> late.orTimeout(1, null));
  }

  @Test
  void aCallbackAfterATimeoutRunsOnACallbackThreadAndNotOnTheJdksTimer() {
    CompletableFuture<String> stage = new Blocked().started().thenApply(x -> "");
    CompletableFuture<String> thread =
        stage.exceptionally(e -> Thread.currentThread().getName());
    // The timeout passes, but not before the stage behind it exists.
    stage.orTimeout(1, MILLISECONDS);
    assertTrue(thread.join().startsWith("muster-callback-"), thread::join);
  }

  static Stream<Arguments> composers() {
    Executor here = Runnable::run;
    return Stream.of(
        composer("thenCompose", true, (f, fn) -> f.thenCompose(x -> fn.get())),
        composer("thenComposeAsync", true, (f, fn) -> f.thenComposeAsync(x -> fn.get())),
        composer("thenComposeAsync on", true, (f, fn) -> f.thenComposeAsync(x -> fn.get(), here)),
        composer("exceptionallyCompose", false, (f, fn) -> f.exceptionallyCompose(e -> fn.get())),
        composer(
            "exceptionallyComposeAsync",
            false,
            (f, fn) -> f.exceptionallyComposeAsync(e -> fn.get())),
        composer(
            "exceptionallyComposeAsync on",
            false,
            (f, fn) -> f.exceptionallyComposeAsync(e -> fn.get(), here)));
  }

  interface Inner {
    CompletionStage<String> get();
  }

  interface Composer extends BiFunction<CallFuture<String>, Inner, CompletableFuture<String>> {}

  private static Arguments composer(String name, boolean onValue, Composer composer) {
    Call<String> first = onValue ? Call.value("x") : Call.failure(new ProviderException("down"));
    return Arguments.of(Named.of(name, composer), first);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("composers")
  @DisplayName("B25 (b) cancelling a composed stage cancels the stage its function returned")
  void cancellingAComposedStageCancelsTheInnerOne(Composer composer, Call<String> first) {
    Blocked inner = new Blocked();
    CompletableFuture<String> composed =
        composer.apply(first.executeAsync(), () -> inner.call().executeAsync());
    inner.awaitBegun();
    composed.thenApply(x -> x).cancel(true);
    inner.awaitCancelled();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("composers")
  @DisplayName("B25 (b) also where the function returns it later")
  void cancellingAComposedStageCancelsAnInnerOneThatComesLater(
      Composer composer, Call<String> first) {
    Blocked gate = new Blocked();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Blocked inner = new Blocked();
    CompletableFuture<String> composed =
        composer.apply(gate.call().then(x -> first).executeAsync(), () -> {
          inside.countDown();
          Blocked.await(go);
          return inner.started();
        });
    gate.release();
    Blocked.await(inside);
    assertTrue(composed.cancel(true));
    go.countDown();
    inner.awaitCancelled();
  }

  @Test
  void aComposedStageBehavesAsTheJdksWhereNothingIsCancelled() {
    CallFuture<String> future = Call.value("a").executeAsync();
    assertEquals(
        "ab",
        future.thenCompose(a -> CompletableFuture.completedFuture(a + "b")).join());
    CompletableFuture<String> none = future.thenCompose(a -> null);
    assertInstanceOf(
        NullPointerException.class,
        assertThrows(CompletionException.class, none::join).getCause());
    assertThrows(NullPointerException.class, () -> future.thenCompose(null));
  }

  @Test
  @DisplayName("B25 (c) copy and minimalCompletionStage cut the link")
  void copyAndMinimalStageCutTheLink() {
    Blocked blocked = new Blocked();
    CallFuture<String> future = blocked.started();
    CallFuture<String> copy = future.copy();
    assertTrue(copy.thenApply(x -> x).cancel(true));
    assertTrue(copy.cancel(true));
    assertTrue(future.thenApply(x -> x).copy().cancel(true));
    assertTrue(future.minimalCompletionStage().toCompletableFuture().cancel(true));
    assertTrue(
        future.minimalCompletionStage().thenApply(x -> x).toCompletableFuture().complete("own"));
    CallFuture<String> second = future.copy();
    blocked.assertRuns();
    blocked.release();
    assertEquals("value", future.join());
    assertEquals("value", second.join());
  }

  @Test
  void aCopyFailsAsTheJdksDoes() {
    ProviderException down = new ProviderException("down");
    CallFuture<String> copy = Call.<String>failure(down).executeAsync().copy();
    assertSame(down, assertThrows(CompletionException.class, copy::join).getCause());
  }

  @Test
  @DisplayName("B25 (d) a cancelled branch cancels its siblings, branches of copies do not")
  void aCancelledBranchCancelsItsSiblings() {
    CallFuture<String> future = new Blocked().started();
    CompletableFuture<String> sibling = future.thenApply(x -> x);
    future.thenApply(x -> x).cancel(true);
    CompletionException ending = assertThrows(CompletionException.class, sibling::join);
    assertInstanceOf(CancellationException.class, ending.getCause());
    assertThrows(CancellationException.class, future::join);
    assertTrue(future.isCancelled());
  }

  @Test
  @DisplayName("B25 (e) a stage begun on another future does not reach the call")
  void aForeignStageDoesNotReachTheCall() {
    Blocked blocked = new Blocked();
    CallFuture<String> future = blocked.started();
    CompletableFuture.allOf(future).cancel(true);
    new CompletableFuture<String>().thenCombine(future, (a, b) -> a + b).cancel(true);
    blocked.assertRuns();
    blocked.release();
    assertEquals("value", future.join());
  }

  @Test
  @DisplayName("B25 giving up the wait is no cancel: the call runs on")
  void givingUpTheWaitLeavesTheCallRunning() {
    Blocked blocked = new Blocked();
    CallFuture<String> future = blocked.started();
    long noTime = 0;
    assertThrows(TimeoutException.class, () -> future.get(noTime, SECONDS));
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, future::get);
    assertFalse(future.isDone());
    blocked.assertRuns();
    blocked.release();
    assertEquals("value", future.join());
  }

  @Test
  void aDependentThatIsAddedLateRunsOnTheCallersThread() {
    CallFuture<String> settled = Call.value("value").executeAsync();
    settled.join();
    Thread caller = Thread.currentThread();
    assertSame(caller, settled.thenApply(x -> Thread.currentThread()).join());
    CallFuture<String> running = new Blocked().started();
    CompletableFuture<Thread> dependent = running.thenApply(x -> Thread.currentThread());
    running.complete("own");
    assertSame(caller, dependent.join());
  }

  @Test
  void anExceptionIsTheFailureItself() {
    ProviderException down = new ProviderException("down");
    CallFuture<String> future = Call.<String>failure(down).executeAsync();
    assertSame(down, assertThrows(CompletionException.class, future::join).getCause());
    assertSame(down, assertThrows(ExecutionException.class, future::get).getCause());
    assertSame(down, future.handle((x, e) -> e).join());
  }

  @Test
  void ownCancelIsTheJdksCancellation() {
    CallFuture<String> future = new Blocked().started();
    assertTrue(future.cancel(true));
    assertTrue(future.cancel(true), "is still cancelled");
    assertTrue(future.isCancelled());
    assertThrows(CancellationException.class, future::join);
    assertThrows(CancellationException.class, future::get);
    assertFalse(future.complete("late"));
  }

  @Test
  void cancellingDoesNotWaitForCodeThatIgnoresTheInterrupt() {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    CallFuture<Object> future = Call.of(() -> {
          begun.countDown();
          awaitUninterruptibly(release);
          ended.countDown();
          return null;
        })
        .executeAsync();
    Blocked.await(begun);
    future.cancel(true);
    assertEquals(1, ended.getCount());
    release.countDown();
    Blocked.await(ended);
  }

  @Test
  void dependentsRunOnCallbackThreads() {
    Blocked blocked = new Blocked();
    CompletableFuture<String> thread =
        blocked.started().thenApply(x -> Thread.currentThread().getName());
    blocked.release();
    assertTrue(thread.join().startsWith("muster-callback-"), thread::join);
  }

  @Test
  void asyncDependentsRunOnCallbackThreadsOrTheGivenOnes() {
    CallFuture<String> future = Call.value("x").executeAsync();
    String shared = future.thenApplyAsync(x -> Thread.currentThread().getName()).join();
    assertTrue(shared.startsWith("muster-callback-"), shared);
    ExecutorService own = Executors.newSingleThreadExecutor(task -> new Thread(task, "own"));
    try {
      assertEquals(
          "own",
          future.thenApplyAsync(x -> Thread.currentThread().getName(), own).join());
      CallFuture<String> there = Call.value("x").callbacksOn(own).executeAsync();
      assertEquals(
          "own", there.thenApplyAsync(x -> Thread.currentThread().getName()).join());
    } finally {
      own.shutdown();
    }
  }

  @Test
  void aFutureEndsAlsoWhereTheUsersExecutorRefuses() {
    ExecutorService own = Executors.newSingleThreadExecutor();
    own.shutdown();
    assertEquals("x", Call.value("x").callbacksOn(own).executeAsync().join());
  }

  @Test
  void theFutureOfAGatherCancelsAllOfIt() {
    List<Blocked> blocked = new ArrayList<>();
    for (int i = 0; i < 20; i++) blocked.add(new Blocked());
    CallFuture<List<String>> all = Calls.gather(blocked, Blocked::call).executeAsync();
    blocked.forEach(Blocked::awaitBegun);
    all.thenAccept(x -> {}).cancel(true);
    blocked.forEach(Blocked::awaitCancelled);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        if (interrupted) Thread.currentThread().interrupt();
        return;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }
}
