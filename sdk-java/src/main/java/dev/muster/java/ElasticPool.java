package dev.muster.java;

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
 * Threads without upper bound, and no more of them than are needed: tasks that are soon over share a
 * few, even where ten thousand come at once, and tasks that block get a thread each.
 *
 * <p>There is a thread for each processor. While tasks are waiting, a watcher looks every two
 * milliseconds whether they get on. Where they do not, because the tasks that run are blocked or
 * slow, it starts a quarter more threads, so nothing that waits for a task behind it waits for ever:
 * a thousand blocked tasks all run after some 60 ms. It goes no faster because a processor that
 * others keep busy looks the same to it. A thread for each task at once, as of a cached pool, was
 * measured to start 150 threads for 10,000 functions of a microsecond.
 */
final class ElasticPool implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(ElasticPool.class);
  private static final String WATCHER = "muster-callback-watcher";
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** Fewer tasks begun in a tick than this: they take long, and further threads do help. */
  private static final int FEW = 8;

  private final ThreadFactory factory;
  private final long idleNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition backlog = lock.newCondition();

  /** Nobody signals it: waiting for it is waiting for the time to pass. */
  private final Condition tick = lock.newCondition();

  private final Queue<Runnable> queue = new ArrayDeque<>();
  private int threads;
  private int idle;

  /** Threads that have not come to their first task yet: a busy processor lets them wait, too. */
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

  /** Under the lock. Where no thread can be had, the caller is told, unless the watcher tries again. */
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

  /** Under the lock. */
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
        // Nobody waits for this task: it goes where an exception goes that ends a thread.
        uncaught(e);
      }
      // An interrupt that came late is not for the next task.
      Thread.interrupted();
    }
  }

  /** A handler that throws must not take the thread with it, which is counted as one that works. */
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

  /** The next task, or null where there was none for so long that the thread has to end. */
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

  /** Without memory for a thread the watcher goes on: others may end, and some task waits for one. */
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

  /** What is left of {@code nanos}; an interrupt means nothing here. */
  private static long await(Condition condition, long nanos) {
    try {
      return condition.awaitNanos(nanos);
    } catch (InterruptedException e) {
      return nanos;
    }
  }
}
