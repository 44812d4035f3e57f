package dev.muster.java.internal;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread pool without an upper bound that starts no more threads than it needs: short tasks share
 * a few threads, even if ten thousand of them come at once, and tasks that block get a thread each.
 *
 * <p>The pool starts one thread per processor. While tasks are queued, a watcher checks every 2 ms
 * whether they make progress. If they do not, because the running tasks are blocked or slow, it
 * adds a quarter more threads, so a task that waits for a queued task never waits forever. A
 * thousand blocked tasks all run after about 60 ms. Growth is not faster because a processor kept
 * busy by others looks the same to the watcher. A cached pool, which starts a thread for each
 * waiting task, started 150 threads for 10,000 functions of one microsecond in a measurement.
 */
final class ElasticPool implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(ElasticPool.class);
  private static final String WATCHER = "muster-callback-watcher";
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** If fewer tasks than this start within a tick, tasks are slow, and more threads help. */
  private static final int FEW = 8;

  private final ThreadFactory factory;
  private final long idleNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition backlog = lock.newCondition();

  /** Never signalled: awaiting it waits for the time to pass. */
  private final Condition tick = lock.newCondition();

  private final Queue<Runnable> queue = new ArrayDeque<>();
  private int threads;
  private int idle;

  /**
   * Threads that have not taken their first task yet, for example because all processors are busy.
   */
  private int starting;

  private long begun;
  private boolean watched;
  private boolean starved;

  ElasticPool(ThreadFactory factory, long idle, TimeUnit unit) {
    this.factory = factory;
    this.idleNanos = unit.toNanos(idle);
  }

  @Override
  public void execute(Runnable task) {
    Objects.requireNonNull(task, "task");
    lock.lock();
    try {
      queue.add(task);
      bringToRun(task);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Must hold the lock. If no thread can be started, the exception reaches the caller, unless the
   * watcher is running and will try again.
   */
  private void bringToRun(Runnable task) {
    try {
      if (queue.size() <= idle) {
        work.signal();
      } else if (threads < Runtime.getRuntime().availableProcessors()) {
        startWorker();
      } else if (!watched) {
        start(this::watch, WATCHER);
        watched = true;
      } else {
        backlog.signal();
      }
    } catch (Throwable e) {
      if (watched) return;
      queue.remove(task);
      throw e;
    }
  }

  /** Must hold the lock. */
  private void startWorker() {
    start(this::work, null);
    threads++;
    starting++;
  }

  private void start(Runnable loop, @Nullable String name) {
    Thread thread = factory.newThread(loop);
    if (name != null) thread.setName(name);
    thread.start();
  }

  private void work() {
    for (Runnable task = first(); task != null; task = next()) {
      try {
        task.run();
      } catch (Throwable e) {
        // Nobody waits for this task, so its exception is handled like one that ends a thread.
        uncaught(e);
      }
      // A late interrupt must not reach the next task.
      Thread.interrupted();
    }
  }

  /**
   * Catches what the handler throws, because it must not end this thread: the pool counts it as a
   * worker.
   */
  private static void uncaught(Throwable failure) {
    Thread thread = Thread.currentThread();
    try {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    } catch (Throwable e) {
      LOG.error("The uncaught exception handler failed", e);
    }
  }

  private @Nullable Runnable first() {
    lock.lock();
    try {
      starting--;
      return next();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the next task, or null if the thread was idle for so long that it must end. */
  private @Nullable Runnable next() {
    lock.lock();
    try {
      long left = idleNanos;
      while (queue.isEmpty()) {
        if (left <= 0) {
          threads--;
          return null;
        }
        left = idle(work, left);
      }
      begun++;
      return queue.remove();
    } finally {
      lock.unlock();
    }
  }

  private long idle(Condition condition, long nanos) {
    idle++;
    try {
      return await(condition, nanos);
    } finally {
      idle--;
    }
  }

  private void watch() {
    lock.lock();
    try {
      long left = idleNanos;
      while (left > 0 || !queue.isEmpty()) {
        if (queue.isEmpty()) {
          left = await(backlog, left);
        } else {
          left = idleNanos;
          long before = begun;
          await(tick, TICK_NANOS);
          if (begun - before < FEW) tryToGrow();
        }
      }
    } finally {
      watched = false;
      lock.unlock();
    }
  }

  /**
   * Keeps the watcher running if there is no memory for a thread: other threads may end, and a task
   * may be waiting for one.
   */
  private void tryToGrow() {
    try {
      grow();
      starved = false;
    } catch (Throwable e) {
      if (!starved) {
        LOG.error(
            "Cannot start another callback thread: {} callbacks are waiting", queue.size(), e);
      }
      starved = true;
    }
  }

  private void grow() {
    int more = Math.min(queue.size() - idle - starting, threads / 4 + 1);
    for (int i = 0; i < more; i++) startWorker();
  }

  /** Returns the rest of {@code nanos}. Interrupts are ignored. */
  private static long await(Condition condition, long nanos) {
    try {
      return condition.awaitNanos(nanos);
    } catch (InterruptedException e) {
      return nanos;
    }
  }
}
