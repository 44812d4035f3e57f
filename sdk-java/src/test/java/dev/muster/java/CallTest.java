package dev.muster.java;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.contract.HandClock;
import dev.muster.error.CallInterruptedException;
import dev.muster.error.ClientClosedException;
import dev.muster.error.LlmTimeoutException;
import dev.muster.error.ProviderException;
import dev.muster.error.TimeoutKind;
import dev.muster.observe.ConcurrencyMeter;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class CallTest {
  private static final RuntimeException BOOM = new IllegalStateException("boom");

  @Test
  void aCallIsADescriptionAndRunsAnewEachTime() {
    AtomicInteger runs = new AtomicInteger();
    Call<Integer> call = Call.of(runs::incrementAndGet);
    assertEquals(0, runs.get());
    assertEquals(1, call.execute());
    assertEquals(2, call.execute());
    assertEquals(3, call.executeAsync().join());
  }

  @Test
  void b20SettledValuesComposeWithTheRest() {
    assertEquals("a", Call.value("a").execute());
    assertNull(Call.<String>value(null).execute());
    assertEquals("ab", Call.value("a").map(a -> a + "b").execute());
    assertSame(
        BOOM, assertThrows(IllegalStateException.class, () -> Call.failure(BOOM).execute()));
    assertEquals(
        "boom", Call.<String>failure(BOOM).recover(Throwable::getMessage).execute());
    assertNull(Call.delay(Duration.ofMillis(1)).execute());
  }

  @Test
  void b18ThenRunsTheNextCallOnTheValue() {
    Call<String> chain = Call.value("joke").then(joke -> Call.of(() -> "why " + joke));
    assertEquals("why joke", chain.execute());
    assertEquals("why joke", chain.executeAsync().join());
  }

  @Test
  void thenFailsWhereItsFunctionGivesNull() {
    Call<String> call = Call.value(1).then(one -> null);
    assertThrows(NullPointerException.class, call::execute);
  }

  @Test
  void b19RecoverReplacesFailuresOfTheGivenClassOnly() {
    ProviderException down = new ProviderException("down");
    Call<String> call = Call.failure(down);
    assertEquals("down!", call.recover(e -> e.getMessage() + "!").execute());
    assertEquals("typed", call.recover(ProviderException.class, e -> "typed").execute());
    Call<String> other = call.recover(LlmTimeoutException.class, e -> "no");
    assertSame(down, assertThrows(ProviderException.class, other::execute));
    assertEquals("value", Call.value("value").recover(e -> "no").execute());
  }

  @Test
  void aRecoveryThatFailsCarriesTheFirstFailure() {
    ProviderException down = new ProviderException("down");
    Call<String> call = Call.<String>failure(down).recover(e -> throwing(BOOM));
    RuntimeException failure = assertThrows(IllegalStateException.class, call::execute);
    assertSame(BOOM, failure);
    assertSame(down, failure.getSuppressed()[failure.getSuppressed().length - 1]);
  }

  @ParameterizedTest
  @MethodSource("endingsNobodyRecoversFrom")
  void recoverDoesNotSee(Throwable ending) {
    AtomicInteger seen = new AtomicInteger();
    Call<Integer> call = Call.<Integer>failure(ending).recover(e -> seen.incrementAndGet());
    assertSame(ending, assertThrows(Throwable.class, call::execute));
    assertEquals(0, seen.get());
  }

  static Throwable[] endingsNobodyRecoversFrom() {
    return new Throwable[] {
      new CancellationException("own"),
      new CallInterruptedException("interrupted"),
      new ClientClosedException("closed"),
      new AssertionError("broken"),
    };
  }

  @Test
  void executeThrowsUncheckedExceptionsAsTheyAreAndWrapsCheckedOnes() {
    IOException checked = new IOException("disk");
    Call<String> call = Call.of(() -> {
      throw checked;
    });
    assertSame(checked, assertThrows(CompletionException.class, call::execute).getCause());
    assertEquals("disk", call.recover(IOException.class, Throwable::getMessage).execute());
    ExecutionException wrapped =
        assertThrows(ExecutionException.class, () -> call.executeAsync().get());
    assertSame(checked, wrapped.getCause());
    assertSame(
        BOOM,
        assertThrows(RuntimeException.class, () -> Call.of(() -> throwing(BOOM)).execute()));
    AssertionError error = new AssertionError("broken");
    Call<String> broken = Call.of(() -> {
      throw error;
    });
    assertSame(error, assertThrows(AssertionError.class, broken::execute));
  }

  @Test
  void anExceptionKeepsItsIdentityThroughOperatorsAndFunctions() {
    Call<String> call = Calls.gather(
            Call.<String>of(() -> throwing(BOOM)).map(x -> x).timeout(Duration.ofMinutes(1)))
        .map(values -> values.get(0));
    assertSame(BOOM, assertThrows(RuntimeException.class, call::execute));
    CompletionException wrapped =
        assertThrows(CompletionException.class, () -> call.executeAsync().join());
    assertSame(BOOM, wrapped.getCause());
    // When a coroutine changes its context, it may throw a copy of the exception.
    Call<String> elsewhere = call.callbacksOn(task -> new Thread(task).start());
    Call<String> passing = elsewhere.recover(ProviderException.class, e -> "no");
    assertSame(BOOM, assertThrows(RuntimeException.class, passing::execute));
    CompletionException there =
        assertThrows(CompletionException.class, () -> passing.executeAsync().join());
    assertSame(BOOM, there.getCause());
    Call<Boolean> recovered = elsewhere.map(x -> false).recover(failure -> failure == BOOM);
    assertTrue(recovered.execute());
  }

  @Test
  void timeoutGivesTheKindAndTheLimitAndInterruptsBlockingCode() throws InterruptedException {
    Blocked blocked = new Blocked();
    Duration limit = Duration.ofSeconds(1);
    try (HandClock clock = HandClock.start()) {
      CallFuture<String> future = blocked.call().timeout(limit).executeAsync();
      blocked.awaitBegun();
      clock.pass(limit);
      LlmTimeoutException timeout = assertInstanceOf(
          LlmTimeoutException.class,
          assertThrows(CompletionException.class, future::join).getCause());
      assertEquals(TimeoutKind.DEADLINE, timeout.kind());
      assertEquals(limit, timeout.limit());
    }
    blocked.awaitCancelled();
  }

  @Test
  void b13ATimeoutIsRecoveredByClass() {
    Call<String> call = Call.delay(Duration.ofMinutes(1))
        .map(nothing -> "late")
        .timeout(Duration.ofMillis(20)) // The timeout passes: nothing else ends the call.
        .recover(LlmTimeoutException.class, e -> "Query timed out after " + e.limit());
    assertEquals("Query timed out after PT0.02S", call.execute());
  }

  @Test
  void aTimeoutThatIsNotPositiveHasPassed() {
    AtomicInteger runs = new AtomicInteger();
    Call<Integer> call = Call.of(runs::incrementAndGet).timeout(Duration.ZERO);
    assertThrows(LlmTimeoutException.class, call::execute);
    assertEquals(0, runs.get());
  }

  @Test
  void interruptingABlockedThreadCancelsTheCallAndSetsTheFlagAgain() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    AtomicReference<Throwable> ending = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Call<String> call = Call.of(() -> {
      begun.countDown();
      return blockUntilInterrupted(interrupted);
    });
    Thread thread = new Thread(() -> {
      ending.set(assertThrows(Throwable.class, call::execute));
      flag.set(Thread.currentThread().isInterrupted());
    });
    thread.start();
    assertTrue(begun.await(60, SECONDS));
    thread.interrupt();
    thread.join(60_000);
    assertInstanceOf(CallInterruptedException.class, ending.get());
    assertTrue(flag.get());
    assertTrue(interrupted.await(60, SECONDS));
  }

  @Test
  void anInterruptedThreadStartsNothing() {
    AtomicInteger runs = new AtomicInteger();
    Call<Integer> call = Call.of(runs::incrementAndGet);
    Thread.currentThread().interrupt();
    CallInterruptedException ending = assertThrows(CallInterruptedException.class, call::execute);
    assertTrue(Thread.interrupted());
    assertEquals("Interrupted before the call started: nothing was sent", ending.getMessage());
    assertEquals(0, runs.get());
  }

  @Test
  void functionsRunOnCallbackThreadsAndNeverOnTheCallers() {
    Call<String> name = Call.value(1).map(one -> Thread.currentThread().getName());
    assertTrue(name.execute().startsWith("muster-callback-"), name::execute);
    Call<String> task = Call.of(() -> Thread.currentThread().getName());
    assertTrue(task.execute().startsWith("muster-callback-"));
  }

  @Test
  void anExecutorOfTheUsersRunsTheFunctionsBeforeAndAfterIt() {
    ExecutorService own = Executors.newSingleThreadExecutor(task -> new Thread(task, "own"));
    try {
      Call<String> before = Call.of(() -> Thread.currentThread().getName());
      assertEquals("own", before.callbacksOn(own).execute());
      Call<String> after =
          Call.value(1).callbacksOn(own).map(x -> Thread.currentThread().getName());
      assertEquals("own", after.execute());
      Call<String> inside = Calls.gather(
              java.util.List.of(1), x -> Call.value(Thread.currentThread().getName()))
          .map(names -> names.get(0))
          .callbacksOn(own);
      assertEquals("own", inside.execute());
    } finally {
      own.shutdown();
    }
    Call<Integer> refused = Call.of(() -> 1).callbacksOn(own);
    assertThrows(RejectedExecutionException.class, refused::execute);
    CompletionException late =
        assertThrows(CompletionException.class, () -> refused.executeAsync().join());
    assertInstanceOf(RejectedExecutionException.class, late.getCause());
  }

  @Test
  void aMeterCountsEachRunOfACall() {
    ConcurrencyMeter meter = new ConcurrencyMeter();
    Call<String> call = Call.value("x").measuredBy(meter);
    call.execute();
    Calls.gather(call, call).execute();
    assertThrows(
        RuntimeException.class, () -> Call.failure(BOOM).measuredBy(meter).execute());
    assertEquals(4, meter.report().calls());
    assertEquals(1, meter.report().failures());
  }

  @Test
  void aLabelShowsInTheResultAndTheText() {
    Call<String> call = Call.value("x").label("gpt").map(x -> x).timeout(Duration.ofSeconds(5));
    assertEquals("gpt", Calls.race(call).execute().label());
    assertEquals("Call(gpt)", call.toString());
    assertEquals("Call", Call.value("secret").toString());
  }

  @Test
  void theCallersThreadIsNotMarkedInterruptedByACallThatIsCancelledInside() {
    Call<String> call = Call.failure(new CancellationException("own"));
    assertThrows(CancellationException.class, call::execute);
    assertFalse(Thread.currentThread().isInterrupted());
  }

  private static <T> T throwing(RuntimeException failure) {
    throw failure;
  }

  private static String blockUntilInterrupted(CountDownLatch interrupted)
      throws InterruptedException {
    try {
      new CountDownLatch(1).await();
      return "never";
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
  }
}
