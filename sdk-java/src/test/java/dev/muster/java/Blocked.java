package dev.muster.java;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;

/** A call that runs until it is cancelled or released, and reports which of the two happened. */
final class Blocked {
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final CountDownLatch cancelled = new CountDownLatch(1);

  Call<String> call() {
    return Call.of(() -> {
      begun.countDown();
      try {
        released.await();
        return "value";
      } catch (InterruptedException e) {
        cancelled.countDown();
        throw e;
      }
    });
  }

  /** Starts the call and returns its future. */
  CallFuture<String> started() {
    CallFuture<String> future = call().executeAsync();
    awaitBegun();
    return future;
  }

  void awaitBegun() {
    await(begun);
  }

  void release() {
    released.countDown();
  }

  void awaitCancelled() {
    await(cancelled);
  }

  void assertRuns() {
    assertEquals(1, cancelled.getCount(), "the call was cancelled");
  }

  static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, SECONDS), "waited in vain");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
