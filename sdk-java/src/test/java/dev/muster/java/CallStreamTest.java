package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.batch.BatchResult;
import dev.muster.chat.ChatEvent;
import dev.muster.error.CallInterruptedException;
import dev.muster.error.ProviderException;
import dev.muster.java.internal.Bridge;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class CallStreamTest {
  private static final StreamCall<Integer> NUMBERS =
      Calls.mapConcurrent(List.of(1, 2, 3), 1, Call::value);

  @Test
  void aStreamCallIsADescriptionAndRunsAnewEachTime() {
    AtomicInteger runs = new AtomicInteger();
    StreamCall<Integer> call =
        Calls.mapConcurrent(List.of(1, 2), 1, n -> Call.of(runs::incrementAndGet));
    assertEquals(0, runs.get());
    assertEquals(List.of(1, 2), call.toList().execute());
    assertEquals(List.of(3, 4), call.toList().execute());
  }

  @Test
  void aStreamIsIteratedOverOnce() {
    try (CallStream<Integer> stream = NUMBERS.open()) {
      List<Integer> seen = new ArrayList<>();
      for (int number : stream) seen.add(number);
      assertEquals(List.of(1, 2, 3), seen);
      assertThrows(IllegalStateException.class, stream::iterator);
    }
  }

  @Test
  void hasNextTakesNothingAndNextAfterTheEndThrows() {
    CallStream<Integer> stream = NUMBERS.open();
    Iterator<Integer> numbers = stream.iterator();
    assertTrue(numbers.hasNext());
    assertTrue(numbers.hasNext());
    assertEquals(1, numbers.next());
    assertEquals(2, numbers.next());
    assertEquals(3, numbers.next());
    assertFalse(numbers.hasNext());
    assertThrows(NoSuchElementException.class, numbers::next);
    stream.close();
    assertFalse(numbers.hasNext());
  }

  @Test
  void aFailureComesInItsPlaceAndStays() {
    ProviderException down = new ProviderException("down");
    StreamCall<Integer> call =
        Calls.mapConcurrent(List.of(1, 2, 3), 1, n -> n == 2 ? Call.failure(down) : Call.value(n));
    try (CallStream<Integer> stream = call.open()) {
      Iterator<Integer> numbers = stream.iterator();
      assertEquals(1, numbers.next());
      assertSame(down, assertThrows(ProviderException.class, numbers::hasNext));
      assertSame(down, assertThrows(ProviderException.class, numbers::next));
    }
    assertSame(down, assertThrows(ProviderException.class, call.toList()::execute));
  }

  @Test
  void aFailureIsTheVeryInstance() {
    IllegalStateException boom = new IllegalStateException("boom");
    StreamCall<Integer> call = Calls.mapConcurrent(List.of(1), 1, n -> Call.failure(boom));
    try (CallStream<Integer> stream = call.open()) {
      assertSame(boom, assertThrows(IllegalStateException.class, stream.iterator()::next));
    }
    try (CallStream<Integer> stream =
        call.callbacksOn(t -> new Thread(t).start()).open()) {
      assertSame(boom, assertThrows(IllegalStateException.class, stream.iterator()::next));
    }
  }

  @Test
  void checkedExceptionsAreWrapped() {
    IOException disk = new IOException("disk");
    Call<Integer> failing = Call.of(() -> {
      throw disk;
    });
    try (CallStream<Integer> stream =
        Calls.mapConcurrent(List.of(1), 1, n -> failing).open()) {
      Iterator<Integer> numbers = stream.iterator();
      assertSame(disk, assertThrows(CompletionException.class, numbers::next).getCause());
    }
  }

  @Test
  void aClosedStreamIsNotMistakenForOneThatHasEnded() {
    CallStream<Integer> stream = NUMBERS.open();
    Iterator<Integer> numbers = stream.iterator();
    assertEquals(1, numbers.next());
    stream.close();
    assertThrows(CancellationException.class, numbers::hasNext);
    assertThrows(CancellationException.class, numbers::next);
  }

  @Test
  void closingCancelsWhatRuns() {
    Blocked blocked = new Blocked();
    CallStream<String> stream =
        Calls.mapConcurrent(List.of(1), 1, n -> blocked.call()).open();
    blocked.awaitBegun();
    stream.close();
    blocked.awaitCancelled();
  }

  @Test
  void anInterruptedThreadGetsNoValueAndCancelsTheRest() {
    Blocked blocked = new Blocked();
    CallStream<String> stream =
        Calls.mapConcurrent(List.of(1), 1, n -> blocked.call()).open();
    blocked.awaitBegun();
    Thread.currentThread().interrupt();
    assertThrows(CallInterruptedException.class, () -> stream.iterator().next());
    assertTrue(Thread.interrupted());
    blocked.awaitCancelled();
  }

  @Test
  void nullIsAValue() {
    List<String> values = Arrays.asList("a", null, "b");
    try (CallStream<String> stream = Calls.mapConcurrent(values, 2, Call::value).open()) {
      Iterator<String> each = stream.iterator();
      assertEquals("a", each.next());
      assertNull(each.next());
      assertEquals("b", each.next());
      assertFalse(each.hasNext());
    }
    assertEquals(values, Calls.mapConcurrent(values, 2, Call::value).toList().execute());
  }

  @Test
  void noElementIsLostBetweenAFastSourceAndASlowConsumer() {
    List<Integer> many = IntStream.range(0, 10_000).boxed().toList();
    List<Integer> seen = new ArrayList<>();
    try (CallStream<Integer> stream = Calls.mapChunked(many, 1_000, Call::value).open()) {
      stream.forEach(seen::add);
    }
    assertEquals(many, seen);
  }

  @Test
  @DisplayName("B10 C16 an endless source is pulled no further than the window")
  void anEndlessSourceIsPulledNoFurtherThanTheWindow() {
    Map<String, Function<Iterable<Integer>, StreamCall<?>>> windows = Map.of(
        "unordered", items -> Calls.mapConcurrentUnordered(items, 3, Call::value),
        "batch", items -> Calls.batch(items, Call::value).concurrency(3).results());
    windows.forEach((name, window) -> {
      AtomicInteger pulled = new AtomicInteger();
      AtomicInteger taken = new AtomicInteger();
      AtomicInteger ahead = new AtomicInteger();
      Iterable<Integer> endless = () -> IntStream.generate(() -> {
            int next = pulled.incrementAndGet();
            ahead.accumulateAndGet(next - taken.get(), Math::max);
            return next;
          })
          .iterator();
      try (CallStream<?> stream = window.apply(endless).open()) {
        for (Object ignored : stream) {
          if (taken.incrementAndGet() == 500) break;
        }
      }
      // Three that run, and the one that is being counted as taken.
      assertTrue(ahead.get() <= 4, () -> name + " pulled ahead: " + ahead);
    });
  }

  @Test
  @DisplayName("C16 a batch without an end tells each result, and its consumers on their executor")
  void aBatchWithoutAnEndTellsEachResult() {
    IllegalStateException boom = new IllegalStateException("boom");
    List<String> told = new ArrayList<>();
    Executor own = task -> {
      told.add("own");
      task.run();
    };
    Batch<Integer, Integer> batch = Calls.batch(
        () -> Stream.iterate(0, n -> n + 1).iterator(),
        n -> n == 1 ? Call.failure(boom) : Call.value(n));
    List<BatchResult<Integer, Integer>> results = batch
        .concurrency(1)
        .id(n -> "id" + n)
        .onProgress(progress -> told.add(progress.toString()))
        .callbacksOn(own)
        .results()
        .limit(3)
        .toList()
        .execute();
    assertEquals(
        List.of("id0", "id1", "id2"), results.stream().map(BatchResult::id).toList());
    assertSame(boom, results.get(1).outcome().exceptionOrNull());
    assertTrue(told.containsAll(List.of("own", "2/? (1 ok, 1 failed)")), told::toString);
    Call<?> fast = batch.concurrency(1).failFast().results().toList();
    assertSame(boom, assertThrows(IllegalStateException.class, fast::execute));
  }

  @Test
  void anIteratorOfTheUsersRunsOnCallbackThreadsAndMayFail() {
    List<String> threads = new ArrayList<>();
    Iterable<Integer> source = () -> {
      threads.add(Thread.currentThread().getName());
      throw new IllegalStateException("no iterator");
    };
    Call<List<Integer>> call = Calls.mapConcurrent(source, 2, Call::value).toList();
    IllegalStateException failure = assertThrows(IllegalStateException.class, call::execute);
    assertEquals("no iterator", failure.getMessage());
    assertTrue(threads.get(0).startsWith("muster-callback-"), threads::toString);
  }

  @Test
  void limitTakesTheFirstAndStartsNoMore() {
    AtomicInteger runs = new AtomicInteger();
    StreamCall<Integer> call =
        Calls.mapConcurrent(List.of(1, 2, 3, 4), 1, n -> Call.of(runs::incrementAndGet));
    assertEquals(List.of(1, 2), call.limit(2).toList().execute());
    assertTrue(runs.get() <= 3, () -> "runs: " + runs);
    int before = runs.get();
    assertEquals(List.of(), call.limit(0).toList().execute());
    assertEquals(before, runs.get());
    assertThrows(IllegalArgumentException.class, () -> call.limit(-1));
  }

  @Test
  void mapAndForEachRunOnCallbackThreadsInOrder() {
    List<String> seen = new ArrayList<>();
    assertNull(NUMBERS
        .map(n -> n + " " + Thread.currentThread().getName().startsWith("muster-callback-"))
        .forEach(seen::add)
        .execute());
    assertEquals(List.of("1 true", "2 true", "3 true"), seen);
  }

  @Test
  void aConsumerThatThrowsFailsTheCall() {
    IllegalStateException boom = new IllegalStateException("boom");
    Call<Void> call = NUMBERS.forEach(n -> {
      throw boom;
    });
    assertSame(boom, assertThrows(IllegalStateException.class, call::execute));
  }

  @Test
  void onlyEventsHaveText() {
    List<Method> streams = Stream.of(Model.class, Agent.class, Conversation.class)
        .flatMap(type -> Arrays.stream(type.getMethods()))
        .filter(method -> StreamCall.class.isAssignableFrom(method.getReturnType()))
        .toList();
    assertFalse(streams.isEmpty());
    streams.forEach(
        method -> assertSame(EventStreamCall.class, method.getReturnType(), method::toString));
    // A stream call of anything else has no text(): model.stream(…).map(…).text() does not compile.
    assertThrows(NoSuchMethodException.class, () -> StreamCall.class.getMethod("text"));
    assertThrows(NoSuchMethodException.class, () -> StreamCall.class.getDeclaredMethod("text"));
  }

  @Test
  void eventsKeepTheirTextBehindALimitAndAnExecutor() {
    ChatEvent piece = new ChatEvent.TextDelta("Hi");
    EventStreamCall<ChatEvent> events = EventStreamCall.ofModel(
        new StreamCall<>(() -> Bridge.flow(List.of(piece, piece, piece)), null));
    assertEquals(List.of("Hi", "Hi"), events.limit(2).text().toList().execute());
    assertEquals(
        List.of("Hi own", "Hi own", "Hi own"),
        events
            .callbacksOn(task -> new Thread(task, "own").start())
            .text()
            .map(text -> text + " " + Thread.currentThread().getName())
            .toList()
            .execute());
  }

  @Test
  void callbacksOnReplacesTheThreads() {
    StreamCall<String> names = Calls.mapConcurrent(
            List.of(1), 1, n -> Call.value(Thread.currentThread().getName()))
        .callbacksOn(task -> new Thread(task, "own").start());
    assertEquals(List.of("own"), names.toList().execute());
    assertEquals(
        List.of("own own"),
        names
            .map(name -> name + " " + Thread.currentThread().getName())
            .toList()
            .execute());
    try (CallStream<String> stream = names.open()) {
      assertEquals("own", stream.iterator().next());
      assertInstanceOf(String.class, stream.toString());
    }
  }
}
