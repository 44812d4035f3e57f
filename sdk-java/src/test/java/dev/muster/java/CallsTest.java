package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.batch.BatchReport;
import dev.muster.batch.BatchResult;
import dev.muster.concurrent.Completed;
import dev.muster.concurrent.Outcome;
import dev.muster.concurrent.RaceResult;
import dev.muster.contract.HandClock;
import dev.muster.error.AllFailedException;
import dev.muster.error.InvalidRequestException;
import dev.muster.error.LlmTimeoutException;
import dev.muster.error.ProviderException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.function.Executable;

@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class CallsTest {
  private static final List<Integer> FIVE = List.of(1, 2, 3, 4, 5);
  private static final ProviderException DOWN = new ProviderException("down");

  @Test
  @DisplayName("B1 gather runs all at once and keeps the order")
  void gatherRunsAllAtOnce() {
    CyclicBarrier together = new CyclicBarrier(5);
    Call<List<Integer>> call = Calls.gather(FIVE, n -> Call.of(() -> together.await() * 0 + n));
    assertEquals(FIVE, call.execute());
  }

  @Test
  @DisplayName("B1 gather ends with the first failure and cancels the rest")
  void gatherFailsFast() {
    Blocked blocked = new Blocked();
    ProviderException down = new ProviderException("down");
    Call<String> failing = Call.of(() -> {
      blocked.awaitBegun();
      throw down;
    });
    Call<List<String>> call = Calls.gather(blocked.call(), failing);
    assertSame(down, assertThrows(ProviderException.class, call::execute));
    blocked.awaitCancelled();
  }

  @Test
  void aFunctionThatThrowsOrGivesNullIsThatItemsFailure() {
    Function<Integer, Call<Integer>> mapper = n -> {
      if (n == 1) throw DOWN;
      return n == 2 ? null : Call.value(n);
    };
    List<Outcome<Integer>> outcomes =
        Calls.gatherSettled(List.of(1, 2, 3), mapper).execute();
    assertSame(DOWN, outcomes.get(0).exceptionOrNull());
    assertInstanceOf(NullPointerException.class, outcomes.get(1).exceptionOrNull());
    assertEquals(3, outcomes.get(2).getOrThrow());
    assertEquals(3, Calls.race(List.of(1, 2, 3), mapper).execute().value());
    BatchReport<Integer, Integer> report = Calls.batch(List.of(1, 2, 3), mapper).execute();
    assertEquals(List.of(3), report.values());
    assertThrows(NullPointerException.class, () -> Calls.gather(List.of(1), null));
  }

  @Test
  void functionsRunAtOnceOnCallbackThreads() {
    CyclicBarrier together = new CyclicBarrier(5);
    Call<List<String>> call = Calls.gather(FIVE, n -> {
      await(together);
      return Call.value(Thread.currentThread().getName());
    });
    for (String name : call.execute()) assertTrue(name.startsWith("muster-callback-"), name);
  }

  @Test
  void collectionsAreCopiedAtTheCall() {
    List<Integer> items = new ArrayList<>(FIVE);
    Call<List<Integer>> gather = Calls.gather(items, Call::value);
    Call<List<Integer>> window = Calls.mapConcurrent(items, 2, Call::value).toList();
    Call<List<Integer>> groups = Calls.mapChunked(items, 2, Call::value).toList();
    Call<BatchReport<Integer, Integer>> batch = Calls.batch(items, Call::value);
    items.clear();
    assertEquals(FIVE, gather.execute());
    assertEquals(FIVE, window.execute());
    assertEquals(FIVE, groups.execute());
    assertEquals(FIVE, batch.execute().values());
  }

  @Test
  @DisplayName("B2 gatherSettled tells how each ended, in order")
  void gatherSettled() {
    List<Outcome<String>> outcomes = Calls.gatherSettled(
            Call.value("a"), Call.<String>failure(DOWN), Call.value("c"))
        .execute();
    assertEquals(
        List.of(
            new Outcome.Success<>("a"), new Outcome.Failure<>(DOWN), new Outcome.Success<>("c")),
        outcomes);
  }

  @Test
  @DisplayName("B3 select gives the first to settle, a failure too, with its index and label")
  void selectGivesTheFirstToSettle() {
    Blocked blocked = new Blocked();
    Call<String> failing = Call.<String>of(() -> {
          blocked.awaitBegun();
          throw DOWN;
        })
        .label("quick");
    Completed<String, String> first = Calls.select(blocked.call(), failing).execute();
    assertEquals(1, first.index());
    assertEquals("quick", first.label());
    assertEquals("quick", first.item());
    assertEquals(1, first.pending());
    assertSame(DOWN, first.outcome().exceptionOrNull());
    blocked.awaitCancelled();
  }

  @Test
  @DisplayName("B7 select over unlike operations")
  void selectOverUnlikeOperations() {
    Blocked blocked = new Blocked();
    Duration limit = Duration.ofSeconds(1);
    Completed<String, String> first;
    try (HandClock clock = HandClock.start()) {
      CallFuture<Completed<String, String>> selecting = Calls.<String>select(
              blocked.call().label("model"),
              Call.delay(limit).map(nothing -> "too slow").label("timer"))
          .executeAsync();
      blocked.awaitBegun();
      clock.pass(limit);
      first = selecting.join();
    }
    assertEquals("timer", first.label());
    assertEquals("too slow", first.getOrThrow());
    blocked.awaitCancelled();
  }

  @Test
  @DisplayName("B4 race gives the first success; where all fail it holds every cause")
  void raceGivesTheFirstSuccess() {
    RaceResult<String> winner =
        Calls.race(Call.<String>failure(DOWN), Call.value("ok").label("second")).execute();
    assertEquals("ok", winner.value());
    assertEquals(1, winner.index());
    assertEquals("second", winner.label());
    InvalidRequestException bad = new InvalidRequestException("bad");
    Call<RaceResult<String>> lost =
        Calls.race(Call.<String>failure(DOWN), Call.<String>failure(bad));
    AllFailedException all = assertThrows(AllFailedException.class, lost::execute);
    assertEquals(List.of(DOWN, bad), all.causes());
  }

  @Test
  void labelsOfCallsThatAFunctionMakesAreInTheResults() {
    Function<String, Call<String>> mapper = item -> Call.value(item).label("label of " + item);
    assertEquals("label of a", Calls.race(List.of("a"), mapper).execute().label());
    Completed<String, String> selected = Calls.select(List.of("a"), mapper).execute();
    assertEquals("label of a", selected.label());
    assertEquals("a", selected.item());
    List<Completed<String, String>> all =
        Calls.asCompleted(List.of("a", "b"), mapper).toList().execute();
    for (Completed<String, String> one : all) {
      assertEquals("label of " + one.item(), one.label());
      assertEquals(one.item(), one.getOrThrow());
    }
    assertEquals("0", Calls.race(Call.value("a")).execute().label());
  }

  @Test
  @DisplayName("B5 B6 completions come as they end, and count down")
  void completionsComeAsTheyEnd() {
    Blocked slow = new Blocked();
    List<String> seen = new ArrayList<>();
    try (CallStream<Completed<String, String>> done = Calls.asCompleted(
            slow.call().label("Long"), Call.<String>failure(DOWN).label("Bad"))
        .open()) {
      for (Completed<String, String> one : done) {
        seen.add(one.index() + " " + one.label() + " " + one.pending() + " " + one.isSuccess());
        slow.release();
      }
    }
    assertEquals(List.of("1 Bad 1 false", "0 Long 0 true"), seen);
  }

  @Test
  @DisplayName("B8 groups have a barrier between them")
  void groupsHaveABarrier() {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger peak = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    List<Integer> items = IntStream.range(0, 8).boxed().toList();
    List<Integer> endedBefore = Calls.mapChunked(
            items,
            3,
            n -> Call.of(() -> {
              int before = ended.get() / 3 * 3;
              peak.accumulateAndGet(running.incrementAndGet(), Math::max);
              running.decrementAndGet();
              ended.incrementAndGet();
              return before <= n ? n / 3 * 3 : -1;
            }))
        .toList()
        .execute();
    assertEquals(List.of(0, 0, 0, 3, 3, 3, 6, 6), endedBefore);
    assertTrue(peak.get() <= 3, () -> "peak " + peak);
  }

  @Test
  @DisplayName("B9 a window keeps the order and its limit")
  void aWindowKeepsTheOrderAndItsLimit() {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger peak = new AtomicInteger();
    CountDownLatch three = new CountDownLatch(3);
    List<Integer> items = IntStream.range(0, 8).boxed().toList();
    List<Integer> values = Calls.mapConcurrent(
            items,
            3,
            n -> Call.of(() -> {
              peak.accumulateAndGet(running.incrementAndGet(), Math::max);
              three.countDown();
              Blocked.await(three);
              running.decrementAndGet();
              return n;
            }))
        .toList()
        .execute();
    assertEquals(items, values);
    assertEquals(3, peak.get());
  }

  @Test
  @DisplayName("B15 a timeout over a whole gather cancels all of it")
  void aTimeoutOverAWholeGather() {
    Blocked one = new Blocked();
    Blocked two = new Blocked();
    Duration limit = Duration.ofSeconds(1);
    try (HandClock clock = HandClock.start()) {
      CallFuture<List<String>> gathering =
          Calls.gather(one.call(), two.call()).timeout(limit).executeAsync();
      one.awaitBegun();
      two.awaitBegun();
      clock.pass(limit);
      assertInstanceOf(
          LlmTimeoutException.class,
          assertThrows(CompletionException.class, gathering::join).getCause());
    }
    one.awaitCancelled();
    two.awaitCancelled();
  }

  @Test
  @DisplayName("B16 C15 a batch reports ids, metadata, failures and progress")
  void aBatchReports() {
    List<String> progress = new ArrayList<>();
    Batch<Integer, Integer> batch = Calls.batch(
            FIVE, n -> n == 2 ? Call.<Integer>failure(DOWN) : Call.value(n * 10))
        .concurrency(1)
        .id(n -> "item-" + n)
        .metadata(n -> Map.of("half", "" + n / 2.0))
        .onProgress(it -> progress.add(it.done() + "/" + it.total() + " " + it.failed()));
    BatchReport<Integer, Integer> report = batch.execute();
    assertEquals(List.of("1/5 0", "2/5 1", "3/5 1", "4/5 1", "5/5 1"), progress);
    assertEquals(4, report.succeeded());
    assertEquals(1, report.failed());
    assertEquals(List.of(10, 30, 40, 50), report.values());
    BatchResult<Integer, Integer> failed = report.failures().get(0);
    assertEquals("item-2", failed.id());
    assertEquals(2, failed.item());
    assertEquals(Map.of("half", "1.0"), failed.metadata());
    assertSame(DOWN, failed.outcome().exceptionOrNull());
  }

  @Test
  @DisplayName("C15 a batch that fails fast cancels the rest")
  void aBatchThatFailsFast() {
    Blocked blocked = new Blocked();
    Batch<Integer, String> batch = Calls.batch(
            List.of(1, 2),
            n -> n == 1
                ? blocked.call()
                : Call.<String>of(() -> {
                  blocked.awaitBegun();
                  throw DOWN;
                }))
        .failFast();
    assertSame(DOWN, assertThrows(ProviderException.class, batch::execute));
    blocked.awaitCancelled();
  }

  @Test
  void aBatchRefusesEqualIdsAndBadLimits() {
    Batch<Integer, Integer> batch = Calls.batch(FIVE, Call::value);
    assertThrows(IllegalArgumentException.class, () -> batch.concurrency(0));
    Call<BatchReport<Integer, Integer>> same = batch.id(n -> "same");
    assertThrows(IllegalArgumentException.class, same::execute);
  }

  @Test
  @DisplayName("C16 what needs all items before it starts refuses those without an end")
  void whatNeedsAllItemsRefusesThoseWithoutAnEnd() {
    AtomicInteger made = new AtomicInteger();
    Function<Integer, Call<Integer>> make = n -> Call.of(made::incrementAndGet);
    Iterable<Integer> endless = () -> Stream.iterate(0, n -> n + 1).iterator();
    Map<String, Executable> operators = Map.of(
        "gather", () -> Calls.gather(endless, make).execute(),
        "gatherSettled", () -> Calls.gatherSettled(endless, make).execute(),
        "race", () -> Calls.race(endless, make).execute(),
        "select", () -> Calls.select(endless, make).execute(),
        "asCompleted", () -> Calls.asCompleted(endless, make).toList().execute(),
        "batch", () -> Calls.batch(endless, make).execute());
    operators.forEach((name, run) -> {
      String said = assertThrows(IllegalArgumentException.class, run, name).getMessage();
      assertTrue(said.contains("ore than 1000000 items, which may have no end"), said);
    });
    assertEquals(0, made.get());
  }

  @Test
  void aBatchKeepsItsSettingsUnderALabelAndAnExecutor() {
    List<String> threads = new ArrayList<>();
    Batch<Integer, String> batch = Calls.batch(
            List.of(1), n -> Call.value(Thread.currentThread().getName()))
        .label("all")
        .callbacksOn(task -> new Thread(task, "own").start())
        .onProgress(progress -> threads.add(Thread.currentThread().getName()));
    assertEquals("Call(all)", batch.toString());
    assertEquals(List.of("own"), batch.execute().values());
    assertEquals(List.of("own"), threads);
    Calls.gather(batch.onProgress(p -> threads.add(Thread.currentThread().getName())))
        .execute();
    assertEquals(List.of("own", "own"), threads);
  }

  @Test
  void zipFailsAsGatherDoes() {
    Blocked blocked = new Blocked();
    Call<String> failing = Call.of(() -> {
      blocked.awaitBegun();
      throw DOWN;
    });
    Call<String> call = Calls.zip(blocked.call(), failing, (a, b) -> a + b);
    assertSame(DOWN, assertThrows(ProviderException.class, call::execute));
    blocked.awaitCancelled();
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
