package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.fake.FakeReply;
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

/** Blocking code stops nothing else and causes no deadlock. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class BlockingTest {
  private static final int MANY = 200;
  private static final int DEEP = 3;
  private static final List<Integer> NUMBERS = IntStream.range(0, MANY).boxed().toList();

  /**
   * Takes a lock and executes a call whose function does the same, {@code depth} times; then all
   * wait for each other.
   */
  private static int nested(int depth, int number, CountDownLatch all) {
    synchronized (new Object()) {
      if (depth > 0) {
        return Call.value(number).map(n -> nested(depth - 1, n + 1, all)).execute();
      }
      all.countDown();
      Blocked.await(all);
      return number;
    }
  }

  private static List<Integer> nested() {
    return NUMBERS.stream().map(number -> number + DEEP).toList();
  }

  static Stream<Named<ExecutorService>> callersThatMayHoldLocks()
      throws ReflectiveOperationException {
    Stream<Named<ExecutorService>> platform = Stream.of(
        Named.of("platform threads", Executors.newCachedThreadPool()),
        Named.of("the common pool", ForkJoinPool.commonPool()));
    // Before JDK 24, a virtual thread that waits in synchronized pins its carrier thread.
    return Runtime.version().feature() < 24
        ? platform
        : Stream.concat(platform, Stream.of(Named.of("virtual threads", virtual())));
  }

  @ParameterizedTest(name = "from {0}")
  @MethodSource("callersThatMayHoldLocks")
  @DisplayName("B29 200 threads, each in a lock, execute calls whose functions do so, three deep")
  void nestedCallsInSynchronized(ExecutorService callers) throws Exception {
    CountDownLatch all = new CountDownLatch(MANY);
    try {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int number : NUMBERS) {
        answers.add(callers.submit(() -> nested(DEEP, number, all)));
      }
      List<Integer> values = new ArrayList<>();
      for (Future<Integer> answer : answers) values.add(answer.get());
      assertEquals(nested(), values);
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  @DisplayName("B29 200 functions, each in a lock, execute calls whose functions do so, three deep")
  void nestedCallsInFunctions() {
    CountDownLatch all = new CountDownLatch(MANY);
    Call<List<Integer>> call =
        Calls.gather(NUMBERS, number -> Call.value(nested(DEEP, number, all)));
    assertEquals(nested(), call.execute());
  }

  @Test
  @DisplayName("B29 200 dependents of futures, each in a lock, execute calls, three deep")
  void nestedCallsInDependents() {
    CountDownLatch all = new CountDownLatch(MANY);
    List<CompletableFuture<Integer>> ours = new ArrayList<>();
    for (int number : NUMBERS) {
      Blocked gate = new Blocked();
      ours.add(gate.started().thenApply(value -> nested(DEEP, number, all)));
      gate.release();
    }
    assertEquals(nested(), ours.stream().map(CompletableFuture::join).toList());
  }

  @Test
  @DisplayName("B29 a dependent of any future, which blocks a thread of the common pool, executes")
  void nestedCallsInDependentsOfForeignFutures() {
    CountDownLatch all = new CountDownLatch(MANY);
    List<CompletableFuture<Integer>> foreign = NUMBERS.stream()
        .map(number -> CompletableFuture.supplyAsync(() -> number, ForkJoinPool.commonPool())
            .thenApplyAsync(n -> nested(DEEP, n, all), ForkJoinPool.commonPool()))
        .toList();
    assertEquals(nested(), foreign.stream().map(CompletableFuture::join).toList());
  }

  @Test
  @DisplayName("B29 a callback of a queue, in a lock, executes calls, three deep, and so do tasks")
  void nestedCallsInCallbacksOfAQueue() {
    List<Integer> answers = new ArrayList<>();
    CallbackQueue queue = new CallbackQueue();
    CountDownLatch none = new CountDownLatch(1);
    for (int number : NUMBERS) {
      queue.enqueue(Call.value(number), n -> answers.add(nested(DEEP, n, none)));
      queue.enqueue(
          Call.value(number).callbacksOn(queue).map(n -> nested(DEEP, n, none)), answers::add);
    }
    assertTrue(queue.processAll(Wire.SOON) >= 3 * MANY, "a function is a task too");
    List<Integer> twice =
        Stream.concat(nested().stream(), nested().stream()).sorted().toList();
    assertEquals(twice, answers.stream().sorted().toList());
  }

  static Stream<Named<ExecutorService>> callers() throws ReflectiveOperationException {
    Stream<Named<ExecutorService>> platform = Stream.of(
        Named.of("platform threads", Executors.newCachedThreadPool()),
        Named.of("a fork-join pool", new ForkJoinPool(2)),
        Named.of("the common pool", ForkJoinPool.commonPool()));
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

  @ParameterizedTest(name = "from {0}")
  @MethodSource("callers")
  @DisplayName(
      "B29 200 threads wait for an answer each, at once, where none comes before all have asked")
  void manyThreadsWaitForTheWireAtOnce(ExecutorService callers) throws Exception {
    try (Wire wire = new Wire()) {
      wire.server.otherwise(FakeReply.text("ok").holdUntil(MANY));
      List<Future<String>> answers = new ArrayList<>();
      for (int number : NUMBERS) {
        answers.add(callers.submit(() -> wire.model().ask("Question " + number).execute()));
      }
      for (Future<String> answer : answers) assertEquals("ok", answer.get());
      assertEquals(MANY, wire.server.requestCount());
      assertEquals(MANY, wire.server.peakInFlight());
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  @DisplayName("B29 200 calls run on virtual threads where the JDK has them")
  void virtualThreads() throws Exception {
    boolean has = Runtime.version().feature() >= 21;
    assertEquals(
        has ? 4 : 3, callers().peek(callers -> callers.getPayload().shutdown()).count());
    if (!has) return;
    ExecutorService callers = virtual();
    Object isVirtual = callers
        .submit(() -> Thread.class.getMethod("isVirtual").invoke(Thread.currentThread()))
        .get();
    callers.shutdown();
    assertEquals(true, isVirtual);
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
