package dev.muster.java;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A running call whose ending goes to callbacks. Thread-safe.
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

  /** A number that no other handle of this program has; later ones are larger. */
  public long id() {
    return id;
  }

  /** The call's label; its id as text where it has none. */
  public String label() {
    return label == null ? String.valueOf(id) : label;
  }

  /** Whether the call has ended. Its callback may still have to run. */
  public boolean isDone() {
    return future.isDone();
  }

  /**
   * Cancels the call and closes its exchanges, without waiting. Its error callback gets a {@link
   * java.util.concurrent.CancellationException}. After the call has ended it does nothing.
   */
  public void cancel() {
    future.cancel(true);
  }

  /**
   * A future of the call's ending, which comes whether or not the callback has run. Cancelling it
   * cancels the call. Its dependents run as those of {@link Call#executeAsync} do.
   */
  public CompletableFuture<T> toFuture() {
    return future.thenApply(value -> value);
  }

  @Override
  public String toString() {
    return "CallHandle(" + label() + (isDone() ? ", done)" : ", running)");
  }
}
