package dev.muster.java;

import dev.muster.error.CallInterruptedException;
import dev.muster.spi.CallbackExecutor;
import dev.muster.spi.CarriedContext;
import dev.muster.spi.CarryingDispatcher;
import dev.muster.spi.Composition;
import dev.muster.spi.ContextCarrier.Restored;
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
 * Where Java meets coroutines; {@link Source} is the only other place. All else in this module
 * describes calls by lambdas that hand the continuation on and do nothing after it; what runs, waits
 * and cancels is here.
 *
 * <p>Threads: a call runs on {@link Dispatchers#getDefault()}, shared daemon threads that never
 * block. User code runs on {@link Callbacks}. A blocking method parks its caller's thread.
 */
final class Bridge {
  private static final Logger LOG = LoggerFactory.getLogger(Bridge.class);

  private Bridge() {}

  /** A suspend function without parameters, as a lambda: {@code k -> model.chat(request, k)}. */
  @FunctionalInterface
  interface SuspendCall<T extends @Nullable Object>
      extends Function1<Continuation<? super T>, @Nullable Object> {}

  /** A suspend function with one parameter. */
  @FunctionalInterface
  interface SuspendFunction<A extends @Nullable Object, T extends @Nullable Object>
      extends Function2<A, Continuation<? super T>, @Nullable Object> {}

  /**
   * Starts {@code call} and gives its future, whose dependents run on {@code callbacks}. {@code
   * listener} is told of the ending first, on a thread that must not block.
   *
   * <p>A completion handler that throws is heard by nobody. So the future is settled whatever the
   * listener, the executor and the carriers throw: with that, where it hinders the handing over.
   */
  static <T extends @Nullable Object> CallFuture<T> start(
      Call<T> call,
      Callbacks callbacks,
      BiConsumer<? super @Nullable T, ? super @Nullable Throwable> listener) {
    CarriedContext carried = CarriedContext.capture();
    CoroutineContext context = with(carried);
    Callbacks runner = inPlaceOf(callbacks, context);
    Deferred<T> job = async(context, startOf(call), call.body);
    CallFuture<T> future = new CallFuture<>(
        runner, Link.to(() -> job.cancel(new CancellationException("The call was cancelled"))));
    // The job has ended when all it started has ended: so has the future.
    onEnd(job, failure -> {
      T value = failure == null ? job.getCompleted() : null;
      Throwable original = failure == null ? null : Composition.original(failure);
      try {
        listener.accept(value, original);
      } finally {
        runner.executeSurely(carried, hindrance -> settle(future, value, original, hindrance));
      }
    });
    return future;
  }

  private static <T extends @Nullable Object> void settle(
      CallFuture<T> future, T value, @Nullable Throwable failure, @Nullable Throwable hindrance) {
    Throwable thrown = failure == null ? hindrance : failure;
    if (thrown == null) {
      future.settle(value);
      return;
    }
    if (hindrance != null && hindrance != thrown) thrown.addSuppressed(hindrance);
    if (!future.settleExceptionally(thrown) && thrown instanceof Error) {
      LOG.error("A call ended with an Error after its future was settled", thrown);
    }
  }

  /** Tells {@code handler} of the end of {@code job}; cancels it where that is not possible. */
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

  /** Runs {@code call} and blocks the current thread until it has ended. */
  static <T extends @Nullable Object> T block(Call<T> call) {
    return block(CarriedContext.capture(), startOf(call), call.body);
  }

  private static CoroutineStart startOf(Call<?> call) {
    return call.begunInPlace ? CoroutineStart.UNDISPATCHED : CoroutineStart.DEFAULT;
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

  /** What a wait throws that was interrupted, and then ended with {@code failure}. */
  static RuntimeException interrupted(Throwable failure) {
    if (failure instanceof CallInterruptedException || failure instanceof Error) {
      return thrown(failure);
    }
    CallInterruptedException interruption = interruption();
    if (!(failure instanceof CancellationException)) interruption.addSuppressed(failure);
    return interruption;
  }

  /**
   * Tells what {@code carried} holds that this thread is about to wait. What it gives is closed
   * before the thread is woken; where it refuses, what was begun is cancelled.
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

  /** Waits until {@code job} has ended, and cancels it on an interrupt: whether there was one. */
  private static boolean awaitEnd(Deferred<?> job, @Nullable Restored waiting) {
    // Not a latch: on a thread of a ForkJoinPool, get() lets the pool replace the blocked thread.
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

  /** Runs a wait that is no call's, and says an interrupt as blocking calls do. */
  static <T> T interruptibly(Callable<T> wait) {
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

  /** For a wait that is no call's: sets the interrupt flag again. */
  static CallInterruptedException interruptedAgain() {
    Thread.currentThread().interrupt();
    return new CallInterruptedException("Interrupted while waiting");
  }

  static CallInterruptedException interruption() {
    return new CallInterruptedException("Interrupted while waiting: the call was cancelled");
  }

  /** The exception as a blocking method throws it: unchecked ones as they are. */
  static RuntimeException thrown(Throwable failure) {
    Throwable original = Composition.original(failure);
    if (original instanceof Error error) throw Traces.seenByCaller(error);
    return original instanceof RuntimeException unchecked
        ? Traces.seenByCaller(unchecked)
        : new CompletionException(original);
  }

  /** Where a call runs, with what the thread that starts it carries. */
  private static CoroutineContext with(@Nullable CarriedContext carried) {
    CoroutineContext context = Dispatchers.getDefault();
    return carried == null ? context : carried.over(context);
  }

  /** {@code callbacks}; the shared ones give way to those that {@code context} has brought along. */
  private static Callbacks inPlaceOf(Callbacks callbacks, CoroutineContext context) {
    if (callbacks != Callbacks.shared()) return callbacks;
    CallbackExecutor brought = context.get(CallbackExecutor.Key);
    return brought == null ? callbacks : Callbacks.on(brought.getExecutor());
  }

  private static <T extends @Nullable Object> Deferred<T> async(
      CoroutineContext context, CoroutineStart start, SuspendCall<T> call) {
    return BuildersKt.async(GlobalScope.INSTANCE, context, start, (scope, k) -> call.invoke(k));
  }

  /** Runs the user's code {@code task}: on {@code own}, else as {@link Composition} says. */
  static <T extends @Nullable Object> @Nullable Object callback(
      @Nullable Executor own, Callable<T> task, Continuation<? super T> k) {
    return Composition.callback(own, Callbacks.shared(), task, k);
  }

  /** Runs the user's code {@code task} that gives nothing. */
  static @Nullable Object callback(
      @Nullable Executor own, Runnable task, Continuation<? super Unit> k) {
    Callable<Unit> unit = () -> {
      task.run();
      return Unit.INSTANCE;
    };
    return callback(own, unit, k);
  }

  /** {@code call} with {@code executor} for all user code in it that names none. */
  static <T extends @Nullable Object> SuspendCall<T> withCallbacksOn(
      Executor executor, SuspendCall<T> call) {
    return k -> Composition.withCallbacksOn(executor, call, k);
  }

  /** {@code flow} with {@code executor} for all user code in it that names none. */
  static <T extends @Nullable Object> Flow<T> withCallbacksOn(Executor executor, Flow<T> flow) {
    return FlowKt.flowOn(flow, new CallbackExecutor(executor));
  }

  /** A flow of the elements of {@code items}. */
  static <T extends @Nullable Object> Flow<T> flow(List<T> items) {
    return FlowKt.asFlow(items);
  }

  /** The first {@code count} elements of {@code flow}. */
  static <T extends @Nullable Object> Flow<T> limit(Flow<T> flow, int count) {
    return count == 0 ? FlowKt.emptyFlow() : FlowKt.take(flow, count);
  }

  /** A publisher of what a new flow of {@code flow} gives, with its signals on {@code callbacks}. */
  static <T extends @Nullable Object> Publisher<T> publisher(
      Supplier<Flow<T>> flow, Callbacks callbacks) {
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      CarriedContext carried = CarriedContext.capture();
      CoroutineContext context = with(carried);
      CompletableFuture<Throwable> violation = new CompletableFuture<>();
      CarryingDispatcher dispatcher =
          new CarryingDispatcher(inPlaceOf(callbacks, context), carried, violation::complete);
      Flow<T> failing = Composition.failingWith(flow.get(), violation);
      ReactiveFlowKt.asPublisher(failing, dispatcher.over(context))
          .subscribe(new StrictSubscriber<>(subscriber, violation));
    };
  }

  /** All elements of {@code flow}. */
  @SuppressWarnings("unchecked") // A list of T that nobody writes to any more.
  static <T extends @Nullable Object> SuspendCall<List<T>> toList(Supplier<Flow<T>> flow) {
    SuspendCall<List<? extends T>> list = k -> FlowKt.toList(flow.get(), new ArrayList<>(), k);
    return (SuspendCall<List<T>>) (SuspendCall<?>) list;
  }

  /**
   * Starts to collect {@code flow}, which may run {@code ahead} elements ahead of the one who
   * iterates. With 0 it waits at each element until that is taken: nothing is read, started or sent
   * before it is needed.
   */
  static <T extends @Nullable Object> Source<T> open(Flow<T> values, int ahead) {
    CarriedContext carried = CarriedContext.capture();
    Flow<T> flow = ahead == 0 ? Composition.handedOver(values) : values;
    // Not by flowOn: there a failure overtakes the values before it.
    return new Source<>(Composition.running(flow, ahead, with(carried)), carried);
  }
}
