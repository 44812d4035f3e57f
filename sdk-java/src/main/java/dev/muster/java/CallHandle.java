package dev.muster.java;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A running call that reports to callbacks. Thread-safe.
 *
 * <pre>{@code
 * CallHandle<String> handle =
 *     model.ask("Name a prime.").enqueue(System.out::println, Throwable::printStackTrace);
 * System.out.println(handle.label() + " runs");
 * handle.cancel();
 * }</pre>
 *
 * @param <T> the type of the value
 */
public final class CallHandle<T extends @Nullable Object> {
  private static final AtomicLong IDS = new AtomicLong();

  private final long id = IDS.incrementAndGet();
  private final @Nullable String label;
  private final CallFuture<T> future;

  CallHandle(@Nullable String label, CallFuture<T> future) {
    this.label = label;
    this.future = future;
  }

  /**
   * Returns a number that is unique among all handles in this JVM. Later handles have larger
   * numbers.
   */
  public long id() {
    return id;
  }

  /** Returns the label of the call, or its id as text if it has no label. */
  public String label() {
    return label == null ? String.valueOf(id) : label;
  }

  /** Returns whether the call has ended. Its callback may not have run yet. */
  public boolean isDone() {
    return future.isDone();
  }

  /**
   * Cancels the call and closes its HTTP exchanges, without waiting. Its error callback gets a
   * {@link java.util.concurrent.CancellationException}. Has no effect after the call has ended.
   */
  public void cancel() {
    future.cancel(true);
  }

  /**
   * Returns a future for the result of the call. It settles whether or not the callback has run.
   * Cancelling it cancels the call. Its dependents run on the same threads as those of {@link
   * Call#executeAsync}.
   */
  public CompletableFuture<T> toFuture() {
    return future.thenApply(value -> value);
  }

  @Override
  public String toString() {
    return "CallHandle(" + label() + (isDone() ? ", done)" : ", running)");
  }
}
