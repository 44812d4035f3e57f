package dev.muster.java;

import dev.muster.spi.CarriedContext;
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
 * Holds the callbacks of calls until a thread of yours runs them: for programs with a thread that
 * must do all the work, such as a game loop or a script. Calls are started from any thread and run
 * without one; their callbacks run in {@link #process} and {@link #processAll}, on the thread that
 * calls those, in the order in which the calls ended.
 *
 * <p>A queue holds as many results as come, and loses none. A callback that throws does not stop the
 * others: what it threw goes to the queue's error handler. So does the failure of a call that was
 * enqueued without an error callback.
 *
 * <p>As an {@link Executor} it runs tasks in the same way; give it to {@link Call#callbacksOn} and a
 * call's functions run on the pumping thread too. For a toolkit with a thread and a queue of its own
 * no such queue is needed: {@code call.callbacksOn(SwingUtilities::invokeLater).enqueue(…)}.
 *
 * <p>Thread-safe. Several threads may pump at once, and a callback may enqueue, execute tasks and
 * pump.
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

  /** Calls whose callback has not come back yet, and tasks that have not run. */
  private int pending;

  /** A queue whose errors go to the log. */
  public CallbackQueue() {
    this(e -> LOG.error("A callback has failed, or a call without an error callback", e));
  }

  /** A queue whose errors go to {@code errorHandler}, on the pumping thread. */
  public CallbackQueue(Consumer<? super Throwable> errorHandler) {
    this.errorHandler = Objects.requireNonNull(errorHandler, "errorHandler");
  }

  /** Starts {@code call}; its value goes to {@code onSuccess}, its failure to the error handler. */
  public <T extends @Nullable Object> CallHandle<T> enqueue(
      Call<? extends T> call, Consumer<? super T> onSuccess) {
    return enqueue(call, onSuccess, errorHandler);
  }

  /**
   * Starts {@code call} and returns at once. Exactly one of the two callbacks runs, when a thread
   * pumps: for a cancelled call {@code onError}, with a {@link
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

  /** The pumping thread runs {@code callback}, with what {@code carried} holds current. */
  private void ended(@Nullable CarriedContext carried, Consumer<@Nullable Throwable> callback) {
    Callbacks pump = Callbacks.on(Runnable::run);
    arrived(
        carried == null
            ? () -> callback.accept(null)
            : () -> pump.executeSurely(carried, callback));
  }

  /** Has {@code task} run by the next pump. */
  @Override
  public void execute(Runnable task) {
    Objects.requireNonNull(task, "task");
    expect();
    arrived(task);
  }

  /** Whether a callback or task is still to run, be its call still running or not. */
  public boolean hasPending() {
    return pending() > 0;
  }

  /** How many callbacks and tasks are still to run. */
  public int pending() {
    lock.lock();
    try {
      return pending;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Runs what is ready, and what becomes ready meanwhile, on this thread, and never waits.
   *
   * @return how many callbacks and tasks ran
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
   * Runs callbacks and tasks on this thread until none is pending, waiting without work for those
   * whose calls still run, {@code timeout} at most. A callback that has begun is run to its end.
   *
   * @return how many callbacks and tasks ran; what is left is {@link #pending}
   * @throws dev.muster.error.CallInterruptedException where the thread is interrupted while it
   *     waits; its flag is set again, and nothing is cancelled or lost
   */
  public int processAll(Duration timeout) {
    long end = System.nanoTime() + saturated(timeout);
    int count = process();
    while (awaitReady(end - System.nanoTime())) count += process();
    return count;
  }

  /** Waits for something that is ready: false where nothing is pending, or the time is up. */
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

  /** Only now: one who waits for the last callback waits for its end. */
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
