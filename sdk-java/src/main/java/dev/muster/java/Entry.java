package dev.muster.java;

import dev.muster.concurrent.Branch;
import dev.muster.concurrent.Completed;
import dev.muster.concurrent.RaceResult;
import dev.muster.facade.Relabelled;
import dev.muster.java.internal.Bridge.SuspendCall;
import dev.muster.java.internal.Bridge.SuspendFunction;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One run of one call inside an operator. The label of a call created from an item is known only
 * after the call is created: it is stored here and copied to the result.
 */
final class Entry<I extends @Nullable Object, T extends @Nullable Object> {
  private final I item;
  private final SuspendFunction<Entry<I, T>, T> body;
  private volatile @Nullable String label;

  private Entry(I item, SuspendFunction<Entry<I, T>, T> body) {
    this.item = item;
    this.body = body;
  }

  static <T extends @Nullable Object> Entry<@Nullable Void, T> ofCall(Call<? extends T> call) {
    SuspendCall<T> body = Call.made(call);
    Entry<@Nullable Void, T> entry = new Entry<>(null, (self, k) -> body.invoke(k));
    entry.label = call.label;
    return entry;
  }

  static <I extends @Nullable Object, T extends @Nullable Object> Entry<I, T> ofItem(
      I item, Function<? super I, ? extends Call<? extends T>> mapper) {
    return new Entry<>(item, Operators.<Entry<I, T>, T>making(self -> {
      Call<? extends T> call = mapper.apply(self.item);
      if (call != null) self.label = call.label;
      return call;
    }));
  }

  SuspendCall<T> call() {
    return k -> body.invoke(this, k);
  }

  Branch<T> branch() {
    return new Branch<>(null, call());
  }

  /** Returns {@code winner} with the label of its entry. */
  static <I extends @Nullable Object, T extends @Nullable Object> RaceResult<T> named(
      RaceResult<? extends T> winner, List<Entry<I, T>> entries) {
    String label = entries.get(winner.index()).label(winner.index());
    return Relabelled.<T>relabelled(winner, label);
  }

  /** Returns the outcome {@code ended} of this entry, with the label as the item. */
  Completed<String, T> labelled(Completed<?, ? extends T> ended) {
    return with(label(ended.index()), ended);
  }

  /** Returns the outcome {@code ended} of this entry, with the item. */
  Completed<I, T> withItem(Completed<?, ? extends T> ended) {
    return with(item, ended);
  }

  private <J extends @Nullable Object> Completed<J, T> with(J as, Completed<?, ? extends T> ended) {
    return Relabelled.<J, T>relabelled(ended, as, label(ended.index()));
  }

  private String label(int index) {
    String own = label;
    return own == null ? String.valueOf(index) : own;
  }
}
