package dev.muster.java.internal;

import dev.muster.context.ContextCarrier.Restored;
import dev.muster.facade.CarriedContext;
import dev.muster.java.Muster;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executor of user code. It marks its threads while they run a task, so {@link Muster#close}
 * does not wait for itself.
 */
public final class Callbacks implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);
  private static final ThreadLocal<Boolean> INSIDE = new ThreadLocal<>();

  private final Executor executor;

  private Callbacks(Executor executor) {
    this.executor = executor;
  }

  /** The instance used if the user sets no executor. */
  public static Callbacks shared() {
    return Shared.INSTANCE;
  }

  /** Returns the user's executor, or the shared one if it is null. */
  public static Callbacks on(@Nullable Executor executor) {
    if (executor == null) return shared();
    return executor instanceof Callbacks callbacks ? callbacks : new Callbacks(executor);
  }

  /** Returns whether the current thread runs user code for a call. */
  public static boolean isCurrentThread() {
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

  /**
   * Runs {@code task} exactly once, with the context {@code carried}, for tasks that must run, such
   * as settling a future. The executor and the context carriers are user code and may throw. If the
   * executor rejects the task or throws an exception, the task runs on the shared threads. If the
   * executor throws an {@link Error}, or a carrier throws anything, the task gets that as its
   * argument; otherwise it gets null.
   */
  public void executeSurely(@Nullable CarriedContext carried, Consumer<@Nullable Throwable> task) {
    Sure sure = new Sure(carried, task);
    Throwable hindrance = null;
    try {
      execute(sure);
      return;
    } catch (RejectedExecutionException e) {
      LOG.debug("The callback executor rejected a callback: it runs on shared threads instead", e);
    } catch (RuntimeException e) {
      if (sure.hasBegun()) throw e;
      LOG.error("The callback executor failed: the callback runs on shared threads instead", e);
    } catch (Error e) {
      if (sure.hasBegun()) throw e;
      hindrance = e;
    }
    sure.runInstead(hindrance);
  }

  /** Like {@link #executeSurely}; exceptions thrown by {@code callback} are logged. */
  public void executeLogged(
      @Nullable CarriedContext carried, Consumer<@Nullable Throwable> callback) {
    executeSurely(carried, hindrance -> {
      try {
        callback.accept(hindrance);
      } catch (RuntimeException e) {
        LOG.error("A callback failed", e);
      }
    });
  }

  /** A task that runs exactly once, even if the executor or a carrier fails. */
  private static final class Sure implements Runnable {
    private final @Nullable CarriedContext carried;
    private final Consumer<@Nullable Throwable> task;
    private final AtomicBoolean begun = new AtomicBoolean();

    Sure(@Nullable CarriedContext carried, Consumer<@Nullable Throwable> task) {
      this.carried = carried;
      this.task = task;
    }

    boolean hasBegun() {
      return begun.get();
    }

    @Override
    public void run() {
      if (!begun.compareAndSet(false, true)) return;
      if (carried == null) {
        task.accept(null);
        return;
      }
      Restored restored;
      try {
        restored = carried.restore();
      } catch (Throwable e) {
        task.accept(e);
        return;
      }
      try {
        task.accept(null);
      } finally {
        restored.close();
      }
    }

    /** Runs on a shared thread or, if none can be started, on this thread. */
    void runInstead(@Nullable Throwable hindrance) {
      Runnable run = hindrance == null ? this : () -> run(hindrance);
      try {
        shared().execute(run);
      } catch (Throwable e) {
        run(hindrance == null ? e : hindrance);
      }
    }

    private void run(Throwable hindrance) {
      if (begun.compareAndSet(false, true)) task.accept(hindrance);
    }
  }

  /** Created on first use. */
  private static final class Shared {
    static final Callbacks INSTANCE = new Callbacks(ElasticExecutor.create());
  }
}
