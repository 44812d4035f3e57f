package dev.muster.java;

import dev.muster.concurrent.Completed;
import dev.muster.concurrent.MapChunkedKt;
import dev.muster.concurrent.MapConcurrentKt;
import dev.muster.concurrent.Outcome;
import dev.muster.concurrent.PipelineKt;
import dev.muster.concurrent.RaceResult;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import kotlinx.coroutines.flow.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Operators over many calls. Each returns a call or a stream call for the whole operation; nothing
 * is sent until that is executed or opened.
 *
 * <p>When an operator ends, whether it succeeds, fails or is cancelled, none of the calls it
 * started is still running: calls it no longer needs are cancelled and their HTTP exchanges closed.
 *
 * <p>Most operators accept either calls, or items and a function that creates the call for each
 * item. The function runs on callback threads (see {@link Call}), for as many items at once as the
 * operator allows. If it throws or returns null, that item fails. Collections are copied when the
 * operator is called. Operators that start all calls at once throw an {@link
 * IllegalArgumentException} for more than 1,000,000 items that are not a collection, because such
 * items may be endless.
 *
 * <p>An {@link Error} ends the whole operator. If a function of yours waits for a future and that
 * future is cancelled, it is a failure like any other.
 */
@SuppressWarnings("varargs") // The arrays are only read.
@CheckReturnValue
public final class Calls {
  private Calls() {}

  /**
   * Runs all calls at once and gives their values in the order of the calls.
   *
   * <p>If a call fails, the other calls are cancelled and the operator fails with that first
   * failure; the exceptions of calls that fail in the meantime are added to it as suppressed.
   * Without calls, the result is an empty list. All calls run at once; to limit how many, use
   * {@link #mapConcurrent}.
   *
   * <pre>{@code
   * List<String> answers =
   *     Calls.gather(model.ask("Name a river."), model.ask("Name a lake.")).execute();
   * System.out.println(answers);
   * }</pre>
   */
  @SafeVarargs
  public static <T extends @Nullable Object> Call<List<T>> gather(Call<? extends T>... calls) {
    return gather(Arrays.asList(calls));
  }

  /** Like {@link #gather(Call[])}. */
  public static <T extends @Nullable Object> Call<List<T>> gather(
      Collection<? extends Call<? extends T>> calls) {
    return Operators.gathered(Operators.copy(calls), Operators.running());
  }

  /** Like {@link #gather(Call[])}, with one call for each of {@code items}. */
  public static <I extends @Nullable Object, T extends @Nullable Object> Call<List<T>> gather(
      Iterable<? extends I> items, Function<? super I, ? extends Call<? extends T>> mapper) {
    return Operators.gathered(Operators.<I>copy(items), Operators.making(mapper));
  }

  /**
   * Runs all calls at once and gives their outcomes in the order of the calls. A failed call does
   * not stop the others.
   *
   * <pre>{@code
   * List<Outcome<String>> outcomes = Calls.gatherSettled(prompts, model::ask).execute();
   * outcomes.forEach(System.out::println);
   * }</pre>
   */
  @SafeVarargs
  public static <T extends @Nullable Object> Call<List<Outcome<T>>> gatherSettled(
      Call<? extends T>... calls) {
    return gatherSettled(Arrays.asList(calls));
  }

  /** Like {@link #gatherSettled(Call[])}. */
  public static <T extends @Nullable Object> Call<List<Outcome<T>>> gatherSettled(
      Collection<? extends Call<? extends T>> calls) {
    return Operators.settled(Operators.copy(calls), Operators.running());
  }

  /** Like {@link #gatherSettled(Call[])}, with one call for each of {@code items}. */
  public static <I extends @Nullable Object, T extends @Nullable Object>
      Call<List<Outcome<T>>> gatherSettled(
          Iterable<? extends I> items, Function<? super I, ? extends Call<? extends T>> mapper) {
    return Operators.settled(Operators.<I>copy(items), Operators.making(mapper));
  }

  /**
   * Runs all calls at once and gives the value of the first that succeeds, with its index and
   * label. A failure does not win, however fast it is.
   *
   * <p>The other calls are cancelled at that moment and have ended when the operator ends. If all
   * calls fail, the operator fails with {@link dev.muster.error.AllFailedException}, which holds
   * every failure.
   *
   * <pre>{@code
   * RaceResult<String> first = Calls.race(
   *         gpt.ask("Name a prime.").label("gpt"), claude.ask("Name a prime.").label("claude"))
   *     .execute();
   * System.out.println(first.label() + " after " + first.elapsed() + ": " + first.value());
   * }</pre>
   *
   * @throws IllegalArgumentException if there are no calls
   */
  @SafeVarargs
  public static <T extends @Nullable Object> Call<RaceResult<T>> race(Call<? extends T>... calls) {
    return race(Arrays.asList(calls));
  }

  /**
   * Like {@link #race(Call[])}.
   *
   * @throws IllegalArgumentException if there are no calls
   */
  public static <T extends @Nullable Object> Call<RaceResult<T>> race(
      Collection<? extends Call<? extends T>> calls) {
    return Operators.race(Operators.atLeastOne("race", calls), Entry::ofCall);
  }

  /**
   * Like {@link #race(Call[])}, with one call for each of {@code items}.
   *
   * @throws IllegalArgumentException if there are no items
   */
  public static <I extends @Nullable Object, T extends @Nullable Object> Call<RaceResult<T>> race(
      Iterable<? extends I> items, Function<? super I, ? extends Call<? extends T>> mapper) {
    Objects.requireNonNull(mapper, "mapper");
    return Operators.race(
        Operators.<I>atLeastOne("race", items), item -> Entry.ofItem(item, mapper));
  }

  /**
   * Runs all calls at once and gives the outcome of the first that settles, whether it succeeds or
   * fails, with its index and label. A failure is an outcome here, not an exception.
   *
   * <p>The other calls are cancelled at that moment and have ended when the operator ends. To
   * select among calls with different value types, convert them to one type with {@link Call#map}:
   * {@code Calls.select(model.ask(prompt), Call.delay(limit).map(x -> "too slow"))}.
   *
   * <pre>{@code
   * Completed<String, String> first = Calls.select(
   *         model.ask("Write a novel."), Call.delay(Duration.ofSeconds(5)).map(x -> "Too slow"))
   *     .execute();
   * System.out.println(first.outcome());
   * }</pre>
   *
   * @throws IllegalArgumentException if there are no calls
   */
  @SafeVarargs
  public static <T extends @Nullable Object> Call<Completed<String, T>> select(
      Call<? extends T>... calls) {
    return select(Arrays.asList(calls));
  }

  /**
   * Like {@link #select(Call[])}.
   *
   * @throws IllegalArgumentException if there are no calls
   */
  public static <T extends @Nullable Object> Call<Completed<String, T>> select(
      Collection<? extends Call<? extends T>> calls) {
    return Operators.select(Operators.atLeastOne("select", calls), Entry::ofCall, Entry::labelled);
  }

  /**
   * Like {@link #select(Call[])}, with one call for each of {@code items}.
   *
   * @throws IllegalArgumentException if there are no items
   */
  public static <I extends @Nullable Object, T extends @Nullable Object>
      Call<Completed<I, T>> select(
          Iterable<? extends I> items, Function<? super I, ? extends Call<? extends T>> mapper) {
    Objects.requireNonNull(mapper, "mapper");
    return Operators.select(
        Operators.<I>atLeastOne("select", items),
        item -> Entry.ofItem(item, mapper),
        Entry::withItem);
  }

  /**
   * Runs all calls at once and gives each outcome as its call ends, fastest first, with its index,
   * its label and the number of calls still pending. A failure is an outcome and does not stop the
   * other calls. The item of a result is the call's label.
   *
   * <p>Closing the stream cancels the calls that are still running.
   *
   * <pre>{@code
   * try (CallStream<Completed<String, String>> done =
   *     Calls.asCompleted(prompts, model::ask).open()) {
   *   for (var each : done) System.out.println(each.item() + ": " + each.outcome());
   * }
   * }</pre>
   */
  @SafeVarargs
  public static <T extends @Nullable Object> StreamCall<Completed<String, T>> asCompleted(
      Call<? extends T>... calls) {
    return asCompleted(Arrays.asList(calls));
  }

  /** Like {@link #asCompleted(Call[])}. */
  public static <T extends @Nullable Object> StreamCall<Completed<String, T>> asCompleted(
      Collection<? extends Call<? extends T>> calls) {
    return Operators.asCompleted(Operators.copy(calls), Entry::ofCall, Entry::labelled);
  }

  /** Like {@link #asCompleted(Call[])}, with one call for each of {@code items}. */
  public static <I extends @Nullable Object, T extends @Nullable Object>
      StreamCall<Completed<I, T>> asCompleted(
          Iterable<? extends I> items, Function<? super I, ? extends Call<? extends T>> mapper) {
    Objects.requireNonNull(mapper, "mapper");
    return Operators.asCompleted(
        Operators.<I>copy(items), item -> Entry.ofItem(item, mapper), Entry::withItem);
  }

  /**
   * Creates and runs one call for each item, at most {@code limit} at a time, and gives the values
   * in the order of the items. When a call ends, the next item starts.
   *
   * <p>A result that must wait for an earlier, running item frees its slot for the next item. At
   * most twice {@code limit} such results are held. In total, at most three times {@code limit}
   * items are started but not yet taken.
   *
   * <p>{@code items} may be endless: its iterator is called on callback threads, and only for items
   * that can start. The first failure cancels the running calls and fails the stream. Closing the
   * stream cancels the running calls.
   *
   * <pre>{@code
   * List<String> answers = Calls.mapConcurrent(prompts, 4, model::ask).toList().execute();
   * System.out.println(answers);
   * }</pre>
   *
   * @throws IllegalArgumentException if {@code limit} is not positive
   */
  public static <I extends @Nullable Object, T extends @Nullable Object>
      StreamCall<T> mapConcurrent(
          Iterable<? extends I> items,
          int limit,
          Function<? super I, ? extends Call<? extends T>> mapper) {
    Flow<T> flow = MapConcurrentKt.<I, T>mapConcurrent(
        Operators.<I>pulled(items), limit, Operators.making(mapper));
    return new StreamCall<>(() -> flow, null);
  }

  /**
   * Like {@link #mapConcurrent(Iterable, int, Function)}, but holds up to {@code buffer} results
   * that must wait for an earlier, running item. If one item may take much longer than the others,
   * a larger buffer lets more items run behind it. In total, at most {@code limit} plus {@code
   * buffer} items are started but not yet taken.
   *
   * @throws IllegalArgumentException if {@code limit} is not positive or {@code buffer} is negative
   */
  public static <I extends @Nullable Object, T extends @Nullable Object>
      StreamCall<T> mapConcurrent(
          Iterable<? extends I> items,
          int limit,
          int buffer,
          Function<? super I, ? extends Call<? extends T>> mapper) {
    Flow<T> flow = MapConcurrentKt.<I, T>mapConcurrent(
        Operators.<I>pulled(items), limit, buffer, Operators.making(mapper));
    return new StreamCall<>(() -> flow, null);
  }

  /**
   * Like {@link #mapConcurrent}, but gives the values in the order in which they are ready. An item
   * keeps its slot until its value is taken.
   *
   * <pre>{@code
   * Calls.mapConcurrentUnordered(prompts, 4, model::ask)
   *     .forEach(System.out::println)
   *     .execute();
   * }</pre>
   *
   * @throws IllegalArgumentException if {@code limit} is not positive
   */
  public static <I extends @Nullable Object, T extends @Nullable Object>
      StreamCall<T> mapConcurrentUnordered(
          Iterable<? extends I> items,
          int limit,
          Function<? super I, ? extends Call<? extends T>> mapper) {
    Flow<T> flow = MapConcurrentKt.<I, T>mapConcurrentUnordered(
        Operators.<I>pulled(items), limit, Operators.making(mapper));
    return new StreamCall<>(() -> flow, null);
  }

  /**
   * Creates and runs the calls of the items in groups of {@code size} with a barrier: the next
   * group starts when the previous group has ended and its values are taken. The values are in the
   * order of the items.
   *
   * <p>If you do not need a barrier, {@link #mapConcurrent} is faster.
   *
   * <pre>{@code
   * List<String> answers = Calls.mapChunked(prompts, 3, model::ask).toList().execute();
   * System.out.println(answers);
   * }</pre>
   *
   * @throws IllegalArgumentException if {@code size} is not positive
   */
  public static <I extends @Nullable Object, T extends @Nullable Object> StreamCall<T> mapChunked(
      Iterable<? extends I> items,
      int size,
      Function<? super I, ? extends Call<? extends T>> mapper) {
    Flow<T> flow =
        MapChunkedKt.<I, T>mapChunked(Operators.<I>pulled(items), size, Operators.making(mapper));
    return new StreamCall<>(() -> flow, null);
  }

  /**
   * Returns a pipeline for {@code items}, to which you add stages. If {@code items} is not a
   * collection, items are read when they are needed, and again each time the pipeline runs.
   *
   * <pre>{@code
   * List<String> translated = Calls.pipeline(topics)
   *     .stage(4, topic -> model.ask("Write a line about " + topic))
   *     .stage(2, line -> model.ask("Translate into French: " + line))
   *     .toList()
   *     .execute();
   * System.out.println(translated);
   * }</pre>
   */
  public static <I extends @Nullable Object> CallPipeline<I> pipeline(Iterable<? extends I> items) {
    return new CallPipeline<>(PipelineKt.pipeline(Operators.<I>pulled(items)));
  }

  /**
   * Returns a batch over {@code items}. Default: 8 at a time, and failures are recorded in the
   * report. The methods of {@link Batch} change that. For endless items see {@link Batch#results}.
   *
   * <pre>{@code
   * BatchReport<String, String> report = Calls.batch(prompts, model::ask)
   *     .concurrency(4)
   *     .onProgress(progress -> System.out.println(progress))
   *     .execute();
   * System.out.println(report.succeeded() + " ok, " + report.failed() + " failed");
   * }</pre>
   */
  public static <I extends @Nullable Object, T extends @Nullable Object> Batch<I, T> batch(
      Iterable<? extends I> items, Function<? super I, ? extends Call<? extends T>> mapper) {
    return Batch.of(items, Operators.making(mapper));
  }

  /**
   * Runs two calls at once and gives the result of {@code combiner} for their values. Fails like
   * {@link #gather(Call[])}.
   *
   * <pre>{@code
   * String described = Calls.zip(
   *         model.ask("Describe the sea."),
   *         embedder.embed("the sea"),
   *         (text, vector) -> text + " (" + vector.size() + " numbers)")
   *     .execute();
   * System.out.println(described);
   * }</pre>
   */
  public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      Call<R> zip(
          Call<? extends A> a,
          Call<? extends B> b,
          BiFunction<? super A, ? super B, ? extends R> combiner) {
    Objects.requireNonNull(combiner, "combiner");
    return Operators.zip(v -> combiner.apply(Operators.<A>at(v, 0), Operators.<B>at(v, 1)), a, b);
  }

  /** Like {@link #zip(Call, Call, BiFunction)}, for three calls. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      Call<R> zip(
          Call<? extends A> a,
          Call<? extends B> b,
          Call<? extends C> c,
          Combiner3<? super A, ? super B, ? super C, ? extends R> combiner) {
    Objects.requireNonNull(combiner, "combiner");
    return Operators.zip(
        v -> combiner.combine(Operators.<A>at(v, 0), Operators.<B>at(v, 1), Operators.<C>at(v, 2)),
        a,
        b,
        c);
  }

  /** Like {@link #zip(Call, Call, BiFunction)}, for four calls. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      Call<R> zip(
          Call<? extends A> a,
          Call<? extends B> b,
          Call<? extends C> c,
          Call<? extends D> d,
          Combiner4<? super A, ? super B, ? super C, ? super D, ? extends R> combiner) {
    Objects.requireNonNull(combiner, "combiner");
    return Operators.zip(
        v -> combiner.combine(
            Operators.<A>at(v, 0),
            Operators.<B>at(v, 1),
            Operators.<C>at(v, 2),
            Operators.<D>at(v, 3)),
        a,
        b,
        c,
        d);
  }

  /** Like {@link #zip(Call, Call, BiFunction)}, for five calls. */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          R extends @Nullable Object>
      Call<R> zip(
          Call<? extends A> a,
          Call<? extends B> b,
          Call<? extends C> c,
          Call<? extends D> d,
          Call<? extends E> e,
          Combiner5<? super A, ? super B, ? super C, ? super D, ? super E, ? extends R> combiner) {
    Objects.requireNonNull(combiner, "combiner");
    return Operators.zip(
        v -> combiner.combine(
            Operators.<A>at(v, 0),
            Operators.<B>at(v, 1),
            Operators.<C>at(v, 2),
            Operators.<D>at(v, 3),
            Operators.<E>at(v, 4)),
        a,
        b,
        c,
        d,
        e);
  }

  /** Combines three values into one. */
  @FunctionalInterface
  public interface Combiner3<
      A extends @Nullable Object,
      B extends @Nullable Object,
      C extends @Nullable Object,
      R extends @Nullable Object> {
    /** Combines the values. May block. */
    R combine(A a, B b, C c);
  }

  /** Combines four values into one. */
  @FunctionalInterface
  public interface Combiner4<
      A extends @Nullable Object,
      B extends @Nullable Object,
      C extends @Nullable Object,
      D extends @Nullable Object,
      R extends @Nullable Object> {
    /** Combines the values. May block. */
    R combine(A a, B b, C c, D d);
  }

  /** Combines five values into one. */
  @FunctionalInterface
  public interface Combiner5<
      A extends @Nullable Object,
      B extends @Nullable Object,
      C extends @Nullable Object,
      D extends @Nullable Object,
      E extends @Nullable Object,
      R extends @Nullable Object> {
    /** Combines the values. May block. */
    R combine(A a, B b, C c, D d, E e);
  }
}
