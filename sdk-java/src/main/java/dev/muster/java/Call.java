package dev.muster.java;

import dev.muster.concurrent.DeadlineKt;
import dev.muster.concurrent.FallbackKt;
import dev.muster.concurrent.Hedge;
import dev.muster.concurrent.HedgeKt;
import dev.muster.concurrent.Once;
import dev.muster.java.Bridge.SuspendCall;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.resilience.RetryKt;
import dev.muster.resilience.RetryPolicy;
import dev.muster.spi.Composition;
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
 * A description of an operation: nothing is sent until {@link #execute}, {@link #executeAsync} or
 * {@link #enqueue}; each of these sends anew and is billed anew ({@link #once} shares one run).
 *
 * <p>Calls are immutable and safe to share. Methods such as {@link #map} give a new call and leave
 * this one as it is. Building a call throws only for programming errors; whatever is wrong with a
 * request, an empty prompt too, is an ending of the call.
 *
 * <p><b>Endings.</b> A value; a failure, which is mostly a {@link dev.muster.error.LlmException};
 * {@link java.util.concurrent.CancellationException} where the caller cancelled it; {@link
 * dev.muster.error.CallInterruptedException}, one of those, where the blocked thread was
 * interrupted; {@link dev.muster.error.ClientClosedException} where its client was closed. {@link
 * #recover} sees failures only. An {@link Error} ends everything: no function sees it, and the caller
 * gets that very instance.
 *
 * <p><b>Cancelling</b> a call, however composed, cancels all it has started: the exchanges with the
 * provider are closed at once and nothing further is sent.
 *
 * <p><b>Threads.</b> A call in flight holds no thread. The functions you give ({@code map}, {@code
 * then}, {@code recover}, {@link #of}, the functions of {@link Calls}, dependents of the future)
 * may block, and may execute calls: they run on virtual threads from JDK 24 on, before it on daemon
 * threads {@code muster-callback-n} whose number has no bound, or on the executor of {@link
 * #callbacksOn} or {@link Muster.Builder#callbackExecutor}. Where the call is cancelled meanwhile,
 * they are interrupted; code that does not obey within 100 ms is left behind and its result
 * dropped.
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

  /** Whether it is begun on the thread that starts it: one exchange, which does little and no wait. */
  final boolean begunInPlace;

  /** How many calls this one is derived from, each from the one before. */
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
   * A call that is one exchange with a provider, begun on the thread that starts it: handing it to
   * another thread takes longer than all there is to do before it waits.
   */
  static <T extends @Nullable Object> Call<T> ofExchange(
      SuspendCall<T> body, @Nullable Executor executor) {
    return new Call<>(body, null, executor, true, 0);
  }

  /** A call that gives {@code value} and sends nothing. */
  @CheckReturnValue
  public static <T extends @Nullable Object> Call<T> value(T value) {
    return new Call<>(k -> value);
  }

  /** A call that fails with {@code failure}, each time with this instance, and sends nothing. */
  @CheckReturnValue
  public static <T extends @Nullable Object> Call<T> failure(Throwable failure) {
    Objects.requireNonNull(failure, "failure");
    return new Call<>(k -> Composition.failed(failure, k));
  }

  /**
   * A call that runs {@code task}, which may block, on a thread for callbacks.
   *
   * <p>What {@code task} throws is the failure; a checked exception is the failure as it is too,
   * and only {@link #execute} wraps it.
   */
  @CheckReturnValue
  public static <T extends @Nullable Object> Call<T> of(Callable<? extends T> task) {
    Objects.requireNonNull(task, "task");
    return new Call<>(k -> Bridge.callback(null, task, k));
  }

  /**
   * A call that waits for the stage that {@code start} gives, which is asked for each time the call
   * runs, on a thread for callbacks. Where the call is cancelled the stage is cancelled too ({@code
   * toCompletableFuture().cancel(true)}), which reaches as far as its maker has provided for.
   */
  @CheckReturnValue
  public static <T extends @Nullable Object> Call<T> fromFuture(
      Supplier<? extends CompletionStage<T>> start) {
    Objects.requireNonNull(start, "start");
    return new Call<>(k -> Composition.<T>stageOf(
        j -> Bridge.<CompletionStage<T>>callback(
            null, () -> Objects.requireNonNull(start.get(), "The supplier gave no stage"), j),
        k));
  }

  /** A call that gives null when {@code duration} has passed; at once where it is not positive. */
  @CheckReturnValue
  public static Call<@Nullable Void> delay(Duration duration) {
    Objects.requireNonNull(duration, "duration");
    return new Call<>(k -> Composition.delayed(duration, k));
  }

  /**
   * Runs the call and blocks the current thread, and no other, until it has ended.
   *
   * <p>Interrupting the thread cancels the call, closes its exchanges, and sets the thread's
   * interrupt flag again.
   *
   * <p>What it throws is the very failure, whose stack trace shows where it arose and, below the line
   * {@code <the thread that waited>}, the frames of this thread.
   *
   * @return the value
   * @throws dev.muster.error.LlmException the failure itself, as any other unchecked exception
   * @throws java.util.concurrent.CompletionException with a checked exception of a function or task
   *     of yours as its cause
   * @throws dev.muster.error.CallInterruptedException where the thread was interrupted; where it
   *     was so before, nothing has been sent
   * @throws dev.muster.error.ClientClosedException where the client was closed
   */
  public T execute() {
    return Bridge.block(this);
  }

  /** Starts the call and returns its future at once; cancelling that closes the exchanges. */
  public CallFuture<T> executeAsync() {
    return Bridge.start(this, Callbacks.on(executor), (value, failure) -> {});
  }

  /**
   * Starts the call and returns at once. Exactly one of the two callbacks runs, on the threads for
   * callbacks (see {@link #callbacksOn}): for a cancelled call {@code onError}, with a {@link
   * java.util.concurrent.CancellationException}. What a callback throws goes to the log.
   *
   * <p>For callbacks on a thread of your own see {@link CallbackQueue}.
   */
  public CallHandle<T> enqueue(Consumer<? super T> onSuccess, Consumer<? super Throwable> onError) {
    Objects.requireNonNull(onSuccess, "onSuccess");
    Objects.requireNonNull(onError, "onError");
    return Enqueued.start(this, onSuccess, onError, Callbacks.on(executor)::executeLogged);
  }

  /** This call, with {@code mapper} applied to its value. */
  @CheckReturnValue
  public <R extends @Nullable Object> Call<R> map(Function<? super T, ? extends R> mapper) {
    Objects.requireNonNull(mapper, "mapper");
    return derived(k -> Composition.<T, R>mapped(
        body, (value, j) -> Bridge.callback(executor, () -> mapper.apply(value), j), k));
  }

  /**
   * This call, and then the one that {@code next} gives for its value.
   *
   * <p>A {@code next} that returns null fails the call with a {@link NullPointerException}.
   */
  @CheckReturnValue
  public <R extends @Nullable Object> Call<R> then(
      Function<? super T, ? extends Call<? extends R>> next) {
    Objects.requireNonNull(next, "next");
    return derived(k -> Composition.<T, R>chained(
        body, (value, j) -> Bridge.callback(executor, () -> made(next.apply(value)), j), k));
  }

  /**
   * This call, with the value of {@code handler} in place of a failure.
   *
   * <p>It does not see a cancellation, an interrupt, a closed client or an {@link Error}. What
   * {@code handler} throws is the failure then, with the first one suppressed in it.
   */
  @CheckReturnValue
  public Call<T> recover(Function<? super Throwable, ? extends T> handler) {
    return recover(Throwable.class, handler);
  }

  /** As {@link #recover(Function)}, for failures of the class {@code type} only. */
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
   * This call, with the call that {@code next} gives in place of a failure; otherwise as {@link
   * #recover(Function)}.
   */
  @CheckReturnValue
  public Call<T> recoverWith(Function<? super Throwable, ? extends Call<? extends T>> next) {
    return recoverWith(Throwable.class, next);
  }

  /** As {@link #recoverWith(Function)}, for failures of the class {@code type} only. */
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
   * This call, and where it fails the first of {@code others}, and so on: the first value there is.
   * Where all fail it fails with {@link dev.muster.error.AllFailedException}, which has every
   * failure.
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
   * This call, and a second copy of it where it is slow, as {@code hedge} says; the first success
   * wins and the other copy is cancelled. Share one {@link Hedge} among all calls of a kind: it
   * keeps the share of second copies ({@link Hedge#maxExtra}), but for its first ten.
   */
  @CheckReturnValue
  public Call<T> hedge(Hedge hedge) {
    Objects.requireNonNull(hedge, "hedge");
    return derived(k -> HedgeKt.hedge(hedge, body, k));
  }

  /**
   * This call, run again where it fails, as {@code policy} says. For whole operations: a model's
   * calls have retries of their own, and what a client has given up on after several attempts is
   * not tried again.
   */
  @CheckReturnValue
  public Call<T> retry(RetryPolicy policy) {
    Objects.requireNonNull(policy, "policy");
    return derived(k -> RetryKt.retry(policy, body, k));
  }

  /**
   * This call, run once for all who execute it: the first starts it, the others, later ones too, get
   * the same ending. One who is cancelled leaves the others alone; when the last who waits is
   * cancelled the run is cancelled, and the next starts it anew.
   */
  @CheckReturnValue
  public Call<T> once() {
    Once<T> once = new Once<>(body);
    return this.<T>derived(k -> once.get(k));
  }

  /**
   * This call with a deadline over all of it: retries, waits, functions.
   *
   * <p>When {@code limit} has passed, all that the call has started is cancelled, and when that has
   * ended the call fails with {@link dev.muster.error.LlmTimeoutException} of the kind {@link
   * dev.muster.error.TimeoutKind#DEADLINE}. Where it has cancelled one stream of a model, the
   * exception has the text and the usage so far; with several it has neither. (The JDK's own {@code
   * orTimeout} cancels as well, but its exception can have nothing.) A limit that is not positive has
   * passed already: the call fails and sends nothing.
   */
  @CheckReturnValue
  public Call<T> timeout(Duration limit) {
    Objects.requireNonNull(limit, "limit");
    return derived(k -> DeadlineKt.deadline(limit, body, k));
  }

  /** This call, counted by {@code meter} each time it runs. */
  @CheckReturnValue
  public Call<T> measuredBy(ConcurrencyMeter meter) {
    Objects.requireNonNull(meter, "meter");
    return derived(k -> Composition.measured(meter, body, k));
  }

  /** This call under a name, which the results of {@link Calls} carry. What derives keeps it. */
  @CheckReturnValue
  public Call<T> label(String label) {
    Objects.requireNonNull(label, "label");
    return new Call<>(body, label, executor, begunInPlace, depth);
  }

  /**
   * This call with {@code executor} for the functions you have given and will give it, where they
   * have none of their own, and for the dependents of its future.
   *
   * <p>It should have a thread for each function that runs at once: a function that executes a call
   * waits for the functions in that call.
   */
  @CheckReturnValue
  public Call<T> callbacksOn(Executor executor) {
    Objects.requireNonNull(executor, "executor");
    Callbacks callbacks = Callbacks.on(executor);
    return derived(Bridge.withCallbacksOn(callbacks, body), callbacks);
  }

  /** The label, not what is sent: prompts are private. */
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

  /** The body of what a function of the user's gave. */
  @SuppressWarnings("unchecked") // A call only gives values: it may stand for one of a wider type.
  static <R extends @Nullable Object> SuspendCall<R> made(@Nullable Call<? extends R> call) {
    if (call == null) throw new NullPointerException("The function gave null in place of a call");
    return (SuspendCall<R>) call.body;
  }
}
