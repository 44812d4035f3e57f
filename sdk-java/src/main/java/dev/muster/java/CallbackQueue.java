package dev.muster.java;

import dev.muster.facade.CarriedContext;
import dev.muster.java.internal.Bridge;
import dev.muster.java.internal.Callbacks;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the callbacks of calls until a thread of yours runs them. For programs in which one thread
 * must do all the work, such as a game loop or a script. Calls can be started from any thread and
 * need none while they run. Their callbacks run in {@link #process} and {@link #processAll}, on the
 * thread that calls these methods, in the order in which the calls ended.
 *
 * <p>The queue is unbounded and loses no result. A callback that throws does not stop the others:
 * its exception goes to the queue's error handler. The failure of a call that was enqueued without
 * an error callback goes there too.
 *
 * <p>The queue is also an {@link Executor}: pass it to {@link Call#callbacksOn}, and the functions
 * of that call run on the processing thread too. A toolkit with its own thread and queue does not
 * need a {@code CallbackQueue}: {@code call.callbacksOn(SwingUtilities::invokeLater).enqueue(…)}.
 *
 * <p>Thread-safe. Several threads may process callbacks at once, and a callback may enqueue calls,
 * execute tasks and process callbacks.
 *
 * <pre>{@code
 * CallbackQueue queue = new CallbackQueue();
 * queue.enqueue(model.ask("Name a river."), river -> System.out.println("River: " + river));
 * queue.enqueue(model.ask("Name a lake."), lake -> System.out.println("Lake: " + lake));
 * queue.processAll(Duration.ofMinutes(1));
 * }</pre>
 */
public final class CallbackQueue implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(CallbackQueue.class);

  private final Consumer<? super Throwable> errorHandler;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Runnable> ready = new ArrayDeque<>();

  /** Number of calls whose callback has not returned, plus tasks that have not run. */
  private int pending;

  /** Creates a queue that logs errors. */
  public CallbackQueue() {
    this(e -> LOG.error("A callback failed, or a call without an error callback failed", e));
  }

  /** Creates a queue that passes errors to {@code errorHandler}, on the processing thread. */
  public CallbackQueue(Consumer<? super Throwable> errorHandler) {
    this.errorHandler = Objects.requireNonNull(errorHandler, "errorHandler");
  }

  /**
   * Starts {@code call}. Its value goes to {@code onSuccess}, its failure to the error handler of
   * the queue.
   */
  public <T extends @Nullable Object> CallHandle<T> enqueue(
      Call<? extends T> call, Consumer<? super T> onSuccess) {
    return enqueue(call, onSuccess, errorHandler);
  }

  /**
   * Starts {@code call} and returns at once. Exactly one of the two callbacks runs, when a thread
   * processes the queue. If the call is cancelled, {@code onError} gets a {@link
   * java.util.concurrent.CancellationException}.
   */
  public <T extends @Nullable Object> CallHandle<T> enqueue(
      Call<? extends T> call, Consumer<? super T> onSuccess, Consumer<? super Throwable> onError) {
    Objects.requireNonNull(onSuccess, "onSuccess");
    Objects.requireNonNull(onError, "onError");
    expect();
    try {
      return Enqueued.start(call, onSuccess, onError, this::ended);
    } catch (Throwable e) {
      done();
      throw e;
    }
  }

  /** Queues {@code callback} to run with the context {@code carried}. */
  private void ended(@Nullable CarriedContext carried, Consumer<@Nullable Throwable> callback) {
    Callbacks pump = Callbacks.on(Runnable::run);
    arrived(
        carried == null
            ? () -> callback.accept(null)
            : () -> pump.executeSurely(carried, callback));
  }

  /** Queues {@code task} for the next call of {@link #process} or {@link #processAll}. */
  @Override
  public void execute(Runnable task) {
    Objects.requireNonNull(task, "task");
    expect();
    arrived(task);
  }

  /** Returns whether any callback or task has yet to run, including callbacks of running calls. */
  public boolean hasPending() {
    return pending() > 0;
  }

  /**
   * Returns the number of callbacks and tasks that have yet to run, including callbacks of running
   * calls.
   */
  public int pending() {
    lock.lock();
    try {
      return pending;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Runs the callbacks and tasks that are ready, including those that become ready meanwhile, on
   * this thread. Never waits.
   *
   * @return the number of callbacks and tasks that ran
   */
  public int process() {
    int count = 0;
    for (Runnable next = poll(); next != null; next = poll()) {
      run(next);
      count++;
    }
    return count;
  }

  /**
   * Runs callbacks and tasks on this thread until none is pending, and waits for calls that are
   * still running, up to {@code timeout}. A callback that has started is not stopped when the
   * timeout passes.
   *
   * @return the number of callbacks and tasks that ran; see {@link #pending} for the rest
   * @throws dev.muster.error.CallInterruptedException if the thread is interrupted while it waits;
   *     its interrupt flag is set again, and nothing is cancelled or lost
   */
  public int processAll(Duration timeout) {
    long end = System.nanoTime() + saturated(timeout);
    int count = process();
    while (awaitReady(end - System.nanoTime())) count += process();
    return count;
  }

  /** Waits until a callback is ready. Returns false if nothing is pending or the time is up. */
  private boolean awaitReady(long nanos) {
    lock.lock();
    try {
      long left = nanos;
      while (ready.isEmpty()) {
        if (pending == 0 || left <= 0) return false;
        left = changed.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      throw Bridge.interruptedAgain();
    } finally {
      lock.unlock();
    }
  }

  private void run(Runnable callback) {
    try {
      callback.run();
    } catch (RuntimeException e) {
      errorHandler.accept(e);
    } finally {
      done();
    }
  }

  private void expect() {
    lock.lock();
    try {
      pending++;
    } finally {
      lock.unlock();
    }
  }

  private void arrived(Runnable callback) {
    lock.lock();
    try {
      ready.add(callback);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Runnable poll() {
    lock.lock();
    try {
      return ready.poll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Called after a callback has returned, so a thread that waits for the last callback waits for
   * its end.
   */
  private void done() {
    lock.lock();
    try {
      if (--pending == 0) changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static long saturated(Duration timeout) {
    try {
      return Math.min(timeout.toNanos(), TimeUnit.DAYS.toNanos(36_500));
    } catch (ArithmeticException e) {
      return timeout.isNegative() ? 0 : TimeUnit.DAYS.toNanos(36_500);
    }
  }

  @Override
  public String toString() {
    return "CallbackQueue(" + pending() + " pending)";
  }
}
