package dev.muster.java;

import dev.muster.facade.CarriedContext;
import dev.muster.java.internal.Callbacks;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Passes the result of a running call to one of two callbacks. */
final class Enqueued {
  private Enqueued() {}

  /** Runs a callback, which gets null, or the exception that prevented a normal handover. */
  @FunctionalInterface
  interface Runner {
    void run(@Nullable CarriedContext carried, Consumer<@Nullable Throwable> callback);
  }

  /** Starts {@code call}. When it ends, {@code queue} gets the callback, once. */
  static <T extends @Nullable Object> CallHandle<T> start(
      Call<? extends T> call,
      Consumer<? super T> onSuccess,
      Consumer<? super Throwable> onError,
      Runner queue) {
    AtomicBoolean done = new AtomicBoolean();
    CarriedContext carried = CarriedContext.capture();
    @SuppressWarnings("unchecked") // Safe: a call only produces values.
    Call<T> wider = (Call<T>) call;
    CallFuture<T> future =
        CallFuture.start(wider, Callbacks.on(call.executor), (value, failure) -> {
          if (!done.compareAndSet(false, true)) return;
          queue.run(carried, hindrance -> {
            if (failure != null) onError.accept(failure);
            else if (hindrance != null) onError.accept(hindrance);
            else onSuccess.accept(value);
          });
        });
    return new CallHandle<>(call.label, future);
  }
}
