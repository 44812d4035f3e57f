package dev.muster.java;

import dev.muster.batch.BatchItem;
import dev.muster.batch.BatchKt;
import dev.muster.batch.BatchOptions;
import dev.muster.batch.BatchProgress;
import dev.muster.batch.BatchReport;
import dev.muster.batch.BatchResult;
import dev.muster.facade.CallbackExecution;
import dev.muster.java.internal.Bridge;
import dev.muster.java.internal.Bridge.SuspendCall;
import dev.muster.java.internal.Bridge.SuspendFunction;
import dev.muster.java.internal.Callbacks;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call that runs one call for each item, a limited number at a time, and reports all outcomes in
 * the order of the items. When one call ends, the next item starts.
 *
 * <p>A failed item is recorded in the report and does not stop the others, unless {@link #failFast}
 * is set. Cancelling the batch cancels every item. The functions and consumers run on callback
 * threads (see {@link Call}), and consumers never run concurrently. If one of them throws, the
 * batch fails with that exception.
 *
 * <p>The methods of a batch return a new batch and do not change this one.
 *
 * <p>Items that are not a collection are read again each time the batch runs. A report holds every
 * item and every value. If there are more than 1,000,000 such items, they may be endless, so the
 * batch fails with an {@link IllegalArgumentException} before it sends anything. {@link #results}
 * has no such limit.
 *
 * <pre>{@code
 * BatchReport<String, String> report = Calls.batch(prompts, model::ask)
 *     .concurrency(4)
 *     .onProgress(progress -> System.out.println(progress))
 *     .execute();
 * System.out.println(report.succeeded() + " ok, " + report.failed() + " failed");
 * }</pre>
 *
 * @param <I> the type of the items
 * @param <T> the type of the values
 */
public final class Batch<I extends @Nullable Object, T extends @Nullable Object>
    extends Call<BatchReport<I, T>> {
  private final Iterable<? extends I> items;
  private final SuspendFunction<I, T> run;
  private final BatchOptions<I> options;

  private Batch(
      Iterable<? extends I> items,
      SuspendFunction<I, T> run,
      BatchOptions<I> options,
      @Nullable String label,
      @Nullable Executor executor) {
    super(body(items, run, options, executor), label, executor);
    this.items = items;
    this.run = run;
    this.options = options;
  }

  static <I extends @Nullable Object, T extends @Nullable Object> Batch<I, T> of(
      Iterable<? extends I> items, SuspendFunction<I, T> run) {
    Objects.requireNonNull(items, "items");
    Iterable<? extends I> kept = items instanceof Collection<?> ? Operators.<I>copy(items) : items;
    return new Batch<>(kept, run, BatchOptions.<I>builder().build(), null, null);
  }

  /**
   * Returns this batch with at most {@code items} running at a time. Default: 8.
   *
   * @throws IllegalArgumentException if {@code items} is not positive
   */
  @CheckReturnValue
  public Batch<I, T> concurrency(int items) {
    return with(options.toBuilder().concurrency(items));
  }

  /**
   * Returns this batch in fail-fast mode: the first failure cancels the other items, and the batch
   * fails with it.
   */
  @CheckReturnValue
  public Batch<I, T> failFast() {
    return with(options.toBuilder().failFast());
  }

  /**
   * Returns this batch with {@code id} to compute the id of each item. Default: the index as text.
   * If two items have the same id, the batch fails with an {@link IllegalArgumentException} before
   * it sends anything.
   */
  @CheckReturnValue
  public Batch<I, T> id(Function<? super I, String> id) {
    return with(options.toBuilder().id(Objects.requireNonNull(id, "id")));
  }

  /** Returns this batch with metadata for each item, which is part of the item's result. */
  @CheckReturnValue
  public Batch<I, T> metadata(Function<? super I, Map<String, String>> metadata) {
    return with(options.toBuilder().metadata(Objects.requireNonNull(metadata, "metadata")));
  }

  /** Returns this batch with {@code consumer} called before the call of an item starts. */
  @CheckReturnValue
  @SuppressWarnings("unchecked") // Safe: an item only gives its value.
  public Batch<I, T> onStart(Consumer<? super BatchItem<I>> consumer) {
    Objects.requireNonNull(consumer, "consumer");
    return with(options.toBuilder().onStart(item -> consumer.accept((BatchItem<I>) item)));
  }

  /**
   * Returns this batch with {@code consumer} called when an item has ended, in the order in which
   * the items end, before {@link #onProgress} is called for it. With {@link #failFast}, {@code
   * consumer} gets the first failure before the batch fails with it.
   */
  @CheckReturnValue
  @SuppressWarnings("unchecked") // Safe: these are results of this batch, which only give values.
  public Batch<I, T> onResult(Consumer<? super BatchResult<I, T>> consumer) {
    Objects.requireNonNull(consumer, "consumer");
    return with(
        options.toBuilder().onResult(result -> consumer.accept((BatchResult<I, T>) result)));
  }

  /**
   * Returns this batch with {@code consumer} called after each item, with the progress from 1 of n
   * to n of n.
   */
  @CheckReturnValue
  public Batch<I, T> onProgress(Consumer<? super BatchProgress> consumer) {
    return with(options.toBuilder().onProgress(Objects.requireNonNull(consumer, "consumer")));
  }

  /**
   * Returns a stream call that gives the result of each item, in the order in which the items end.
   * The items may be endless: an item is read only when it can start, and nothing is kept of an
   * item after its result is taken.
   *
   * <p>At most {@link #concurrency} items are read but not yet taken. Closing the stream early
   * cancels the running items. {@link BatchProgress#total} is null, and ids are not checked for
   * duplicates, because that would require keeping all of them. With {@link #failFast}, the first
   * failure fails the stream instead of being a result.
   *
   * <pre>{@code
   * Calls.batch(lines, model::ask)
   *     .concurrency(4)
   *     .results()
   *     .forEach(result -> System.out.println(result.id() + ": " + result.outcome()))
   *     .execute();
   * }</pre>
   */
  @CheckReturnValue
  public StreamCall<BatchResult<I, T>> results() {
    StreamCall<BatchResult<I, T>> results = new StreamCall<>(
        () -> CallbackExecution.flowWithCallbackExecutor(
            executor,
            Callbacks.shared(),
            callbacks -> BatchKt.<I, T>batch(
                Operators.<I>pulled(items),
                options.toBuilder().executor(callbacks).build(),
                run)),
        executor);
    return executor == null ? results : results.callbacksOn(executor);
  }

  @CheckReturnValue
  @Override
  public Batch<I, T> label(String label) {
    return new Batch<>(items, run, options, Objects.requireNonNull(label, "label"), executor);
  }

  @CheckReturnValue
  @Override
  public Batch<I, T> callbacksOn(Executor executor) {
    Objects.requireNonNull(executor, "executor");
    return new Batch<>(items, run, options, label, Callbacks.on(executor));
  }

  private Batch<I, T> with(BatchOptions.Builder<I> changed) {
    return new Batch<>(items, run, changed.build(), label, executor);
  }

  private static <I extends @Nullable Object, T extends @Nullable Object>
      SuspendCall<BatchReport<I, T>> body(
          Iterable<? extends I> items,
          SuspendFunction<I, T> run,
          BatchOptions<I> options,
          @Nullable Executor executor) {
    SuspendCall<BatchReport<? extends I, ? extends T>> body =
        k -> CallbackExecution.<BatchReport<? extends I, ? extends T>>withCallbackExecutor(
            executor,
            Callbacks.shared(),
            (callbacks, j) -> BatchKt.<I, T>batch(
                items, options.toBuilder().executor(callbacks).build(), run, j),
            k);
    SuspendCall<BatchReport<I, T>> same = Operators.same(body);
    return executor == null ? same : Bridge.withCallbacksOn(executor, same);
  }
}
