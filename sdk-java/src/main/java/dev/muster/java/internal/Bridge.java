package dev.muster.java.internal;

import dev.muster.context.ContextCarrier.Restored;
import dev.muster.error.CallInterruptedException;
import dev.muster.facade.CallbackExecution;
import dev.muster.facade.CallbackExecutor;
import dev.muster.facade.CarriedContext;
import dev.muster.facade.CarryingDispatcher;
import dev.muster.facade.Composition;
import dev.muster.facade.FlowComposition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow.Publisher;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlin.jvm.functions.Function1;
import kotlin.jvm.functions.Function2;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Deferred;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.GlobalScope;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.flow.FlowKt;
import kotlinx.coroutines.jdk9.ReactiveFlowKt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bridge between Java and coroutines. Besides this class only {@link Source} starts, waits for
 * or cancels coroutines. The rest of this module describes calls as lambdas that pass the
 * continuation on and do nothing after it.
 *
 * <p>Threads: a call runs on {@link Dispatchers#getDefault()}, shared daemon threads that never
 * block. User code runs on {@link Callbacks}. A blocking method parks the thread of its caller.
 */
public final class Bridge {
  private static final Logger LOG = LoggerFactory.getLogger(Bridge.class);

  private Bridge() {}

  /** A suspend function without parameters, as a lambda: {@code k -> model.chat(request, k)}. */
  @FunctionalInterface
  public interface SuspendCall<T extends @Nullable Object>
      extends Function1<Continuation<? super T>, @Nullable Object> {}

  /** A suspend function with one parameter. */
  @FunctionalInterface
  public interface SuspendFunction<A extends @Nullable Object, T extends @Nullable Object>
      extends Function2<A, Continuation<? super T>, @Nullable Object> {}

  /** Creates and settles the futures of calls, which are of the class {@code F}. */
  public interface Futures<T extends @Nullable Object, F> {
    /** Returns a new future. Its dependents run on {@code callbacks}; {@code cancel} cancels the call. */
    F create(Callbacks callbacks, Runnable cancel);

    /** Settles {@code future} with the value of the call. */
    void settle(F future, T value);

    /** Settles {@code future} with a failure. Returns false if it was settled before. */
    boolean settleExceptionally(F future, Throwable failure);
  }

  /**
   * Starts {@code call} and returns its future, whose dependents run on {@code callbacks}. When the
   * call ends, {@code listener} is called before the future settles, on a thread that must not
   * block.
   *
   * <p>Nobody sees an exception thrown by a completion handler. The future is therefore settled
   * whatever the listener, the executor and the context carriers throw. If their failure prevents a
   * normal handover, the future fails with it.
   */
  public static <T extends @Nullable Object, F> F start(
      SuspendCall<T> call,
      boolean inPlace,
      Callbacks callbacks,
      Futures<T, F> futures,
      BiConsumer<? super @Nullable T, ? super @Nullable Throwable> listener) {
    CarriedContext carried = CarriedContext.capture();
    CoroutineContext context = with(carried);
    Callbacks runner = inPlaceOf(callbacks, context);
    Deferred<T> job = async(context, startOf(inPlace), call);
    F future = futures.create(
        runner, () -> job.cancel(new CancellationException("The call was cancelled")));
    // The job ends when everything it started has ended, so this also holds for the future.
    onEnd(job, failure -> {
      T value = failure == null ? job.getCompleted() : null;
      Throwable original = failure == null ? null : Composition.original(failure);
      try {
        listener.accept(value, original);
      } finally {
        runner.executeSurely(
            carried, hindrance -> settle(futures, future, value, original, hindrance));
      }
    });
    return future;
  }

  private static <T extends @Nullable Object, F> void settle(
      Futures<T, F> futures,
      F future,
      T value,
      @Nullable Throwable failure,
      @Nullable Throwable hindrance) {
    Throwable thrown = failure == null ? hindrance : failure;
    if (thrown == null) {
      futures.settle(future, value);
      return;
    }
    if (hindrance != null && hindrance != thrown) thrown.addSuppressed(hindrance);
    if (!futures.settleExceptionally(future, thrown) && thrown instanceof Error) {
      LOG.error("A call ended with an Error after its future was settled", thrown);
    }
  }

  /** Registers {@code handler} for the end of {@code job}; cancels the job if that fails. */
  private static void onEnd(Deferred<?> job, Consumer<@Nullable Throwable> handler) {
    try {
      job.invokeOnCompletion(failure -> {
        handler.accept(failure);
        return Unit.INSTANCE;
      });
    } catch (Throwable e) {
      job.cancel(
          new CancellationException("The call was cancelled because its end cannot be observed"));
      throw e;
    }
  }

  /** Runs {@code call} and blocks the current thread until it ends. */
  public static <T extends @Nullable Object> T block(SuspendCall<T> call, boolean inPlace) {
    return block(CarriedContext.capture(), startOf(inPlace), call);
  }

  /** A call that is in place begins on the thread that starts it. */
  private static CoroutineStart startOf(boolean inPlace) {
    return inPlace ? CoroutineStart.UNDISPATCHED : CoroutineStart.DEFAULT;
  }

  private static <T extends @Nullable Object> T block(
      @Nullable CarriedContext carried, CoroutineStart start, SuspendCall<T> call) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CallInterruptedException("Interrupted before the call started: nothing was sent");
    }
    Deferred<T> job = async(with(carried), start, call);
    boolean interrupted = awaitEnd(job, waiting(carried, job::cancel));
    if (interrupted) Thread.currentThread().interrupt();
    Throwable failure = job.getCompletionExceptionOrNull();
    if (failure == null) return job.getCompleted();
    throw interrupted ? interrupted(failure) : thrown(failure);
  }

  /**
   * Returns the exception for a wait that was interrupted and whose call ended with {@code
   * failure}.
   */
  static RuntimeException interrupted(Throwable failure) {
    if (failure instanceof CallInterruptedException || failure instanceof Error) {
      return thrown(failure);
    }
    CallInterruptedException interruption = interruption();
    if (!(failure instanceof CancellationException)) interruption.addSuppressed(failure);
    return interruption;
  }

  /**
   * Tells the context carriers in {@code carried} that this thread is about to wait. The returned
   * object must be closed before the thread is woken. If a carrier throws, what was started is
   * cancelled.
   */
  static @Nullable Restored waiting(
      @Nullable CarriedContext carried, Consumer<CancellationException> cancel) {
    if (carried == null) return null;
    try {
      return carried.waiting();
    } catch (RuntimeException | Error e) {
      cancel.accept(new CancellationException(
          "The call was cancelled because the current context does not allow waiting for it"));
      throw e;
    }
  }

  /**
   * Waits until {@code job} ends, and cancels it if the thread is interrupted. Returns whether it
   * was interrupted.
   */
  private static boolean awaitEnd(Deferred<?> job, @Nullable Restored waiting) {
    // Not a latch: on a ForkJoinPool thread, get() lets the pool compensate for the blocked thread.
    CompletableFuture<Unit> end = new CompletableFuture<>();
    onEnd(job, failure -> {
      try {
        if (waiting != null) waiting.close();
        end.complete(Unit.INSTANCE);
      } catch (Throwable e) {
        end.completeExceptionally(e);
      }
    });
    boolean interrupted = false;
    while (true) {
      try {
        end.get();
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
        job.cancel(interruption());
      } catch (ExecutionException e) {
        throw thrown(e.getCause());
      }
    }
  }

  /** Runs a wait that does not belong to a call, and reports an interrupt as blocking calls do. */
  public static <T> T interruptibly(Callable<T> wait) {
    try {
      return wait.call();
    } catch (InterruptedException e) {
      throw interruptedAgain();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  /** Sets the interrupt flag again, for a wait that does not belong to a call. */
  public static CallInterruptedException interruptedAgain() {
    Thread.currentThread().interrupt();
    return new CallInterruptedException("Interrupted while waiting");
  }

  static CallInterruptedException interruption() {
    return new CallInterruptedException("Interrupted while waiting: the call was cancelled");
  }

  /** Returns the exception that a blocking method throws: unchecked exceptions unchanged. */
  static RuntimeException thrown(Throwable failure) {
    Throwable original = Composition.original(failure);
    if (original instanceof Error error) throw Traces.seenByCaller(error);
    return original instanceof RuntimeException unchecked
        ? Traces.seenByCaller(unchecked)
        : new CompletionException(original);
  }

  /**
   * Returns the context of a call: the default dispatcher and the context of the starting thread.
   */
  private static CoroutineContext with(@Nullable CarriedContext carried) {
    CoroutineContext context = Dispatchers.getDefault();
    return carried == null ? context : carried.over(context);
  }

  /**
   * Returns {@code callbacks}, or the executor in {@code context} if {@code callbacks} is the
   * shared one.
   */
  private static Callbacks inPlaceOf(Callbacks callbacks, CoroutineContext context) {
    if (callbacks != Callbacks.shared()) return callbacks;
    CallbackExecutor brought = context.get(CallbackExecutor.Key);
    return brought == null ? callbacks : Callbacks.on(brought.getExecutor());
  }

  private static <T extends @Nullable Object> Deferred<T> async(
      CoroutineContext context, CoroutineStart start, SuspendCall<T> call) {
    return BuildersKt.async(GlobalScope.INSTANCE, context, start, (scope, k) -> call.invoke(k));
  }

  /** Runs the user's code {@code task} on {@code own}, or else as {@link CallbackExecution} decides. */
  public static <T extends @Nullable Object> @Nullable Object callback(
      @Nullable Executor own, Callable<T> task, Continuation<? super T> k) {
    return CallbackExecution.callback(own, Callbacks.shared(), task, k);
  }

  /** Like the other overload, for code without a result. */
  public static @Nullable Object callback(
      @Nullable Executor own, Runnable task, Continuation<? super Unit> k) {
    Callable<Unit> unit = () -> {
      task.run();
      return Unit.INSTANCE;
    };
    return callback(own, unit, k);
  }

  /** Runs user code in {@code call} on {@code executor}, unless it has its own executor. */
  public static <T extends @Nullable Object> SuspendCall<T> withCallbacksOn(
      Executor executor, SuspendCall<T> call) {
    return k -> CallbackExecution.withCallbacksOn(executor, call, k);
  }

  /** Runs user code in {@code flow} on {@code executor}, unless it has its own executor. */
  public static <T extends @Nullable Object> Flow<T> withCallbacksOn(
      Executor executor, Flow<T> flow) {
    return FlowKt.flowOn(flow, new CallbackExecutor(executor));
  }

  public static <T extends @Nullable Object> Flow<T> flow(List<T> items) {
    return FlowKt.asFlow(items);
  }

  public static <T extends @Nullable Object> Flow<T> limit(Flow<T> flow, int count) {
    return count == 0 ? FlowKt.emptyFlow() : FlowKt.take(flow, count);
  }

  /**
   * Returns a publisher that collects a new flow for each subscriber, with signals on {@code
   * callbacks}.
   */
  public static <T extends @Nullable Object> Publisher<T> publisher(
      Supplier<Flow<T>> flow, Callbacks callbacks) {
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      CarriedContext carried = CarriedContext.capture();
      CoroutineContext context = with(carried);
      CompletableFuture<Throwable> violation = new CompletableFuture<>();
      CarryingDispatcher dispatcher =
          new CarryingDispatcher(inPlaceOf(callbacks, context), carried, violation::complete);
      Flow<T> failing = FlowComposition.failingWith(flow.get(), violation);
      ReactiveFlowKt.asPublisher(failing, dispatcher.over(context))
          .subscribe(new StrictSubscriber<>(subscriber, violation));
    };
  }

  @SuppressWarnings("unchecked") // Safe: the list is not modified afterwards.
  public static <T extends @Nullable Object> SuspendCall<List<T>> toList(Supplier<Flow<T>> flow) {
    SuspendCall<List<? extends T>> list = k -> FlowKt.toList(flow.get(), new ArrayList<>(), k);
    return (SuspendCall<List<T>>) (SuspendCall<?>) list;
  }

  /**
   * Starts to collect {@code values}, up to {@code ahead} elements ahead of the consumer. With 0,
   * the flow waits at each element until it is taken: nothing is read, started or sent before it is
   * needed.
   */
  public static <T extends @Nullable Object> Source<T> open(Flow<T> values, int ahead) {
    CarriedContext carried = CarriedContext.capture();
    Flow<T> flow = ahead == 0 ? FlowComposition.handedOver(values) : values;
    // Not flowOn: with it, a failure overtakes the values before it.
    return new Source<>(FlowComposition.running(flow, ahead, with(carried)), carried);
  }
}
