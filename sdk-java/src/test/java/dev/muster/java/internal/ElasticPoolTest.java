package dev.muster.java.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads that run user code if there are no virtual threads. */
@Timeout(180)
class ElasticPoolTest {
  private final List<Thread> started = new CopyOnWriteArrayList<>();
  private final List<Throwable> uncaught = new CopyOnWriteArrayList<>();

  private ElasticPool pool(long idle, TimeUnit unit) {
    return new ElasticPool(
        task -> {
          Thread thread = new Thread(task);
          thread.setDaemon(true);
          thread.setUncaughtExceptionHandler((where, failure) -> uncaught.add(failure));
          started.add(thread);
          return thread;
        },
        idle,
        unit);
  }

  @Test
  void tenThousandShortTasksShareAFewThreads() throws Exception {
    ElasticPool pool = pool(10, TimeUnit.SECONDS);
    CountDownLatch done = new CountDownLatch(10_000);
    for (int i = 0; i < 10_000; i++) pool.execute(done::countDown);
    done.await();
    // A cached pool starts more than a hundred; the exact number here depends on the scheduler.
    assertTrue(started.size() <= 64, () -> started.size() + " threads");
  }

  @Test
  void fiveHundredTasksThatWaitForEachOtherAllRun() throws Exception {
    ElasticPool pool = pool(10, TimeUnit.SECONDS);
    CyclicBarrier together = new CyclicBarrier(501);
    for (int i = 0; i < 500; i++) pool.execute(() -> arrive(together));
    together.await();
  }

  @Test
  void oneWatcherStartsThreadsForTasksThatBlock() throws Exception {
    ElasticPool pool = pool(10, TimeUnit.SECONDS);
    int more = Runtime.getRuntime().availableProcessors() + 10;
    CyclicBarrier together = new CyclicBarrier(more + 1);
    for (int i = 0; i < more; i++) pool.execute(() -> arrive(together));
    together.await();
    long watchers = started.stream()
        .filter(thread -> thread.getName().equals("muster-callback-watcher"))
        .count();
    assertEquals(1, watchers);
  }

  @Test
  void noThreadIsStartedForATaskThatHasOneOnItsWay() throws Exception {
    int tasks = Runtime.getRuntime().availableProcessors() + 10;
    CountDownLatch processorIsFree = new CountDownLatch(1);
    AtomicInteger workers = new AtomicInteger();
    CompletableFuture<Thread> watcher = new CompletableFuture<>();
    ElasticPool pool = new ElasticPool(
        loop -> new Thread(() -> {
          if (Thread.currentThread().getName().equals("muster-callback-watcher")) {
            watcher.complete(Thread.currentThread());
          } else {
            workers.incrementAndGet();
            awaitQuietly(processorIsFree);
          }
          loop.run();
        }),
        10,
        TimeUnit.SECONDS);
    CountDownLatch done = new CountDownLatch(tasks);
    for (int i = 0; i < tasks; i++) pool.execute(done::countDown);
    while (workers.get() < tasks) Thread.onSpinWait();
    long looked = waits(watcher.get());
    while (waits(watcher.get()) < looked + 10) Thread.onSpinWait();
    assertEquals(tasks, workers.get());
    processorIsFree.countDown();
    done.await();
  }

  private static long waits(Thread thread) {
    return ManagementFactory.getThreadMXBean().getThreadInfo(thread.getId()).getWaitedCount();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void arrive(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aChainOfTasksEachWaitingForTheNextEnds() {
    ElasticPool pool = pool(10, TimeUnit.SECONDS);
    assertEquals(
        100, CompletableFuture.supplyAsync(() -> depth(pool, 100), pool).join());
  }

  private static int depth(ElasticPool pool, int left) {
    if (left == 0) return 0;
    return 1 + CompletableFuture.supplyAsync(() -> depth(pool, left - 1), pool).join();
  }

  @Test
  void idleThreadsEndAndComeBackWhenThereIsWork() throws Exception {
    ElasticPool pool = pool(20, TimeUnit.MILLISECONDS);
    for (int round = 0; round < 3; round++) {
      CyclicBarrier together = new CyclicBarrier(51);
      for (int i = 0; i < 50; i++) pool.execute(() -> arrive(together));
      together.await();
      for (Thread thread : started) thread.join();
    }
  }

  @Test
  void aTaskThatThrowsIsReportedAndTheNextOnesRun() throws Exception {
    ElasticPool pool = pool(10, TimeUnit.SECONDS);
    List<IllegalStateException> failures = IntStream.range(0, 20)
        .mapToObj(i -> new IllegalStateException("task " + i))
        .toList();
    CountDownLatch after = new CountDownLatch(1);
    for (IllegalStateException failure : failures) {
      pool.execute(() -> {
        throw failure;
      });
    }
    pool.execute(after::countDown);
    after.await();
    CompletableFuture.runAsync(() -> {}, pool).join();
    assertTrue(failures.containsAll(uncaught), () -> "reported: " + uncaught);
    assertFalse(uncaught.isEmpty());
  }

  @Test
  void anInterruptThatComesLateDoesNotReachTheNextTask() {
    ElasticPool pool = pool(10, TimeUnit.SECONDS);
    for (int i = 0; i < 50; i++) {
      CompletableFuture.runAsync(() -> Thread.currentThread().interrupt(), pool).join();
      boolean interrupted = CompletableFuture.supplyAsync(
              () -> Thread.currentThread().isInterrupted(), pool)
          .join();
      assertFalse(interrupted);
    }
  }
}
