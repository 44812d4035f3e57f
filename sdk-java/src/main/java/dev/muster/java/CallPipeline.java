package dev.muster.java;

import dev.muster.concurrent.Pipeline;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stages that process items concurrently; each stage has its own limit. Results keep the order of
 * the items. Like a {@link Call}, a pipeline is a description: nothing runs until {@link #toList}
 * is executed or {@link #results} opened, and each of these runs again.
 *
 * <p>Backpressure applies from end to end: a stage takes an item only when it can start on it, and
 * a stage stops when nobody takes its results. The first failure, in any stage or in the source,
 * cancels everything that runs in all stages, and the pipeline fails with it. Closing the stream
 * early cancels everything too.
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
 * @param <T> the type of the results of the last stage
 */
@CheckReturnValue
public final class CallPipeline<T extends @Nullable Object> {
  private final Pipeline<T> pipeline;

  CallPipeline(Pipeline<T> pipeline) {
    this.pipeline = pipeline;
  }

  /**
   * Returns this pipeline with another stage, which runs the call returned by {@code mapper} for
   * each item, up to {@code concurrency} at the same time. Up to twice as many results may wait for
   * an earlier item that is still running.
   *
   * @throws IllegalArgumentException if {@code concurrency} is below 1
   */
  public <R extends @Nullable Object> CallPipeline<R> stage(
      int concurrency, Function<? super T, ? extends Call<? extends R>> mapper) {
    return new CallPipeline<>(pipeline.stage(concurrency, Operators.<T, R>making(mapper)));
  }

  /**
   * Like {@link #stage(int, Function)}, but up to {@code buffer} results may wait for an earlier
   * item that is still running.
   *
   * @throws IllegalArgumentException if {@code concurrency} is below 1 or {@code buffer} below 0
   */
  public <R extends @Nullable Object> CallPipeline<R> stage(
      int concurrency, int buffer, Function<? super T, ? extends Call<? extends R>> mapper) {
    return new CallPipeline<>(pipeline.stage(concurrency, buffer, Operators.<T, R>making(mapper)));
  }

  /** Returns a stream call that gives the results as they are ready, in the order of the items. */
  public StreamCall<T> results() {
    return new StreamCall<>(pipeline::asFlow, null);
  }

  /** Returns a call that gives all results, in the order of the items. */
  public Call<List<T>> toList() {
    return results().toList();
  }

  @Override
  public String toString() {
    return "CallPipeline";
  }
}
