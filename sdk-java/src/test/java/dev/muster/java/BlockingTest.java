package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Code that blocks stops nothing else and deadlocks nothing. */
@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
class BlockingTest {
  private static final int MANY = 200;
  private static final List<Integer> NUMBERS = IntStream.range(0, MANY).boxed().toList();

  @Test
  @DisplayName(
      "B29 200 functions, each in synchronized, execute a call whose function executes one")
  void nestedCallsInSynchronized() {
    CountDownLatch all = new CountDownLatch(MANY);
    Call<List<Integer>> call = Calls.gather(NUMBERS, number -> {
      synchronized (new Object()) {
        int next = Call.value(number)
            .map(a -> {
              all.countDown();
              Blocked.await(all);
              return Call.value(a).map(b -> Call.of(() -> b + 1).execute());
            })
            .execute()
            .execute();
        return Call.value(next);
      }
    });
    assertEquals(NUMBERS.stream().map(n -> n + 1).toList(), call.execute());
  }

  static Stream<Named<ExecutorService>> callers() throws ReflectiveOperationException {
    Stream<Named<ExecutorService>> platform = Stream.of(
        Named.of("platform threads", Executors.newCachedThreadPool()),
        Named.of("a fork-join pool", new ForkJoinPool(2)));
    return Runtime.version().feature() < 21
        ? platform
        : Stream.concat(platform, Stream.of(Named.of("virtual threads", virtual())));
  }

  @ParameterizedTest(name = "from {0}")
  @MethodSource("callers")
  @DisplayName("B29 200 threads execute at once")
  void manyThreadsExecuteAtOnce(ExecutorService callers) throws Exception {
    CyclicBarrier together = new CyclicBarrier(MANY);
    try {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int number : NUMBERS) {
        Call<Integer> call = Call.of(() -> together.await() * 0 + number)
            .map(n -> Call.value(n + 1).execute());
        answers.add(callers.submit(call::execute));
      }
      for (int number : NUMBERS) assertEquals(number + 1, answers.get(number).get());
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  @DisplayName("B29 blocked dependents of futures stop no other call")
  void blockedDependentsStopNothing() {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch all = new CountDownLatch(MANY);
    List<CompletableFuture<Integer>> blocked = new ArrayList<>();
    for (int number : NUMBERS) {
      Blocked gate = new Blocked();
      blocked.add(gate.started().thenApply(value -> {
        all.countDown();
        Blocked.await(release);
        return Call.value(number).map(n -> n + 1).execute();
      }));
      gate.release();
    }
    Blocked.await(all);
    assertEquals(
        3, Call.value(1).then(n -> Call.of(() -> n + 1)).map(n -> n + 1).execute());
    release.countDown();
    for (int number : NUMBERS) assertEquals(number + 1, blocked.get(number).join());
  }

  @Test
  @DisplayName("B29 blocked consumers of streams stop no other stream")
  void blockedConsumersOfStreamsStopNothing() {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch all = new CountDownLatch(MANY);
    StreamCall<Integer> numbers = Calls.mapConcurrent(List.of(1, 2, 3), 1, Call::value);
    CallFuture<List<Void>> blocked = Calls.gather(
            NUMBERS,
            number -> numbers.forEach(n -> {
              all.countDown();
              Blocked.await(release);
            }))
        .executeAsync();
    Blocked.await(all);
    assertEquals(List.of(1, 2, 3), numbers.toList().execute());
    release.countDown();
    assertEquals(MANY, blocked.join().size());
  }

  private static ExecutorService virtual() throws ReflectiveOperationException {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (InvocationTargetException e) {
      throw new AssertionError(e.getCause());
    }
  }
}
