package dev.muster.java;

import dev.muster.batch.BatchKt;
import dev.muster.batch.BatchOptions;
import dev.muster.batch.BatchProgress;
import dev.muster.batch.BatchReport;
import dev.muster.batch.BatchResult;
import dev.muster.java.Bridge.SuspendCall;
import dev.muster.java.Bridge.SuspendFunction;
import dev.muster.spi.Composition;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call that runs one call for each item through a window, the next item starting when one ends,
 * and reports how each ended, in the order of the items.
 *
 * <p>A failing item stands in the report and stops no other, unless {@link #failFast} is set.
 * Cancelling the batch cancels every item. The functions and consumers run on the threads for
 * callbacks (see {@link Call}), consumers never two at a time; one that throws ends the batch with
 * its exception.
 *
 * <p>Its methods give a new batch and leave this one as it is.
 *
 * <p>Items that are not a collection are read anew each time the batch runs. A report holds every item
 * and every value, so it is refused with an {@link IllegalArgumentException}, before anything is sent,
 * where more than 1,000,000 such items come: they may have no end. {@link #results} has no such limit.
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
   * This batch with at most {@code items} at a time; 8 by default.
   *
   * @throws IllegalArgumentException where that is not positive
   */
  @CheckReturnValue
  public Batch<I, T> concurrency(int items) {
    return with(options.toBuilder().concurrency(items));
  }

  /**
   * This batch, ended by the first failure in time: the batch fails with it, and the other items are
   * cancelled.
   */
  @CheckReturnValue
  public Batch<I, T> failFast() {
    return with(options.toBuilder().failFast());
  }

  /**
   * This batch with an id for each item, in place of its index as text. Two items with one id fail
   * the batch with an {@link IllegalArgumentException} before anything is sent.
   */
  @CheckReturnValue
  public Batch<I, T> id(Function<? super I, String> id) {
    return with(options.toBuilder().id(Objects.requireNonNull(id, "id")));
  }

  /** This batch with data for each item that comes back in its result. */
  @CheckReturnValue
  public Batch<I, T> metadata(Function<? super I, Map<String, String>> metadata) {
    return with(options.toBuilder().metadata(Objects.requireNonNull(metadata, "metadata")));
  }

  /** This batch, telling {@code consumer} after each item how far it is: 1 of n to n of n. */
  @CheckReturnValue
  public Batch<I, T> onProgress(Consumer<? super BatchProgress> consumer) {
    return with(options.toBuilder().onProgress(Objects.requireNonNull(consumer, "consumer")));
  }

  /**
   * How each item ended, in the order in which the items end. The items may have no end: one is read
   * when it can start and no sooner, and nothing is kept of one whose result is taken.
   *
   * <p>At most {@link #concurrency} items are read and not yet taken. Leaving the stream cancels what
   * runs. {@link BatchProgress#total} is null, and ids are not compared, for that would keep them all.
   * With {@link #failFast} the first failure in time fails the stream in place of its result.
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
        () -> Composition.flowWithCallbackExecutor(
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
        k -> Composition.<BatchReport<? extends I, ? extends T>>withCallbackExecutor(
            executor,
            Callbacks.shared(),
            (callbacks, j) -> BatchKt.<I, T>batch(
                items, options.toBuilder().executor(callbacks).build(), run, j),
            k);
    SuspendCall<BatchReport<I, T>> same = Operators.same(body);
    return executor == null ? same : Bridge.withCallbacksOn(executor, same);
  }
}
