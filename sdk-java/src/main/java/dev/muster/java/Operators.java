package dev.muster.java;

import dev.muster.concurrent.AsCompletedKt;
import dev.muster.concurrent.Branch;
import dev.muster.concurrent.Completed;
import dev.muster.concurrent.GatherKt;
import dev.muster.concurrent.Outcome;
import dev.muster.concurrent.RaceKt;
import dev.muster.concurrent.RaceResult;
import dev.muster.concurrent.SelectFirstKt;
import dev.muster.facade.Composition;
import dev.muster.facade.FlowComposition;
import dev.muster.java.internal.Bridge;
import dev.muster.java.internal.Bridge.SuspendCall;
import dev.muster.java.internal.Bridge.SuspendFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import kotlinx.coroutines.flow.Flow;
import org.jspecify.annotations.Nullable;

/** The implementation of {@link Calls}: adapts calls and functions to the core's operators. */
final class Operators {
  /**
   * Maximum number of items read from an {@code Iterable} that is not a collection, and so may be
   * endless, by operators that need all items.
   */
  private static final int MAX_UNCOUNTED = 1_000_000;

  private Operators() {}

  static <I extends @Nullable Object, T extends @Nullable Object> Call<List<T>> gathered(
      List<I> items, SuspendFunction<I, T> run) {
    SuspendCall<List<? extends T>> body = k -> GatherKt.<I, T>gather(items, run, k);
    return new Call<>(Operators.<List<T>>same(body));
  }

  static <I extends @Nullable Object, T extends @Nullable Object> Call<List<Outcome<T>>> settled(
      List<I> items, SuspendFunction<I, T> run) {
    SuspendCall<List<? extends Outcome<? extends T>>> body =
        k -> GatherKt.<I, T>gatherSettled(items, run, k);
    return new Call<>(Operators.<List<Outcome<T>>>same(body));
  }

  static <C extends @Nullable Object, I extends @Nullable Object, T extends @Nullable Object>
      Call<RaceResult<T>> race(List<C> of, Function<? super C, Entry<I, T>> entry) {
    return new Call<>(k -> Operators.<I, T>race(entries(of, entry)).invoke(k));
  }

  private static <I extends @Nullable Object, T extends @Nullable Object>
      SuspendCall<RaceResult<T>> race(List<Entry<I, T>> entries) {
    List<Branch<T>> branches = entries.stream().map(Entry::branch).toList();
    SuspendCall<RaceResult<? extends T>> race = k -> RaceKt.<T>race(branches, k);
    return k -> Composition.<RaceResult<? extends T>, RaceResult<T>>mapped(
        race, (winner, j) -> Entry.named(winner, entries), k);
  }

  static <
          C extends @Nullable Object,
          I extends @Nullable Object,
          J extends @Nullable Object,
          T extends @Nullable Object>
      Call<Completed<J, T>> select(
          List<C> of, Function<? super C, Entry<I, T>> entry, Naming<I, J, T> naming) {
    return new Call<>(k -> Operators.<I, J, T>select(entries(of, entry), naming).invoke(k));
  }

  private static <
          I extends @Nullable Object, J extends @Nullable Object, T extends @Nullable Object>
      SuspendCall<Completed<J, T>> select(List<Entry<I, T>> entries, Naming<I, J, T> naming) {
    List<Branch<T>> branches = entries.stream().map(Entry::branch).toList();
    SuspendCall<Completed<String, ? extends T>> select =
        k -> SelectFirstKt.<T>selectFirst(branches, k);
    return k -> Composition.<Completed<String, ? extends T>, Completed<J, T>>mapped(
        select, (first, j) -> naming.name(entries.get(first.index()), first), k);
  }

  static <
          C extends @Nullable Object,
          I extends @Nullable Object,
          J extends @Nullable Object,
          T extends @Nullable Object>
      StreamCall<Completed<J, T>> asCompleted(
          List<C> of, Function<? super C, Entry<I, T>> entry, Naming<I, J, T> naming) {
    return new StreamCall<>(() -> asCompleted(entries(of, entry), naming), null);
  }

  private static <
          I extends @Nullable Object, J extends @Nullable Object, T extends @Nullable Object>
      Flow<Completed<J, T>> asCompleted(List<Entry<I, T>> entries, Naming<I, J, T> naming) {
    Flow<Completed<Entry<I, T>, T>> ended = AsCompletedKt.<Entry<I, T>, T>asCompleted(
        entries, null, (entry, k) -> entry.call().invoke(k));
    return FlowComposition.<Completed<Entry<I, T>, T>, Completed<J, T>>mappedEach(
        ended, (one, k) -> naming.name(one.item(), one));
  }

  /** Converts the outcome of an entry into a result. */
  @FunctionalInterface
  interface Naming<
      I extends @Nullable Object, J extends @Nullable Object, T extends @Nullable Object> {
    Completed<J, T> name(Entry<I, T> entry, Completed<?, ? extends T> ended);
  }

  static <R extends @Nullable Object> Call<R> zip(
      Function<List<@Nullable Object>, ? extends R> combiner, Call<?>... calls) {
    Call<List<@Nullable Object>> all = Calls.gather(Arrays.asList(calls));
    return all.map(combiner);
  }

  @SuppressWarnings("unchecked") // Safe: the position determines the type, see Calls.zip.
  static <A extends @Nullable Object> A at(List<@Nullable Object> values, int index) {
    return (A) values.get(index);
  }

  /** Runs an item that is a call. */
  static <T extends @Nullable Object> SuspendFunction<Call<? extends T>, T> running() {
    return (call, k) -> Call.<T>made(call).invoke(k);
  }

  /** Creates the call of an item on a callback thread and runs it. */
  static <I extends @Nullable Object, T extends @Nullable Object> SuspendFunction<I, T> making(
      Function<? super I, ? extends Call<? extends T>> mapper) {
    Objects.requireNonNull(mapper, "mapper");
    return (item, k) -> Composition.<T>deferred(
        j -> Bridge.callback(null, () -> Call.<T>made(mapper.apply(item)), j), k);
  }

  /** Returns the items, read as they are needed; a collection is copied at once. */
  static <I extends @Nullable Object> Flow<I> pulled(Iterable<? extends I> items) {
    if (items instanceof Collection<?>) return Bridge.flow(Operators.<I>copy(items));
    return FlowComposition.<I>iterated(items, (task, k) -> Bridge.callback(null, task, k));
  }

  static <I extends @Nullable Object> List<I> copy(Iterable<? extends I> items) {
    List<I> copy = new ArrayList<>();
    for (I item : items) {
      if (copy.size() == MAX_UNCOUNTED && !(items instanceof Collection<?>)) {
        throw new IllegalArgumentException("More than " + MAX_UNCOUNTED
            + " items, which may have no end, for an operator that starts all of them at once."
            + " Use mapConcurrent, or pass a collection");
      }
      copy.add(item);
    }
    return Collections.unmodifiableList(copy);
  }

  static <I extends @Nullable Object> List<I> atLeastOne(
      String operator, Iterable<? extends I> items) {
    List<I> copy = copy(items);
    if (copy.isEmpty()) throw new IllegalArgumentException(operator + " needs at least one call");
    return copy;
  }

  private static <
          C extends @Nullable Object, I extends @Nullable Object, T extends @Nullable Object>
      List<Entry<I, T>> entries(List<C> of, Function<? super C, Entry<I, T>> entry) {
    return of.stream().map(entry).toList();
  }

  /**
   * Removes the wildcards that Kotlin's declaration-site variance becomes in Java. Safe: the values
   * are immutable.
   */
  @SuppressWarnings("unchecked")
  static <T extends @Nullable Object> SuspendCall<T> same(SuspendCall<?> call) {
    return (SuspendCall<T>) call;
  }
}
