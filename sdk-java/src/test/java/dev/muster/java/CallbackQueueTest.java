package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.error.CallInterruptedException;
import dev.muster.fake.FakeReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class CallbackQueueTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Wire wire = new Wire();
  private final List<Throwable> errors = new ArrayList<>();
  private final CallbackQueue queue = new CallbackQueue(errors::add);
  private final List<String> got = new ArrayList<>();

  @AfterEach
  void close() {
    wire.close();
  }

  @Test
  @DisplayName(
      "B22 callbacks run only on the thread that pumps, and pending goes from five to none")
  void onlyOnThePumpingThread() {
    List<Thread> threads = new ArrayList<>();
    List<Integer> pending = new ArrayList<>();
    for (int n = 0; n < 5; n++) {
      queue.enqueue(wire.model().ask("Say " + n), text -> {
        threads.add(Thread.currentThread());
        pending.add(queue.pending());
      });
    }
    wire.server.awaitCompleted(5, Wire.SOON);
    assertEquals(List.of(), threads);
    assertTrue(queue.hasPending());
    assertEquals(5, queue.processAll(LONG));
    assertEquals(5, threads.stream().filter(t -> t == Thread.currentThread()).count());
    // The callback that is running still counts as pending.
    assertEquals(List.of(5, 4, 3, 2, 1), pending);
    assertFalse(queue.hasPending());
    assertEquals(List.of(), errors);
  }

  @Test
  @DisplayName("B22 process never waits, processAll waits no longer than it may, and without work")
  void waiting() throws InterruptedException {
    wire.server.otherwise(FakeReply.hang());
    queue.enqueue(wire.model().ask("Say nothing"), got::add);
    wire.server.awaitRequests(1, Wire.SOON);
    assertEquals(0, queue.process());
    // The timeout passes: no callback arrives.
    assertEquals(0, queue.processAll(Duration.ofMillis(1)));
    assertEquals(0, queue.processAll(Duration.ZERO));
    Thread waiting = new Thread(() -> queue.processAll(Duration.ofHours(1)));
    waiting.setDaemon(true);
    waiting.start();
    // Parked, not polling.
    while (waiting.getState() != Thread.State.TIMED_WAITING) Thread.onSpinWait();
    assertEquals(0, queue.process());
    assertTrue(queue.hasPending());
    wire.muster.close();
    waiting.join();
    assertFalse(queue.hasPending());
    assertEquals(0, new CallbackQueue().processAll(Duration.ofSeconds(Long.MAX_VALUE)));
  }

  @Test
  @DisplayName("B23 ten thousand results come through one drain, none lost")
  void nothingIsLost() {
    AtomicInteger sum = new AtomicInteger();
    int count = 10_000;
    IntStream.range(0, count)
        .parallel()
        .forEach(n -> queue.enqueue(Call.of(() -> n), sum::addAndGet));
    assertEquals(count, queue.pending());
    assertEquals(count, queue.processAll(LONG));
    assertEquals(count * (count - 1) / 2, sum.get());
  }

  @Test
  @DisplayName(
      "B23 a callback that throws, and a failure nobody asked for, reach the error handler")
  void errorsSurface() {
    IllegalStateException mine = new IllegalStateException("mine");
    IllegalStateException failed = new IllegalStateException("failed");
    queue.enqueue(Call.value("a"), text -> {
      throw mine;
    });
    queue.enqueue(Call.failure(failed), text -> got.add("never"));
    queue.enqueue(Call.value("b"), got::add);
    assertEquals(3, queue.processAll(LONG));
    assertEquals(2, errors.size());
    assertTrue(errors.containsAll(List.of(mine, failed)));
    assertEquals(List.of("b"), got);
  }

  @Test
  @DisplayName("B22 a cancelled call tells its error callback, once, and its exchange is closed")
  void cancelled() {
    wire.server.otherwise(FakeReply.hang());
    List<Throwable> told = new ArrayList<>();
    CallHandle<String> handle = queue.enqueue(wire.model().ask("Say nothing"), got::add, told::add);
    wire.server.awaitRequests(1, Wire.SOON);
    handle.cancel();
    handle.cancel();
    assertEquals(1, queue.processAll(LONG));
    assertInstanceOf(CancellationException.class, told.get(0));
    assertEquals(1, told.size());
    wire.server.awaitDisconnects(1, Wire.SOON);
  }

  @Test
  @DisplayName("B24 bridged calls are gathered while the queue is pumped")
  void bridgedToFutures() {
    wire.server.otherwise(FakeReply.text("ok").holdUntil(3));
    List<CallHandle<String>> handles = IntStream.range(0, 3)
        .mapToObj(n -> queue.enqueue(wire.model().ask("Say " + n), got::add))
        .toList();
    CompletableFuture<?> all = CompletableFuture.allOf(
        handles.stream().map(CallHandle::toFuture).toArray(CompletableFuture[]::new));
    assertEquals(3, queue.processAll(LONG));
    all.join();
    assertEquals(List.of("ok", "ok", "ok"), got);
    assertEquals(3, wire.server.peakInFlight());
  }

  @Test
  @DisplayName("B24 cancelling a handle's future closes the exchange")
  void theFutureCancels() {
    wire.server.otherwise(FakeReply.hang());
    CallHandle<String> handle = queue.enqueue(wire.model().ask("Say nothing"), got::add);
    wire.server.awaitRequests(1, Wire.SOON);
    handle.toFuture().cancel(true);
    wire.server.awaitDisconnects(1, Wire.SOON);
    assertEquals(1, queue.processAll(LONG));
    assertInstanceOf(CancellationException.class, errors.get(0));
  }

  @Test
  @DisplayName("B22 a callback may enqueue, and block in a call of its own")
  void callsInCallbacks() {
    queue.enqueue(
        wire.model().ask("one"),
        first -> queue.enqueue(
            wire.model().ask("two"), second -> got.add(wire.model().ask("three").execute())));
    assertEquals(2, queue.processAll(LONG));
    assertEquals(1, got.size());
    assertEquals(3, wire.server.requestCount());
  }

  @Test
  @DisplayName("B22 as an executor the queue runs a call's functions on the pumping thread")
  void asAnExecutor() {
    Thread pumping = Thread.currentThread();
    queue.enqueue(
        wire.model().ask("one").callbacksOn(queue).map(text -> {
          assertSame(pumping, Thread.currentThread());
          return "mapped";
        }),
        got::add);
    queue.processAll(LONG);
    assertEquals(List.of("mapped"), got);
    assertEquals(List.of(), errors);
  }

  @Test
  @DisplayName("B22 an interrupt ends the wait and loses nothing")
  void interrupted() {
    wire.server.otherwise(FakeReply.text("ok").hold());
    queue.enqueue(wire.model().ask("one"), got::add);
    Thread.currentThread().interrupt();
    assertThrows(CallInterruptedException.class, () -> queue.processAll(LONG));
    assertTrue(Thread.interrupted());
    wire.server.release();
    assertEquals(1, queue.processAll(LONG));
    assertEquals(List.of("ok"), got);
  }

  @Test
  @DisplayName("B22 two threads may pump at once: each callback runs once, and both return")
  void twoPumps() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    for (int n = 0; n < 2_000; n++) queue.execute(ran::incrementAndGet);
    CountDownLatch both = new CountDownLatch(2);
    try (var pool = new ClosingPool(2)) {
      var counts = IntStream.range(0, 2)
          .mapToObj(n -> pool.executor.submit(() -> {
            both.countDown();
            both.await();
            return queue.processAll(LONG);
          }))
          .toList();
      assertEquals(2_000, counts.get(0).get() + counts.get(1).get());
    }
    assertEquals(2_000, ran.get());
  }

  @Test
  @DisplayName("B21 enqueue returns at once, and exactly one of the two callbacks runs")
  void enqueue() throws Exception {
    wire.server.otherwise(FakeReply.text("ok").hold());
    CountDownLatch told = new CountDownLatch(1);
    List<Object> endings = new java.util.concurrent.CopyOnWriteArrayList<>();
    CallHandle<String> handle = wire.model()
        .ask("one")
        .label("first")
        .enqueue(
            text -> {
              endings.add(text);
              told.countDown();
            },
            endings::add);
    assertFalse(handle.isDone());
    assertEquals("first", handle.label());
    assertEquals(List.of(), endings);
    wire.server.release();
    assertTrue(told.await(60, TimeUnit.SECONDS));
    handle.cancel();
    assertEquals(List.of("ok"), endings);
    CountDownLatch failed = new CountDownLatch(1);
    Call.<String>failure(new IllegalStateException("no"))
        .enqueue(endings::add, e -> failed.countDown());
    assertTrue(failed.await(60, TimeUnit.SECONDS));
  }

  private static final class ClosingPool implements AutoCloseable {
    final java.util.concurrent.ExecutorService executor;

    ClosingPool(int threads) {
      executor = Executors.newFixedThreadPool(threads);
    }

    @Override
    public void close() {
      executor.shutdownNow();
    }
  }
}
