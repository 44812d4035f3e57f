package dev.muster.java;

import dev.muster.facade.FlowComposition;
import dev.muster.java.internal.Bridge;
import dev.muster.java.internal.Callbacks;
import dev.muster.java.internal.Depth;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow.Publisher;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import kotlinx.coroutines.flow.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The description of an operation that gives many values. Nothing is sent until {@link #open} is
 * called, or until a call made from it ({@link #toList}, {@link #forEach}) is executed; each of
 * these sends again and is billed again.
 *
 * <p>Results, failures, cancellation and threads are as for {@link Call}.
 *
 * <p>Values are subject to backpressure: nothing is read, started or sent before the consumer asks
 * for it, except as far as the operator says (for {@code mapConcurrent}, its limit), and no value
 * is dropped. Model and agent events are the exception: up to 65 of them are read ahead, so one
 * wake-up can deliver several.
 *
 * <pre>{@code
 * StreamCall<String> words = agent.stream("Write a story.").text();
 * words.forEach(System.out::print).execute();
 * List<String> firstTen = words.limit(10).toList().execute();
 * System.out.println(firstTen);
 * }</pre>
 *
 * @param <T> the type of the values
 */
@CheckReturnValue
public class StreamCall<T extends @Nullable Object> {
  /**
   * Buffer size for events. One more is read ahead: the event that waits for space in the buffer.
   */
  private static final int EVENTS_AHEAD = 64;

  private final Supplier<Flow<T>> body;
  private final @Nullable Executor executor;
  private final int ahead;

  /** Number of stream calls this one is derived from, one from another. */
  private final int depth;

  /** Creates a stream call that reads nothing ahead. */
  StreamCall(Supplier<Flow<T>> body, @Nullable Executor executor) {
    this(body, executor, 0, 0);
  }

  private StreamCall(Supplier<Flow<T>> body, @Nullable Executor executor, int ahead, int depth) {
    this.body = Depth.fit(body, depth);
    this.executor = executor;
    this.ahead = ahead;
    this.depth = depth;
  }

  /** Creates a copy, for a subclass. */
  StreamCall(StreamCall<T> other) {
    this.body = other.body;
    this.executor = other.executor;
    this.ahead = other.ahead;
    this.depth = other.depth;
  }

  /**
   * Creates a stream call of events, which are buffered because they can arrive faster than a
   * thread can be woken for each.
   */
  static <T extends @Nullable Object> StreamCall<T> ofEvents(
      Supplier<Flow<T>> body, @Nullable Executor executor) {
    return new StreamCall<>(body, executor, EVENTS_AHEAD, 0);
  }

  /**
   * Starts the operation and returns its values, to be iterated over by one thread.
   *
   * <p>Close the stream, preferably with try-with-resources. If you stop early without closing it,
   * the HTTP exchange stays open until it times out or until the stream is garbage-collected. In
   * the second case a log entry shows the stack trace of where it was opened.
   */
  public CallStream<T> open() {
    return new CallStream<>(Bridge.open(body.get(), ahead));
  }

  /** Returns a call that gives all values as a list. */
  public Call<List<T>> toList() {
    return new Call<>(Bridge.toList(body), null, executor);
  }

  /**
   * Returns a call that runs {@code consumer} on each value, one after the other, on the callback
   * threads, and gives null. If {@code consumer} throws, the operation is cancelled and the call
   * fails with that exception.
   */
  public Call<@Nullable Void> forEach(Consumer<? super T> consumer) {
    Objects.requireNonNull(consumer, "consumer");
    if (ahead > 0) {
      return Call.ofExchange(
          k -> FlowComposition.<T>eachAhead(
              body.get(), ahead, executor, Callbacks.shared(), consumer, k),
          executor);
    }
    return new Call<>(
        k -> FlowComposition.<T>each(
            body.get(),
            (value, j) -> Bridge.callback(executor, () -> consumer.accept(value), j),
            k),
        null,
        executor);
  }

  /** Like {@link #forEach(Consumer)}, but runs {@code consumer} on {@code executor}. */
  public Call<@Nullable Void> forEach(Executor executor, Consumer<? super T> consumer) {
    return callbacksOn(executor).forEach(consumer);
  }

  /**
   * Returns a publisher of the values, for Reactor, RxJava and any other Reactive Streams library
   * ({@code JdkFlowAdapter.flowPublisherToFlux} in Reactor).
   *
   * <p>Each subscriber runs the operation again, starting at its first request, and gets no more
   * values than it requested. Cancelling the subscription cancels the operation and closes its HTTP
   * exchanges. Signals run on the callback threads, one at a time. Values must not be null.
   */
  public Publisher<T> publisher() {
    return Bridge.publisher(body, Callbacks.on(executor));
  }

  /**
   * Returns a stream call that gives the first {@code count} values, then cancels the rest and
   * closes its HTTP exchanges.
   *
   * @throws IllegalArgumentException if {@code count} is negative
   */
  public StreamCall<T> limit(int count) {
    if (count < 0) throw new IllegalArgumentException("count must not be negative, was " + count);
    return through(flow -> Bridge.limit(flow, count));
  }

  /** Returns a stream call that applies {@code mapper} to each value, one after the other. */
  public <R extends @Nullable Object> StreamCall<R> map(Function<? super T, ? extends R> mapper) {
    Objects.requireNonNull(mapper, "mapper");
    return new StreamCall<>(
        () -> FlowComposition.<T, R>mappedEach(
            body.get(), (value, j) -> Bridge.<R>callback(executor, () -> mapper.apply(value), j)),
        executor,
        0,
        depth + 1);
  }

  /** Returns a stream call of what {@code operator}, which runs no user code, makes of the flow. */
  final <R extends @Nullable Object> StreamCall<R> through(Function<Flow<T>, Flow<R>> operator) {
    return new StreamCall<>(() -> operator.apply(body.get()), executor, ahead, depth + 1);
  }

  /**
   * Returns this stream call with {@code executor} for its functions. See {@link Call#callbacksOn}.
   */
  public StreamCall<T> callbacksOn(Executor executor) {
    Objects.requireNonNull(executor, "executor");
    Callbacks callbacks = Callbacks.on(executor);
    return new StreamCall<>(
        () -> Bridge.withCallbacksOn(callbacks, body.get()), callbacks, ahead, depth + 1);
  }

  @Override
  public String toString() {
    return "StreamCall";
  }
}
