package dev.muster.java;

import dev.muster.context.CarriedContext;
import dev.muster.context.ContextCarrier.Restored;
import dev.muster.error.CallInterruptedException;
import dev.muster.facade.LeakWatch;
import dev.muster.facade.RunningFlow;
import java.lang.ref.Reference;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import kotlin.ResultKt;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.intrinsics.IntrinsicsKt;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.channels.ChannelIterator;
import org.jspecify.annotations.Nullable;

/** A running flow, pulled by one thread at a time and cancelled by any thread. */
final class Source<T extends @Nullable Object> {
  private final RunningFlow<T> flow;
  private final ChannelIterator<T> elements;
  private final LeakWatch leaks;
  private final @Nullable CarriedContext carried;

  /** Reused for the next wait until a thread has actually waited with it. */
  private @Nullable Waiter spare;

  Source(RunningFlow<T> flow, @Nullable CarriedContext carried) {
    this.flow = flow;
    this.carried = carried;
    this.elements = flow.getElements().iterator();
    this.leaks = LeakWatch.watch(this, "A CallStream", () -> cancel(flow));
  }

  /**
   * Blocks until there is an element or the flow has ended. Throws the failure of the flow. An
   * element that is already there costs no coroutine and no wait.
   */
  boolean hasNext() {
    boolean there = false;
    try {
      there = awaitNext();
      return there;
    } finally {
      // After the last element or a failure, nothing is left that the user could forget to close.
      if (!there) leaks.closed();
      // The stream must not be collected as leaked while a thread waits here.
      Reference.reachabilityFence(this);
    }
  }

  private boolean awaitNext() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CallInterruptedException("Interrupted before waiting for a value");
    }
    Waiter waiter = spare == null ? new Waiter() : spare;
    spare = waiter;
    waiter.waiting = Bridge.waiting(carried, flow::cancel);
    Object there;
    try {
      there = elements.hasNext(waiter);
    } catch (Throwable e) {
      waiter.over();
      throw Bridge.thrown(e);
    }
    if (there != IntrinsicsKt.getCOROUTINE_SUSPENDED()) {
      waiter.over();
      return (Boolean) there;
    }
    spare = null;
    return awaited(waiter);
  }

  private boolean awaited(Waiter waiter) {
    boolean interrupted = false;
    while (true) {
      try {
        Object result = waiter.get();
        if (interrupted) Thread.currentThread().interrupt();
        ResultKt.throwOnFailure(result);
        return (Boolean) result;
      } catch (InterruptedException e) {
        interrupted = true;
        flow.cancel(Bridge.interruption());
      } catch (Throwable e) {
        Throwable failure = e instanceof ExecutionException ? e.getCause() : e;
        throw interrupted ? Bridge.interrupted(failure) : Bridge.thrown(failure);
      }
    }
  }

  /** Returns the element found by {@link #hasNext}. */
  T take() {
    return elements.next();
  }

  /** Cancels the flow. Never blocks. */
  void cancel() {
    leaks.closed();
    cancel(flow);
  }

  private static void cancel(RunningFlow<?> flow) {
    flow.cancel(new CancellationException("The stream was closed"));
  }

  /**
   * Blocks a thread until a suspend function completes with its value or failure, as a Kotlin
   * {@code Result}. A future and not a latch: on a ForkJoinPool thread, its get() lets the pool
   * compensate for the blocked thread.
   */
  private static final class Waiter extends CompletableFuture<Object>
      implements Continuation<Boolean> {
    /** Must be closed before the thread is woken. */
    @Nullable
    Restored waiting;

    void over() {
      if (waiting != null) waiting.close();
    }

    /**
     * Resumes on the default dispatcher instead of in the middle of the producer, which often
     * continues and delivers more elements at once.
     */
    @Override
    public CoroutineContext getContext() {
      return Dispatchers.getDefault();
    }

    @Override
    public void resumeWith(Object result) {
      try {
        over();
        complete(result);
      } catch (Throwable e) {
        // Otherwise the thread would wait forever.
        completeExceptionally(e);
      }
    }
  }
}
