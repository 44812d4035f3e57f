package dev.muster.java;

import dev.muster.java.Link.Inner;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future of a running call, whose cancelling closes the call's exchanges with the provider.
 *
 * <p><b>What cancels the call.</b> {@link #cancel}, {@link #complete}, {@link
 * #completeExceptionally}, {@link #completeAsync(Supplier) completeAsync}, {@link #orTimeout},
 * {@link #completeOnTimeout}, {@link #obtrudeValue} and {@link #obtrudeException}, where they
 * settle this future before the call does, and the same on every stage that instance methods made
 * of it ({@code thenApply}, {@code handle}, {@code thenCombine} and so on), however long the chain.
 * None of them blocks.
 *
 * <ul>
 *   <li>Cancelling the result of {@code thenCompose} or {@code exceptionallyCompose} also cancels
 *       the stage that the given function returned, or will return.
 *   <li>A cancelled branch cancels its siblings, for they wait for the same call. To fan out, give
 *       each branch a {@link #copy}.
 *   <li>{@link #copy} and {@link #minimalCompletionStage} cut the link: what is done to them stays
 *       with them.
 *   <li>A stage that waits for two futures ({@code thenCombine}, {@code applyToEither} and so on)
 *       cancels the calls of both, where the second is a {@code CallFuture} too. A second future of
 *       another kind is left as it is.
 *   <li>The static {@code allOf} and {@code anyOf}, and stages begun on a future of another kind,
 *       know nothing of the call: combine {@link Call}s by {@link Calls} instead.
 * </ul>
 *
 * <p><b>How it ends.</b> With the call's value; with the exception itself, a {@link
 * dev.muster.error.LlmException} mostly, which {@code join} and {@code get} wrap as the JDK does;
 * or, cancelled, with a {@link java.util.concurrent.CancellationException}, at once for the stage
 * on which cancel was called. A future that the call settles does so when all that the call had
 * started has ended.
 *
 * <p><b>Threads.</b> Dependents run on the threads for callbacks (see {@link Call}), and may block;
 * {@code …Async} methods without an executor use the same threads. As with every {@code
 * CompletableFuture}, a dependent that is added when the future is settled, or whose future the
 * caller settles, runs on the caller's thread.
 *
 * <pre>{@code
 * CallFuture<String> future = model.ask("Write a novel.").executeAsync();
 * future.thenApply(String::length).thenAccept(System.out::println);
 * future.cancel(true);
 * }</pre>
 *
 * @param <T> the type of the value
 */
public final class CallFuture<T extends @Nullable Object> extends CompletableFuture<T> {
  private final Callbacks callbacks;

  /** Cancels what this stage waits for. Replaced only before the stage is handed out. */
  private volatile Link link;

  CallFuture(Callbacks callbacks, Link link) {
    this.callbacks = callbacks;
    this.link = link;
  }

  /** The call has ended. */
  void settle(T value) {
    super.complete(value);
  }

  /** The call has ended: false where this future has been settled before. */
  boolean settleExceptionally(Throwable failure) {
    return super.completeExceptionally(failure);
  }

  Link link() {
    return link;
  }

  /** Cancels this future and leaves what it waits for to the caller. */
  boolean cancelAlone() {
    return super.cancel(true);
  }

  /** Hands the link on: every instance method of the JDK's class makes its stage here. */
  @Override
  public <U> CallFuture<U> newIncompleteFuture() {
    return new CallFuture<>(callbacks, link);
  }

  /** The threads for callbacks. */
  @Override
  public Executor defaultExecutor() {
    return callbacks;
  }

  /**
   * Cancels the call, whatever {@code mayInterruptIfRunning} is, and returns at once.
   *
   * @return whether this future is now cancelled: false where it had settled before
   */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return cut(super.cancel(mayInterruptIfRunning));
  }

  /** Settles this future with {@code value} and, where that came first, cancels the call. */
  @Override
  public boolean complete(T value) {
    return cut(super.complete(value));
  }

  /** Settles this future with {@code failure} and, where that came first, cancels the call. */
  @Override
  public boolean completeExceptionally(Throwable failure) {
    return cut(super.completeExceptionally(failure));
  }

  /** As {@link #completeAsync(Supplier, Executor)}, on the threads for callbacks. */
  @Override
  public CallFuture<T> completeAsync(Supplier<? extends T> supplier) {
    return completeAsync(supplier, callbacks);
  }

  /**
   * Settles this future with what {@code supplier} gives on {@code executor} and, where that came
   * first, cancels the call.
   */
  @Override
  public CallFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
    Objects.requireNonNull(supplier, "supplier");
    executor.execute(() -> {
      if (isDone()) return;
      try {
        complete(supplier.get());
      } catch (Throwable e) {
        completeExceptionally(e instanceof CompletionException ? e : new CompletionException(e));
      }
    });
    return this;
  }

  /** Whatever this future had, it now has {@code value}; the call is cancelled. */
  @Override
  public void obtrudeValue(T value) {
    super.obtrudeValue(value);
    cut(true);
  }

  /** Whatever this future had, it now has {@code failure}; the call is cancelled. */
  @Override
  public void obtrudeException(Throwable failure) {
    super.obtrudeException(failure);
    cut(true);
  }

  /**
   * Settles this future with the JDK's {@link TimeoutException} where it has not settled in time,
   * and cancels the call. {@link Call#timeout} tells more: which limit passed and what had arrived.
   */
  @Override
  public CallFuture<T> orTimeout(long timeout, TimeUnit unit) {
    return after(timeout, unit, () -> completeExceptionally(new TimeoutException()));
  }

  /** Settles this future with {@code value} where it has not settled in time; cancels the call. */
  @Override
  public CallFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
    return after(timeout, unit, () -> complete(value));
  }

  /** A future that settles as this one does and cannot cancel the call. */
  @Override
  public CallFuture<T> copy() {
    CallFuture<T> copy = (CallFuture<T>) super.copy();
    copy.link = Link.NONE;
    return copy;
  }

  @Override
  public <U> CallFuture<U> thenCompose(Function<? super T, ? extends CompletionStage<U>> function) {
    Inner inner = new Inner(link);
    return linked(super.thenCompose(inner.around(function)), inner);
  }

  @Override
  public <U> CallFuture<U> thenComposeAsync(
      Function<? super T, ? extends CompletionStage<U>> function) {
    Inner inner = new Inner(link);
    return linked(super.thenComposeAsync(inner.around(function)), inner);
  }

  @Override
  public <U> CallFuture<U> thenComposeAsync(
      Function<? super T, ? extends CompletionStage<U>> function, Executor executor) {
    Inner inner = new Inner(link);
    return linked(super.thenComposeAsync(inner.around(function), executor), inner);
  }

  @Override
  public CallFuture<T> exceptionallyCompose(
      Function<Throwable, ? extends CompletionStage<T>> function) {
    Inner inner = new Inner(link);
    return linked(super.exceptionallyCompose(inner.around(function)), inner);
  }

  @Override
  public CallFuture<T> exceptionallyComposeAsync(
      Function<Throwable, ? extends CompletionStage<T>> function) {
    Inner inner = new Inner(link);
    return linked(super.exceptionallyComposeAsync(inner.around(function)), inner);
  }

  @Override
  public CallFuture<T> exceptionallyComposeAsync(
      Function<Throwable, ? extends CompletionStage<T>> function, Executor executor) {
    Inner inner = new Inner(link);
    return linked(super.exceptionallyComposeAsync(inner.around(function), executor), inner);
  }

  @Override
  public <U, V> CallFuture<V> thenCombine(
      CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> function) {
    return linked(super.thenCombine(other, function), Link.both(link, other));
  }

  @Override
  public <U, V> CallFuture<V> thenCombineAsync(
      CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> function) {
    return linked(super.thenCombineAsync(other, function), Link.both(link, other));
  }

  @Override
  public <U, V> CallFuture<V> thenCombineAsync(
      CompletionStage<? extends U> other,
      BiFunction<? super T, ? super U, ? extends V> function,
      Executor executor) {
    return linked(super.thenCombineAsync(other, function, executor), Link.both(link, other));
  }

  @Override
  public <U> CallFuture<@Nullable Void> thenAcceptBoth(
      CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
    return linked(super.thenAcceptBoth(other, action), Link.both(link, other));
  }

  @Override
  public <U> CallFuture<@Nullable Void> thenAcceptBothAsync(
      CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
    return linked(super.thenAcceptBothAsync(other, action), Link.both(link, other));
  }

  @Override
  public <U> CallFuture<@Nullable Void> thenAcceptBothAsync(
      CompletionStage<? extends U> other,
      BiConsumer<? super T, ? super U> action,
      Executor executor) {
    return linked(super.thenAcceptBothAsync(other, action, executor), Link.both(link, other));
  }

  @Override
  public CallFuture<@Nullable Void> runAfterBoth(CompletionStage<?> other, Runnable action) {
    return linked(super.runAfterBoth(other, action), Link.both(link, other));
  }

  @Override
  public CallFuture<@Nullable Void> runAfterBothAsync(CompletionStage<?> other, Runnable action) {
    return linked(super.runAfterBothAsync(other, action), Link.both(link, other));
  }

  @Override
  public CallFuture<@Nullable Void> runAfterBothAsync(
      CompletionStage<?> other, Runnable action, Executor executor) {
    return linked(super.runAfterBothAsync(other, action, executor), Link.both(link, other));
  }

  @Override
  public <U> CallFuture<U> applyToEither(
      CompletionStage<? extends T> other, Function<? super T, U> function) {
    return linked(super.applyToEither(other, function), Link.both(link, other));
  }

  @Override
  public <U> CallFuture<U> applyToEitherAsync(
      CompletionStage<? extends T> other, Function<? super T, U> function) {
    return linked(super.applyToEitherAsync(other, function), Link.both(link, other));
  }

  @Override
  public <U> CallFuture<U> applyToEitherAsync(
      CompletionStage<? extends T> other, Function<? super T, U> function, Executor executor) {
    return linked(super.applyToEitherAsync(other, function, executor), Link.both(link, other));
  }

  @Override
  public CallFuture<@Nullable Void> acceptEither(
      CompletionStage<? extends T> other, Consumer<? super T> action) {
    return linked(super.acceptEither(other, action), Link.both(link, other));
  }

  @Override
  public CallFuture<@Nullable Void> acceptEitherAsync(
      CompletionStage<? extends T> other, Consumer<? super T> action) {
    return linked(super.acceptEitherAsync(other, action), Link.both(link, other));
  }

  @Override
  public CallFuture<@Nullable Void> acceptEitherAsync(
      CompletionStage<? extends T> other, Consumer<? super T> action, Executor executor) {
    return linked(super.acceptEitherAsync(other, action, executor), Link.both(link, other));
  }

  @Override
  public CallFuture<@Nullable Void> runAfterEither(CompletionStage<?> other, Runnable action) {
    return linked(super.runAfterEither(other, action), Link.both(link, other));
  }

  @Override
  public CallFuture<@Nullable Void> runAfterEitherAsync(CompletionStage<?> other, Runnable action) {
    return linked(super.runAfterEitherAsync(other, action), Link.both(link, other));
  }

  @Override
  public CallFuture<@Nullable Void> runAfterEitherAsync(
      CompletionStage<?> other, Runnable action, Executor executor) {
    return linked(super.runAfterEitherAsync(other, action, executor), Link.both(link, other));
  }

  private <U extends @Nullable Object> CallFuture<U> linked(
      CompletableFuture<U> stage, Link linked) {
    if (stage instanceof CallFuture<U> future) {
      future.link = linked;
      return future;
    }
    // Of two futures the JDK asks the one that has settled for the stage, and it may be a plain
    // one.
    CallFuture<U> own =
        new CallFuture<>(callbacks, Link.both(linked, Link.to(() -> stage.cancel(true))));
    stage.whenComplete((value, failure) -> {
      if (failure == null) own.settle(value);
      else own.settleExceptionally(failure);
    });
    return own;
  }

  private boolean cut(boolean settled) {
    if (settled) link.cut();
    return settled;
  }

  /**
   * The JDK's timer runs dependents on its one thread, where a blocking one would stop all timers
   * of the program: so it only hands {@code action} over.
   */
  private CallFuture<T> after(long timeout, TimeUnit unit, Runnable action) {
    Objects.requireNonNull(unit, "unit");
    if (isDone()) return this;
    CompletableFuture<@Nullable Void> timer = new CompletableFuture<@Nullable Void>();
    timer.orTimeout(timeout, unit).whenComplete((nothing, passed) -> {
      if (passed != null) callbacks.executeSurely(null, hindrance -> action.run());
    });
    super.whenComplete((value, failure) -> timer.complete(null));
    return this;
  }
}
