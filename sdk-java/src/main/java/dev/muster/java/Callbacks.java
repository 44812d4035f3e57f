package dev.muster.java;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where user code runs: an executor that marks its threads while they run a task, so that {@link
 * Muster#close} knows not to wait for itself.
 */
final class Callbacks implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);
  private static final ThreadLocal<Boolean> INSIDE = new ThreadLocal<>();

  private final Executor executor;

  private Callbacks(Executor executor) {
    this.executor = executor;
  }

  /** The one for all who name no executor. */
  static Callbacks shared() {
    return Shared.INSTANCE;
  }

  /** The user's executor, else the shared one. */
  static Callbacks on(@Nullable Executor executor) {
    if (executor == null) return shared();
    return executor instanceof Callbacks callbacks ? callbacks : new Callbacks(executor);
  }

  /** Whether the current thread runs user code for a call. */
  static boolean isCurrentThread() {
    return INSIDE.get() != null;
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(() -> {
      if (isCurrentThread()) {
        task.run();
        return;
      }
      INSIDE.set(true);
      try {
        task.run();
      } finally {
        INSIDE.remove();
      }
    });
  }

  /** Runs what must run, such as the end of a future, also where the user's executor refuses. */
  void executeSurely(Runnable task) {
    try {
      execute(task);
    } catch (RejectedExecutionException e) {
      shared().execute(task);
    }
  }

  /** As {@link #executeSurely}; what {@code callback} throws goes to the log. */
  void executeLogged(Runnable callback) {
    executeSurely(() -> {
      try {
        callback.run();
      } catch (RuntimeException e) {
        LOG.error("A callback has failed", e);
      }
    });
  }

  /** Made when first needed. */
  private static final class Shared {
    static final Callbacks INSTANCE = new Callbacks(ElasticExecutor.create());
  }
}
