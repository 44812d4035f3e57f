package dev.muster.java;

import dev.muster.concurrent.Pipeline;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Items on their way through stages, all of which work at the same time, each on up to so many items
 * as it may. Results keep the order of the items. A description, as {@link Call} is one: nothing runs
 * until {@link #toList} is executed or {@link #results} opened, and each of these runs anew.
 *
 * <p>Backpressure goes from end to end: a stage takes an item only when it can start on it, and one
 * whose results nobody takes stops. The first failure in time, in whatever stage or of the source,
 * cancels all that runs in every stage and is what the pipeline fails with; leaving the stream early
 * does the same.
 *
 * <pre>{@code
 * List<String> translated = Calls.pipeline(topics)
 *     .stage(4, topic -> model.ask("Write a line about " + topic))
 *     .stage(2, line -> model.ask("Translate into French: " + line))
 *     .toList()
 *     .execute();
 * System.out.println(translated);
 * }</pre>
 *
 * @param <T> the type of what comes out of the last stage
 */
@CheckReturnValue
public final class CallPipeline<T extends @Nullable Object> {
  private final Pipeline<T> pipeline;

  CallPipeline(Pipeline<T> pipeline) {
    this.pipeline = pipeline;
  }

  /**
   * A stage that turns each item into what the call that {@code mapper} makes for it gives, up to
   * {@code concurrency} at the same time. Up to twice as many results may wait for an earlier item
   * that still runs.
   *
   * @throws IllegalArgumentException where {@code concurrency} is below 1
   */
  public <R extends @Nullable Object> CallPipeline<R> stage(
      int concurrency, Function<? super T, ? extends Call<? extends R>> mapper) {
    return new CallPipeline<>(pipeline.stage(concurrency, Operators.<T, R>making(mapper)));
  }

  /** The results, in the order of the items, as they are ready. */
  public StreamCall<T> results() {
    return new StreamCall<>(pipeline::asFlow, null);
  }

  /** A call that runs all items through and gives all results, in the order of the items. */
  public Call<List<T>> toList() {
    return results().toList();
  }

  @Override
  public String toString() {
    return "CallPipeline";
  }
}
