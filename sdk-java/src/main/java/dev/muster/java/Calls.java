package dev.muster.java;

import dev.muster.concurrent.Completed;
import dev.muster.concurrent.MapChunkedKt;
import dev.muster.concurrent.MapConcurrentKt;
import dev.muster.concurrent.Outcome;
import dev.muster.concurrent.PipelineKt;
import dev.muster.concurrent.Winner;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import kotlinx.coroutines.flow.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Operators over many calls. Each gives a call, or a stream, that describes the whole: nothing is
 * sent until that is executed or opened.
 *
 * <p>When an operator ends, well or badly, or is cancelled, none of the calls it started runs any
 * more: those it does not need are cancelled and their exchanges closed.
 *
 * <p>Most take either calls, or items and a function that makes each item's call. That function runs
 * on the threads for callbacks (see {@link Call}), for all items at once as far as the operator
 * allows; one that throws or gives null is that item's failure. Collections are copied when the
 * operator is called. An operator that starts all calls at once refuses more than 1,000,000 items that
 * are not a collection, for they may have no end.
 *
 * <p>An {@link Error} ends the whole operator. A cancelled future that a function of yours waited
 * for is a failure as any other.
 */
@SuppressWarnings("varargs") // The arrays are only read.
@CheckReturnValue
public final class Calls {
  private Calls() {}

  /**
   * Runs all calls at once and gives their values in the order of the calls.
   *
   * <p>Fails with the first failure in time; the other calls are cancelled then, and what they fail
   * with meanwhile is suppressed in it. No calls give an empty list. There is no limit to how many
   * run at once: for a limit see {@link #mapConcurrent}.
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

  /** As {@link #gather(Call[])}. */
  public static <T extends @Nullable Object> Call<List<T>> gather(
      Collection<? extends Call<? extends T>> calls) {
    return Operators.gathered(Operators.copy(calls), Operators.running());
  }

  /** As {@link #gather(Call[])}, with one call for each of {@code items}. */
  public static <I extends @Nullable Object, T extends @Nullable Object> Call<List<T>> gather(
      Iterable<? extends I> items, Function<? super I, ? extends Call<? extends T>> mapper) {
    return Operators.gathered(Operators.<I>copy(items), Operators.making(mapper));
  }

  /**
   * Runs all calls at once and gives how each ended, in the order of the calls. A failing call stops
   * no other.
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

  /** As {@link #gatherSettled(Call[])}. */
  public static <T extends @Nullable Object> Call<List<Outcome<T>>> gatherSettled(
      Collection<? extends Call<? extends T>> calls) {
    return Operators.settled(Operators.copy(calls), Operators.running());
  }

  /** As {@link #gatherSettled(Call[])}, with one call for each of {@code items}. */
  public static <I extends @Nullable Object, T extends @Nullable Object>
      Call<List<Outcome<T>>> gatherSettled(
          Iterable<? extends I> items, Function<? super I, ? extends Call<? extends T>> mapper) {
    return Operators.settled(Operators.<I>copy(items), Operators.making(mapper));
  }

  /**
   * Runs all calls at once and gives the first that succeeds, with its index and label; a fast
   * failure does not decide it.
   *
   * <p>The others are cancelled at that moment and have ended when this call ends. Where all fail it
   * fails with {@link dev.muster.error.AllFailedException}, which holds every cause.
   *
   * <pre>{@code
   * Winner<String> first = Calls.race(
   *         gpt.ask("Name a prime.").label("gpt"), claude.ask("Name a prime.").label("claude"))
   *     .execute();
   * System.out.println(first.label() + " after " + first.elapsed() + ": " + first.value());
   * }</pre>
   *
   * @throws IllegalArgumentException where there are no calls
   */
  @SafeVarargs
  public static <T extends @Nullable Object> Call<Winner<T>> race(Call<? extends T>... calls) {
    return race(Arrays.asList(calls));
  }

  /**
   * As {@link #race(Call[])}.
   *
   * @throws IllegalArgumentException where there are no calls
   */
  public static <T extends @Nullable Object> Call<Winner<T>> race(
      Collection<? extends Call<? extends T>> calls) {
    return Operators.race(Operators.atLeastOne("race", calls), Entry::ofCall);
  }

  /**
   * As {@link #race(Call[])}, with one call for each of {@code items}.
   *
   * @throws IllegalArgumentException where there are no items
   */
  public static <I extends @Nullable Object, T extends @Nullable Object> Call<Winner<T>> race(
      Iterable<? extends I> items, Function<? super I, ? extends Call<? extends T>> mapper) {
    Objects.requireNonNull(mapper, "mapper");
    return Operators.race(
        Operators.<I>atLeastOne("race", items), item -> Entry.ofItem(item, mapper));
  }

  /**
   * Runs all calls at once and gives the first that settles, whether it succeeded or failed, with
   * its index and label: a failure is the outcome and not an exception.
   *
   * <p>The others are cancelled at that moment and have ended when this call ends. Unlike operations
   * are made alike by {@link Call#map}: {@code Calls.select(model.ask(prompt),
   * Call.delay(limit).map(x -> "too slow"))}.
   *
   * <pre>{@code
   * Completed<String, String> first = Calls.select(
   *         model.ask("Write a novel."), Call.delay(Duration.ofSeconds(5)).map(x -> "Too slow"))
   *     .execute();
   * System.out.println(first.outcome());
   * }</pre>
   *
   * @throws IllegalArgumentException where there are no calls
   */
  @SafeVarargs
  public static <T extends @Nullable Object> Call<Completed<String, T>> select(
      Call<? extends T>... calls) {
    return select(Arrays.asList(calls));
  }

  /**
   * As {@link #select(Call[])}.
   *
   * @throws IllegalArgumentException where there are no calls
   */
  public static <T extends @Nullable Object> Call<Completed<String, T>> select(
      Collection<? extends Call<? extends T>> calls) {
    return Operators.select(Operators.atLeastOne("select", calls), Entry::ofCall, Entry::labelled);
  }

  /**
   * As {@link #select(Call[])}, with one call for each of {@code items}.
   *
   * @throws IllegalArgumentException where there are no items
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
   * Runs all calls at once and gives each as it ends, fastest first, with its index, its label and
   * how many are still pending. A failure is an outcome and stops no other call. The item is the
   * label.
   *
   * <p>Closing the stream cancels the calls that still run.
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

  /** As {@link #asCompleted(Call[])}. */
  public static <T extends @Nullable Object> StreamCall<Completed<String, T>> asCompleted(
      Collection<? extends Call<? extends T>> calls) {
    return Operators.asCompleted(Operators.copy(calls), Entry::ofCall, Entry::labelled);
  }

  /** As {@link #asCompleted(Call[])}, with one call for each of {@code items}. */
  public static <I extends @Nullable Object, T extends @Nullable Object>
      StreamCall<Completed<I, T>> asCompleted(
          Iterable<? extends I> items, Function<? super I, ? extends Call<? extends T>> mapper) {
    Objects.requireNonNull(mapper, "mapper");
    return Operators.asCompleted(
        Operators.<I>copy(items), item -> Entry.ofItem(item, mapper), Entry::withItem);
  }

  /**
   * Makes and runs each item's call, at most {@code limit} at a time, and gives the values in the
   * order of the items. The next item starts when one has ended. A result that waits for an earlier
   * item, which still runs, gives its place to the next item, up to twice {@code limit} such
   * results: at most three times {@code limit} items are started and not yet taken.
   *
   * <p>{@code items} may be endless: its iterator is asked, on the threads for callbacks, for what
   * can start and no more. The first failure in time cancels what runs and fails the stream. Closing
   * the stream cancels what runs.
   *
   * <pre>{@code
   * List<String> answers = Calls.mapConcurrent(prompts, 4, model::ask).toList().execute();
   * System.out.println(answers);
   * }</pre>
   *
   * @throws IllegalArgumentException where {@code limit} is not positive
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
   * As {@link #mapConcurrent}, with the values in the order in which they are ready; an item keeps
   * its place until its value is taken.
   *
   * <pre>{@code
   * Calls.mapConcurrentUnordered(prompts, 4, model::ask)
   *     .forEach(System.out::println)
   *     .execute();
   * }</pre>
   *
   * @throws IllegalArgumentException where {@code limit} is not positive
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
   * Makes and runs the items' calls in groups of {@code size} with a barrier: the next group starts
   * when the last one has ended and its values are taken. The values come in the order of the items.
   *
   * <p>Where no barrier is needed, {@link #mapConcurrent} is faster.
   *
   * <pre>{@code
   * List<String> answers = Calls.mapChunked(prompts, 3, model::ask).toList().execute();
   * System.out.println(answers);
   * }</pre>
   *
   * @throws IllegalArgumentException where {@code size} is not positive
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
   * A pipeline that {@code items} go through; add stages to it. Items that are no collection are
   * asked for as they are needed, anew each time the pipeline runs.
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
   * A batch over {@code items}: 8 at a time, failures in the report, until its methods say
   * otherwise. For items without an end see {@link Batch#results}.
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
   * Runs two calls at once and gives what {@code combiner} makes of their values. Fails as {@link
   * #gather(Call[])} does.
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

  /** As {@link #zip(Call, Call, BiFunction)}, for three calls. */
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

  /** As {@link #zip(Call, Call, BiFunction)}, for four calls. */
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

  /** As {@link #zip(Call, Call, BiFunction)}, for five calls. */
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

  /** Makes one value of three. */
  @FunctionalInterface
  public interface Combiner3<
      A extends @Nullable Object,
      B extends @Nullable Object,
      C extends @Nullable Object,
      R extends @Nullable Object> {
    /** Makes one value of three. It may block. */
    R combine(A a, B b, C c);
  }

  /** Makes one value of four. */
  @FunctionalInterface
  public interface Combiner4<
      A extends @Nullable Object,
      B extends @Nullable Object,
      C extends @Nullable Object,
      D extends @Nullable Object,
      R extends @Nullable Object> {
    /** Makes one value of four. It may block. */
    R combine(A a, B b, C c, D d);
  }

  /** Makes one value of five. */
  @FunctionalInterface
  public interface Combiner5<
      A extends @Nullable Object,
      B extends @Nullable Object,
      C extends @Nullable Object,
      D extends @Nullable Object,
      E extends @Nullable Object,
      R extends @Nullable Object> {
    /** Makes one value of five. It may block. */
    R combine(A a, B b, C c, D d, E e);
  }
}
