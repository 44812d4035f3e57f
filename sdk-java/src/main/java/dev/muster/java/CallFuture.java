package dev.muster.java;

import dev.muster.java.Link.Inner;
import dev.muster.java.internal.Bridge;
import dev.muster.java.internal.Callbacks;
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
 * The future of a running call. Cancelling it closes the call's HTTP exchanges with the provider.
 *
 * <p><b>What cancels the call.</b> {@link #cancel}, {@link #complete}, {@link
 * #completeExceptionally}, {@link #completeAsync(Supplier) completeAsync}, {@link #orTimeout},
 * {@link #completeOnTimeout}, {@link #obtrudeValue} and {@link #obtrudeException} cancel the call
 * if they settle this future before the call does. The same methods do so on every stage that an
 * instance method of this future returns ({@code thenApply}, {@code handle}, {@code thenCombine}
 * and so on), however long the chain. None of them blocks.
 *
 * <ul>
 *   <li>Cancelling the result of {@code thenCompose} or {@code exceptionallyCompose} also cancels
 *       the stage that the given function returned or will return.
 *   <li>Cancelling one branch cancels its sibling branches, because they wait for the same call. To
 *       fan out, give each branch a {@link #copy}.
 *   <li>{@link #copy} and {@link #minimalCompletionStage} cut the link: cancelling or completing
 *       their result does not affect the call.
 *   <li>A stage that waits for two futures ({@code thenCombine}, {@code applyToEither} and so on)
 *       cancels the calls of both if the second is also a {@code CallFuture}. A second future of
 *       another class is not cancelled.
 *   <li>The static methods {@code allOf} and {@code anyOf}, and stages started on a future of
 *       another class, have no link to the call: combine {@link Call}s with {@link Calls} instead.
 * </ul>
 *
 * <p><b>How it ends.</b> With the call's value; with the original exception, usually a {@link
 * dev.muster.error.LlmException}, which {@code join} and {@code get} wrap as the JDK does; or, if
 * cancelled, with a {@link java.util.concurrent.CancellationException}, at once for the stage on
 * which {@code cancel} was called. If the call settles the future, it does so after everything the
 * call started has ended.
 *
 * <p><b>Threads.</b> Dependents run on callback threads (see {@link Call}) and may block. {@code
 * …Async} methods without an executor use the same threads. As with every {@code
 * CompletableFuture}, a dependent runs on the caller's thread if the future is already settled when
 * it is added, or if the caller settles the future.
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

  /** Cancels what this stage waits for. Replaced only before the stage is returned to the user. */
  private volatile Link link;

  /**
   * Starts {@code call}. When it ends, {@code listener} is called before the future settles, on a
   * thread that must not block.
   */
  static <T extends @Nullable Object> CallFuture<T> start(
      Call<T> call,
      Callbacks callbacks,
      BiConsumer<? super @Nullable T, ? super @Nullable Throwable> listener) {
    return Bridge.start(call.body, call.begunInPlace, callbacks, new Futures<>(), listener);
  }

  private static final class Futures<T extends @Nullable Object>
      implements Bridge.Futures<T, CallFuture<T>> {
    @Override
    public CallFuture<T> create(Callbacks callbacks, Runnable cancel) {
      return new CallFuture<>(callbacks, Link.to(cancel));
    }

    @Override
    public void settle(CallFuture<T> future, T value) {
      future.settle(value);
    }

    @Override
    public boolean settleExceptionally(CallFuture<T> future, Throwable failure) {
      return future.settleExceptionally(failure);
    }
  }

  private CallFuture(Callbacks callbacks, Link link) {
    this.callbacks = callbacks;
    this.link = link;
  }

  /** Completes this future with the value of the ended call. */
  void settle(T value) {
    super.complete(value);
  }

  /**
   * Completes this future with the failure of the ended call. Returns false if it was settled
   * before.
   */
  boolean settleExceptionally(Throwable failure) {
    return super.completeExceptionally(failure);
  }

  Link link() {
    return link;
  }

  /** Cancels this future but not the call it waits for. */
  boolean cancelAlone() {
    return super.cancel(true);
  }

  /** Passes the link on: every instance method of the JDK's class creates its stage here. */
  @Override
  public <U> CallFuture<U> newIncompleteFuture() {
    return new CallFuture<>(callbacks, link);
  }

  /** Returns the callback threads. */
  @Override
  public Executor defaultExecutor() {
    return callbacks;
  }

  /**
   * Cancels the call, whatever {@code mayInterruptIfRunning} is, and returns at once.
   *
   * @return true if this future is now cancelled; false if it was already settled
   */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return cut(super.cancel(mayInterruptIfRunning));
  }

  /**
   * Settles this future with {@code value} and cancels the call, unless the future was already
   * settled.
   */
  @Override
  public boolean complete(T value) {
    return cut(super.complete(value));
  }

  /**
   * Settles this future with {@code failure} and cancels the call, unless the future was already
   * settled.
   */
  @Override
  public boolean completeExceptionally(Throwable failure) {
    return cut(super.completeExceptionally(failure));
  }

  /** Like {@link #completeAsync(Supplier, Executor)}, on the callback threads. */
  @Override
  public CallFuture<T> completeAsync(Supplier<? extends T> supplier) {
    return completeAsync(supplier, callbacks);
  }

  /**
   * Runs {@code supplier} on {@code executor}, settles this future with its result and cancels the
   * call, unless the future was already settled.
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

  /**
   * Replaces the result of this future with {@code value}, settled or not, and cancels the call.
   */
  @Override
  public void obtrudeValue(T value) {
    super.obtrudeValue(value);
    cut(true);
  }

  /**
   * Replaces the result of this future with {@code failure}, settled or not, and cancels the call.
   */
  @Override
  public void obtrudeException(Throwable failure) {
    super.obtrudeException(failure);
    cut(true);
  }

  /**
   * Settles this future with the JDK's {@link TimeoutException} and cancels the call, if the future
   * is not settled in time. {@link Call#timeout} gives more details: which timeout passed, and the
   * text received so far.
   */
  @Override
  public CallFuture<T> orTimeout(long timeout, TimeUnit unit) {
    return after(timeout, unit, () -> completeExceptionally(new TimeoutException()));
  }

  /**
   * Settles this future with {@code value} and cancels the call, if the future is not settled in
   * time.
   */
  @Override
  public CallFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
    return after(timeout, unit, () -> complete(value));
  }

  /** Returns a future that settles like this one but cannot cancel the call. */
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
    // For a stage of two futures, the JDK creates it from the one that settled, which may be a
    // plain CompletableFuture.
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
   * Passes {@code action} to the callback threads when the time is up. The JDK's timer would run
   * dependents on its only thread, where a blocking one would stop all timers of the program.
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
