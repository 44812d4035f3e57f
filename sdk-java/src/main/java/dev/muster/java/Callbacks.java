package dev.muster.java;

import dev.muster.spi.CarriedContext;
import dev.muster.spi.ContextCarrier.Restored;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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

  /**
   * Runs what must run, such as the end of a future: {@code task}, once, with what {@code carried}
   * holds current. The executor and the carriers are the user's code. Where the executor refuses,
   * the shared one runs the task; where either throws an {@link Error}, or a carrier anything, the
   * task is given that, and else null.
   */
  void executeSurely(@Nullable CarriedContext carried, Consumer<@Nullable Throwable> task) {
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

  /** As {@link #executeSurely}; what {@code callback} throws goes to the log. */
  void executeLogged(@Nullable CarriedContext carried, Consumer<@Nullable Throwable> callback) {
    executeSurely(carried, hindrance -> {
      try {
        callback.accept(hindrance);
      } catch (RuntimeException e) {
        LOG.error("A callback failed", e);
      }
    });
  }

  /** A task that runs once, whatever happens on its way. */
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

    /** Runs on the shared threads and, where there is none to be had, on this one. */
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

  /** Made when first needed. */
  private static final class Shared {
    static final Callbacks INSTANCE = new Callbacks(ElasticExecutor.create());
  }
}
