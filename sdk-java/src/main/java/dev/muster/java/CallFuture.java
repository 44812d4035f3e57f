package dev.muster.java;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
 *   <li>The static {@code allOf} and {@code anyOf}, and stages begun on another future, know
 *       nothing of the call: combine {@link Call}s by {@link Calls} instead. So the second future
 *       of {@code thenCombine} or {@code applyToEither} is not cancelled with the result.
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
  private volatile Runnable link;

  CallFuture(Callbacks callbacks, Runnable link) {
    this.callbacks = callbacks;
    this.link = link;
  }

  /** The call has ended. */
  void settle(T value) {
    super.complete(value);
  }

  /** The call has ended. */
  void settleExceptionally(Throwable failure) {
    super.completeExceptionally(failure);
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
    copy.link = () -> {};
    return copy;
  }

  @Override
  public <U> CallFuture<U> thenCompose(Function<? super T, ? extends CompletionStage<U>> function) {
    Inner inner = new Inner(link);
    return inner.of(super.thenCompose(inner.around(function)));
  }

  @Override
  public <U> CallFuture<U> thenComposeAsync(
      Function<? super T, ? extends CompletionStage<U>> function) {
    Inner inner = new Inner(link);
    return inner.of(super.thenComposeAsync(inner.around(function)));
  }

  @Override
  public <U> CallFuture<U> thenComposeAsync(
      Function<? super T, ? extends CompletionStage<U>> function, Executor executor) {
    Inner inner = new Inner(link);
    return inner.of(super.thenComposeAsync(inner.around(function), executor));
  }

  @Override
  public CallFuture<T> exceptionallyCompose(
      Function<Throwable, ? extends CompletionStage<T>> function) {
    Inner inner = new Inner(link);
    return inner.of(super.exceptionallyCompose(inner.around(function)));
  }

  @Override
  public CallFuture<T> exceptionallyComposeAsync(
      Function<Throwable, ? extends CompletionStage<T>> function) {
    Inner inner = new Inner(link);
    return inner.of(super.exceptionallyComposeAsync(inner.around(function)));
  }

  @Override
  public CallFuture<T> exceptionallyComposeAsync(
      Function<Throwable, ? extends CompletionStage<T>> function, Executor executor) {
    Inner inner = new Inner(link);
    return inner.of(super.exceptionallyComposeAsync(inner.around(function), executor));
  }

  private boolean cut(boolean settled) {
    if (settled) link.run();
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
      if (passed != null) callbacks.executeSurely(action);
    });
    super.whenComplete((value, failure) -> timer.complete(null));
    return this;
  }

  /** The link of a composed stage: to the call, and to the stage the user's function returned. */
  private static final class Inner implements Runnable {
    private final Runnable outer;
    private @Nullable CompletionStage<?> stage;
    private boolean cancelled;

    Inner(Runnable outer) {
      this.outer = outer;
    }

    <A, S extends @Nullable CompletionStage<?>> Function<A, S> around(
        Function<? super A, ? extends S> function) {
      Objects.requireNonNull(function, "function");
      return argument -> hold(function.apply(argument));
    }

    <U extends @Nullable Object> CallFuture<U> of(CompletableFuture<U> composed) {
      CallFuture<U> future = (CallFuture<U>) composed;
      future.link = this;
      return future;
    }

    private <S extends @Nullable CompletionStage<?>> S hold(S returned) {
      boolean late;
      synchronized (this) {
        stage = returned;
        late = cancelled;
      }
      if (late) cancel(returned);
      return returned;
    }

    @Override
    public void run() {
      CompletionStage<?> inner;
      synchronized (this) {
        cancelled = true;
        inner = stage;
      }
      outer.run();
      cancel(inner);
    }

    private static void cancel(@Nullable CompletionStage<?> stage) {
      if (stage != null) stage.toCompletableFuture().cancel(true);
    }
  }
}
