package dev.muster.java;

import dev.muster.spi.CarriedContext;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Brings a running call's ending to one of two callbacks. */
final class Enqueued {
  private Enqueued() {}

  /** Starts {@code call}; {@code queue} gets the callback to run, once, as soon as it has ended. */
  static <T extends @Nullable Object> CallHandle<T> start(
      Call<? extends T> call,
      Consumer<? super T> onSuccess,
      Consumer<? super Throwable> onError,
      Executor queue) {
    AtomicBoolean told = new AtomicBoolean();
    CarriedContext carried = CarriedContext.capture();
    @SuppressWarnings(
        "unchecked") // A call only gives values: it may stand for one of a wider type.
    Call<T> wider = (Call<T>) call;
    CallFuture<T> future = Bridge.start(wider, Callbacks.on(call.executor), (value, failure) -> {
      if (!told.compareAndSet(false, true)) return;
      Runnable callback =
          failure == null ? () -> onSuccess.accept(value) : () -> onError.accept(failure);
      queue.execute(Bridge.around(carried, callback));
    });
    return new CallHandle<>(call.label, future);
  }
}
