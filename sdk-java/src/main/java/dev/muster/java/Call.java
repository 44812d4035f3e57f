package dev.muster.java;

import dev.muster.concurrent.DeadlineKt;
import dev.muster.concurrent.FallbackKt;
import dev.muster.concurrent.Hedge;
import dev.muster.concurrent.HedgeKt;
import dev.muster.concurrent.Once;
import dev.muster.facade.Composition;
import dev.muster.java.internal.Bridge;
import dev.muster.java.internal.Bridge.SuspendCall;
import dev.muster.java.internal.Callbacks;
import dev.muster.java.internal.Depth;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.resilience.RetryKt;
import dev.muster.resilience.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The description of an operation. Nothing is sent until {@link #execute}, {@link #executeAsync} or
 * {@link #enqueue} is called; each of these sends again and is billed again ({@link #once} shares
 * one run).
 *
 * <p>Calls are immutable and safe to share. Methods such as {@link #map} return a new call and do
 * not change this one. Building a call throws only for programming errors. An invalid request, even
 * an empty prompt, makes the call fail when it runs.
 *
 * <p><b>How a call ends.</b> A call ends in one of these ways:
 *
 * <ul>
 *   <li>with a value;
 *   <li>with a failure, usually a {@link dev.muster.error.LlmException};
 *   <li>with {@link java.util.concurrent.CancellationException} if the caller cancelled it;
 *   <li>with its subclass {@link dev.muster.error.CallInterruptedException} if the blocked thread
 *       was interrupted;
 *   <li>with {@link dev.muster.error.ClientClosedException} if its client was closed;
 *   <li>with an {@link Error}, which no function sees: the caller gets that same instance.
 * </ul>
 *
 * <p>{@link #recover} handles failures only.
 *
 * <p><b>Cancellation.</b> Cancelling a call, however it is composed, cancels everything it started:
 * the HTTP exchanges with the provider are closed at once, and nothing more is sent.
 *
 * <p><b>Threads.</b> A running call holds no thread. The functions you pass ({@code map}, {@code
 * then}, {@code recover}, {@link #of}, the functions of {@link Calls}, dependents of the future)
 * run on callback threads and may block or execute other calls. From JDK 24 on, callback threads
 * are virtual threads; on older JDKs they are daemon threads named {@code muster-callback-n},
 * without an upper bound. {@link #callbacksOn} and {@link Muster.Builder#callbackExecutor} set
 * another executor. If the call is cancelled while a function runs, its thread is interrupted. The
 * call waits up to 100 ms for code that ignores the interrupt, then goes on without it and drops
 * its result.
 *
 * <pre>{@code
 * Call<String> joke = model.ask("Tell me a joke.").label("joke");
 * Call<String> explained = joke.then(text -> model.ask("Explain this joke: " + text));
 * String answer = explained
 *     .timeout(Duration.ofSeconds(20))
 *     .recover(failure -> "Nobody knows.")
 *     .execute();
 * System.out.println(answer);
 * }</pre>
 *
 * @param <T> the type of the value
 */
public sealed class Call<T extends @Nullable Object> permits Batch {
  final SuspendCall<T> body;
  final @Nullable String label;
  final @Nullable Executor executor;

  /**
   * Whether the call starts on the calling thread. True for a single HTTP exchange: it does little
   * before it suspends.
   */
  final boolean begunInPlace;

  /** Number of calls this one is derived from, one from another. */
  private final int depth;

  Call(SuspendCall<T> body) {
    this(body, null, null);
  }

  Call(SuspendCall<T> body, @Nullable String label, @Nullable Executor executor) {
    this(body, label, executor, false, 0);
  }

  private Call(
      SuspendCall<T> body,
      @Nullable String label,
      @Nullable Executor executor,
      boolean begunInPlace,
      int depth) {
    this.body = body;
    this.label = label;
    this.executor = executor;
    this.begunInPlace = begunInPlace;
    this.depth = depth;
  }

  /**
   * Creates a call that is one exchange with a provider. It starts on the calling thread, because a
   * switch of threads would take longer than the work before it suspends.
   */
  static <T extends @Nullable Object> Call<T> ofExchange(
      SuspendCall<T> body, @Nullable Executor executor) {
    return new Call<>(body, null, executor, true, 0);
  }

  /** Returns a call that gives {@code value} and sends nothing. */
  @CheckReturnValue
  public static <T extends @Nullable Object> Call<T> value(T value) {
    return new Call<>(k -> value);
  }

  /** Returns a call that always fails with the instance {@code failure} and sends nothing. */
  @CheckReturnValue
  public static <T extends @Nullable Object> Call<T> failure(Throwable failure) {
    Objects.requireNonNull(failure, "failure");
    return new Call<>(k -> Composition.failed(failure, k));
  }

  /**
   * Returns a call that runs {@code task} on a callback thread. The task may block.
   *
   * <p>If {@code task} throws, the call fails with that exception. A checked exception is not
   * wrapped, except by {@link #execute}.
   */
  @CheckReturnValue
  public static <T extends @Nullable Object> Call<T> of(Callable<? extends T> task) {
    Objects.requireNonNull(task, "task");
    return new Call<>(k -> Bridge.callback(null, task, k));
  }

  /**
   * Returns a call that waits for the stage returned by {@code start}. {@code start} runs on a
   * callback thread, once for each run of the call.
   *
   * <p>Cancelling the call cancels the stage ({@code toCompletableFuture().cancel(true)}). Whether
   * that stops the work behind the stage depends on the code that created it.
   */
  @CheckReturnValue
  public static <T extends @Nullable Object> Call<T> fromFuture(
      Supplier<? extends CompletionStage<T>> start) {
    Objects.requireNonNull(start, "start");
    return new Call<>(k -> Composition.<T>stageOf(
        j -> Bridge.<CompletionStage<T>>callback(
            null,
            () -> Objects.requireNonNull(
                start.get(), "The supplier returned null instead of a CompletionStage"),
            j),
        k));
  }

  /**
   * Returns a call that gives null after {@code duration}. A zero or negative duration ends at
   * once.
   */
  @CheckReturnValue
  public static Call<@Nullable Void> delay(Duration duration) {
    Objects.requireNonNull(duration, "duration");
    return new Call<>(k -> Composition.delayed(duration, k));
  }

  /**
   * Runs the call and blocks the current thread, but no other thread, until the call ends.
   *
   * <p>Interrupting the thread cancels the call, closes its HTTP exchanges and sets the thread's
   * interrupt flag again.
   *
   * <p>A failure is thrown as the original exception instance. Its stack trace shows where the
   * failure occurred and, below the line {@code <the thread that waited>}, the frames of the
   * calling thread.
   *
   * @return the value
   * @throws dev.muster.error.LlmException if the call failed; any other unchecked exception is also
   *     thrown unchanged
   * @throws java.util.concurrent.CompletionException if a function or task of yours threw a checked
   *     exception, which is the cause
   * @throws dev.muster.error.CallInterruptedException if the thread is interrupted; if it was
   *     interrupted before the call, nothing is sent
   * @throws dev.muster.error.ClientClosedException if the client is closed
   */
  public T execute() {
    return Bridge.block(body, begunInPlace);
  }

  /**
   * Starts the call and returns its future at once. Cancelling the future closes the HTTP
   * exchanges.
   */
  public CallFuture<T> executeAsync() {
    return CallFuture.start(this, Callbacks.on(executor), (value, failure) -> {});
  }

  /**
   * Starts the call and returns at once. Exactly one of the two callbacks runs, on a callback
   * thread (see {@link #callbacksOn}). If the call is cancelled, {@code onError} gets a {@link
   * java.util.concurrent.CancellationException}. Exceptions thrown by a callback are logged.
   *
   * <p>To run the callbacks on a thread of your program, use {@link CallbackQueue}.
   */
  public CallHandle<T> enqueue(Consumer<? super T> onSuccess, Consumer<? super Throwable> onError) {
    Objects.requireNonNull(onSuccess, "onSuccess");
    Objects.requireNonNull(onError, "onError");
    return Enqueued.start(this, onSuccess, onError, Callbacks.on(executor)::executeLogged);
  }

  /** Returns a call that applies {@code mapper} to the value of this call. */
  @CheckReturnValue
  public <R extends @Nullable Object> Call<R> map(Function<? super T, ? extends R> mapper) {
    Objects.requireNonNull(mapper, "mapper");
    return derived(k -> Composition.<T, R>mapped(
        body, (value, j) -> Bridge.callback(executor, () -> mapper.apply(value), j), k));
  }

  /**
   * Returns a call that runs this call, then the call returned by {@code next} for its value.
   *
   * <p>If {@code next} returns null, the call fails with a {@link NullPointerException}.
   */
  @CheckReturnValue
  public <R extends @Nullable Object> Call<R> then(
      Function<? super T, ? extends Call<? extends R>> next) {
    Objects.requireNonNull(next, "next");
    return derived(k -> Composition.<T, R>chained(
        body, (value, j) -> Bridge.callback(executor, () -> made(next.apply(value)), j), k));
  }

  /**
   * Returns a call that, if this call fails, gives the value returned by {@code handler} instead.
   *
   * <p>{@code handler} is not called for a cancellation, an interrupt, a closed client or an {@link
   * Error}. If {@code handler} throws, the call fails with that exception, which has the first
   * failure as suppressed.
   */
  @CheckReturnValue
  public Call<T> recover(Function<? super Throwable, ? extends T> handler) {
    return recover(Throwable.class, handler);
  }

  /** Like {@link #recover(Function)}, but only for failures of class {@code type}. */
  @CheckReturnValue
  public <X extends Throwable> Call<T> recover(
      Class<X> type, Function<? super X, ? extends T> handler) {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(handler, "handler");
    Predicate<Throwable> handles = type::isInstance;
    return derived(k -> Composition.<T>recovered(
        body,
        handles,
        (failure, j) -> Bridge.<T>callback(executor, () -> handler.apply(type.cast(failure)), j),
        k));
  }

  /**
   * Returns a call that, if this call fails, runs the call returned by {@code next} instead.
   * Otherwise like {@link #recover(Function)}.
   */
  @CheckReturnValue
  public Call<T> recoverWith(Function<? super Throwable, ? extends Call<? extends T>> next) {
    return recoverWith(Throwable.class, next);
  }

  /** Like {@link #recoverWith(Function)}, but only for failures of class {@code type}. */
  @CheckReturnValue
  public <X extends Throwable> Call<T> recoverWith(
      Class<X> type, Function<? super X, ? extends Call<? extends T>> next) {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(next, "next");
    Predicate<Throwable> handles = type::isInstance;
    return derived(k -> Composition.<T>recoveredWith(
        body,
        handles,
        (failure, j) ->
            Bridge.callback(executor, () -> Call.<T>made(next.apply(type.cast(failure))), j),
        k));
  }

  /**
   * Returns a call that runs this call and, if it fails, each of {@code others} in order until one
   * succeeds. If all fail, it fails with {@link dev.muster.error.AllFailedException}, which holds
   * every failure.
   */
  @CheckReturnValue
  @SafeVarargs
  @SuppressWarnings("varargs") // The array is only read.
  public final Call<T> fallback(Call<? extends T>... others) {
    List<SuspendCall<T>> calls = new ArrayList<>();
    calls.add(body);
    for (Call<? extends T> other : others) calls.add(Call.<T>made(other));
    return derived(k -> FallbackKt.<T>fallback(calls, k));
  }

  /**
   * Returns a call that starts a second copy of this call if the first is slow, as {@code hedge}
   * specifies. The first success wins, and the other copy is cancelled.
   *
   * <p>Share one {@link Hedge} among all calls of a kind: it limits the share of second copies
   * ({@link Hedge#maxExtra}), except for the first ten.
   */
  @CheckReturnValue
  public Call<T> hedge(Hedge hedge) {
    Objects.requireNonNull(hedge, "hedge");
    return derived(k -> HedgeKt.hedge(hedge, body, k));
  }

  /**
   * Returns a call that runs this call again if it fails, as {@code policy} specifies. Use it for
   * whole operations: a model's calls have their own retries. A failure that a client gave up on
   * after several attempts is not retried again.
   */
  @CheckReturnValue
  public Call<T> retry(RetryPolicy policy) {
    Objects.requireNonNull(policy, "policy");
    return derived(k -> RetryKt.retry(policy, body, k));
  }

  /**
   * Returns a call that runs this call once, shared by all who execute it. The first execution
   * starts the run; all others, including later ones, get the same result.
   *
   * <p>Cancelling one execution does not affect the others. When the last waiting execution is
   * cancelled, the run is cancelled, and the next execution starts it again.
   */
  @CheckReturnValue
  public Call<T> once() {
    Once<T> once = new Once<>(body);
    return this.<T>derived(k -> once.get(k));
  }

  /**
   * Returns a call with a timeout for the whole operation: retries, waits and functions.
   *
   * <p>When {@code limit} passes, everything the call started is cancelled. After that has ended,
   * the call fails with a {@link dev.muster.error.LlmTimeoutException} of the kind {@link
   * dev.muster.error.TimeoutKind#DEADLINE}. If exactly one model stream was cancelled, the
   * exception has the text and usage so far; with several streams it has neither. (The JDK's {@code
   * orTimeout} also cancels, but its exception has no text or usage.) A zero or negative limit
   * times out immediately: the call fails and sends nothing.
   */
  @CheckReturnValue
  public Call<T> timeout(Duration limit) {
    Objects.requireNonNull(limit, "limit");
    return derived(k -> DeadlineKt.deadline(limit, body, k));
  }

  /** Returns this call, counted by {@code meter} each time it runs. */
  @CheckReturnValue
  public Call<T> measuredBy(ConcurrencyMeter meter) {
    Objects.requireNonNull(meter, "meter");
    return derived(k -> Composition.measured(meter, body, k));
  }

  /**
   * Returns this call with a label, which appears in the results of {@link Calls}. Derived calls
   * keep it.
   */
  @CheckReturnValue
  public Call<T> label(String label) {
    Objects.requireNonNull(label, "label");
    return new Call<>(body, label, executor, begunInPlace, depth);
  }

  /**
   * Returns this call with {@code executor} for the dependents of its future and for all functions
   * passed to it, before or after this method, that have no executor of their own.
   *
   * <p>The executor should have a thread for each function that runs at the same time: a function
   * that executes a call waits for the functions of that call.
   */
  @CheckReturnValue
  public Call<T> callbacksOn(Executor executor) {
    Objects.requireNonNull(executor, "executor");
    Callbacks callbacks = Callbacks.on(executor);
    return derived(Bridge.withCallbacksOn(callbacks, body), callbacks);
  }

  /** Contains the label but nothing of the request, because prompts are private. */
  @Override
  public String toString() {
    return label == null ? "Call" : "Call(" + label + ")";
  }

  private <R extends @Nullable Object> Call<R> derived(SuspendCall<R> derived) {
    return derived(derived, executor);
  }

  private <R extends @Nullable Object> Call<R> derived(
      SuspendCall<R> derived, @Nullable Executor callbacks) {
    return new Call<>(Depth.fit(derived, depth + 1), label, callbacks, false, depth + 1);
  }

  /** Returns the body of a call returned by a user's function. */
  @SuppressWarnings("unchecked") // Safe: a call only produces values.
  static <R extends @Nullable Object> SuspendCall<R> made(@Nullable Call<? extends R> call) {
    if (call == null) {
      throw new NullPointerException("The function returned null instead of a Call");
    }
    return (SuspendCall<R>) call.body;
  }
}
