package dev.muster.java.internal;

import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Creates the threads for user code if the user sets no executor. User code may block, and may wait
 * for calls whose own user code waits again. Any fixed number of threads could then deadlock, so
 * there is no upper bound.
 */
final class ElasticExecutor {
  /**
   * Before this JDK version, a virtual thread that blocks inside synchronized pins its carrier
   * thread.
   */
  private static final int UNPINNED = 24;

  private static final String NAME = "muster-callback-";
  private static final long IDLE_SECONDS = 10;

  private ElasticExecutor() {}

  static Executor create() {
    return Runtime.version().feature() >= UNPINNED ? virtualThreads() : platformThreads();
  }

  /** Returns an executor with daemon threads, which end after 10 idle seconds. */
  static Executor platformThreads() {
    AtomicLong number = new AtomicLong();
    return new ElasticPool(
        task -> {
          Thread thread = new Thread(task, NAME + number.getAndIncrement());
          thread.setDaemon(true);
          return thread;
        },
        IDLE_SECONDS,
        TimeUnit.SECONDS);
  }

  /**
   * Returns an executor with a virtual thread for each task. Uses reflection because this code is
   * compiled for JDK 17.
   */
  static ExecutorService virtualThreads() {
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      Class<?> type = Class.forName("java.lang.Thread$Builder");
      Method name = type.getMethod("name", String.class, long.class);
      ThreadFactory factory =
          (ThreadFactory) type.getMethod("factory").invoke(name.invoke(builder, NAME, 0L));
      Method executor = Executors.class.getMethod("newThreadPerTaskExecutor", ThreadFactory.class);
      return (ExecutorService) executor.invoke(null, factory);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("This JDK has no virtual threads", e);
    }
  }
}
