package dev.muster.java;

import dev.muster.agent.AgentEvents;
import dev.muster.spi.Composition;
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
 * A description of an operation that gives many values: nothing is sent until {@link #open}, or
 * until a call made of it ({@link #toList}, {@link #forEach}) is executed; each of these sends anew
 * and is billed anew.
 *
 * <p>What {@link Call} says of endings, cancelling and threads holds here too. There is real
 * backpressure: nothing is read, started or sent ahead of the one who takes the values, but for
 * what the operator itself says ({@code mapConcurrent}, its limit), and no value is dropped. The one
 * exception are the events of a model or an agent: they are read up to 65 ahead, so that who is woken
 * for one finds the others that have come with it.
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
public final class StreamCall<T extends @Nullable Object> {
  /** How far events are read ahead. */
  private static final int EVENTS_AHEAD = 64;

  private final Supplier<Flow<T>> body;
  private final @Nullable Executor executor;
  private final int ahead;

  /** How many stream calls this one is derived from, each from the one before. */
  private final int depth;

  /** Whose values wait for the one who takes them. */
  StreamCall(Supplier<Flow<T>> body, @Nullable Executor executor) {
    this(body, executor, 0, 0);
  }

  private StreamCall(Supplier<Flow<T>> body, @Nullable Executor executor, int ahead, int depth) {
    this.body = Depth.fit(body, depth);
    this.executor = executor;
    this.ahead = ahead;
    this.depth = depth;
  }

  /** Of events, which may come faster than a thread can be woken for each. */
  static <T extends @Nullable Object> StreamCall<T> ofEvents(
      Supplier<Flow<T>> body, @Nullable Executor executor) {
    return new StreamCall<>(body, executor, EVENTS_AHEAD, 0);
  }

  /**
   * Starts the operation and gives its values to iterate over, from one thread.
   *
   * <p>Close it, best by try-with-resources: leaving early without closing leaves the exchange open
   * until it times out, or until the stream is garbage-collected, which is reported in the log with
   * the stack of where it was opened.
   */
  public CallStream<T> open() {
    return new CallStream<>(Bridge.open(body.get(), ahead));
  }

  /** A call that gives all values. */
  public Call<List<T>> toList() {
    return new Call<>(Bridge.toList(body), null, executor);
  }

  /**
   * A call that runs {@code consumer} on each value, one after the other, on the threads for
   * callbacks, and gives null. What it throws cancels the operation and fails the call.
   */
  public Call<@Nullable Void> forEach(Consumer<? super T> consumer) {
    Objects.requireNonNull(consumer, "consumer");
    if (ahead > 0) {
      return Call.ofExchange(
          k -> Composition.<T>eachAhead(
              body.get(), ahead, executor, Callbacks.shared(), consumer, k),
          executor);
    }
    return new Call<>(
        k -> Composition.<T>each(
            body.get(),
            (value, j) -> Bridge.callback(executor, () -> consumer.accept(value), j),
            k),
        null,
        executor);
  }

  /** As {@link #forEach(Consumer)}, with {@code consumer} on {@code executor}. */
  public Call<@Nullable Void> forEach(Executor executor, Consumer<? super T> consumer) {
    return callbacksOn(executor).forEach(consumer);
  }

  /**
   * A publisher of the values, for Reactor, RxJava and every other library that speaks Reactive
   * Streams ({@code JdkFlowAdapter.flowPublisherToFlux} in Reactor).
   *
   * <p>Each subscriber runs the operation anew, beginning with its first request, and gets no more
   * values than it has requested. Cancelling the subscription cancels the operation and closes its
   * exchanges. Signals come on the threads for callbacks, one at a time. A value must not be null.
   */
  public Publisher<T> publisher() {
    return Bridge.publisher(body, Callbacks.on(executor));
  }

  /**
   * The first {@code count} values; what runs beyond them is cancelled and its exchanges closed.
   *
   * @throws IllegalArgumentException where {@code count} is negative
   */
  public StreamCall<T> limit(int count) {
    if (count < 0) throw new IllegalArgumentException("The limit is negative: " + count);
    return new StreamCall<>(() -> Bridge.limit(body.get(), count), executor, ahead, depth + 1);
  }

  /** These values, each through {@code mapper}, one after the other. */
  public <R extends @Nullable Object> StreamCall<R> map(Function<? super T, ? extends R> mapper) {
    Objects.requireNonNull(mapper, "mapper");
    return new StreamCall<>(
        () -> Composition.<T, R>mappedEach(
            body.get(), (value, j) -> Bridge.<R>callback(executor, () -> mapper.apply(value), j)),
        executor,
        0,
        depth + 1);
  }

  /**
   * The answer's text, piece by piece, where the values are {@link dev.muster.chat.ChatEvent}s or
   * {@link dev.muster.agent.AgentEvent}s. Other values fail it with an {@link IllegalStateException}.
   */
  public StreamCall<String> text() {
    return new StreamCall<>(() -> AgentEvents.textOf(body.get()), executor, ahead, depth + 1);
  }

  /** As {@link Call#callbacksOn}. */
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
