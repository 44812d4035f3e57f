package dev.muster.java;

import dev.muster.spi.CarriedContext;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Brings a running call's ending to one of two callbacks. */
final class Enqueued {
  private Enqueued() {}

  /** Runs callbacks: gives them null or, where something hinders that, what was thrown. */
  @FunctionalInterface
  interface Runner {
    void run(@Nullable CarriedContext carried, Consumer<@Nullable Throwable> callback);
  }

  /** Starts {@code call}; {@code queue} gets the callback to run, once, as soon as it has ended. */
  static <T extends @Nullable Object> CallHandle<T> start(
      Call<? extends T> call,
      Consumer<? super T> onSuccess,
      Consumer<? super Throwable> onError,
      Runner queue) {
    AtomicBoolean told = new AtomicBoolean();
    CarriedContext carried = CarriedContext.capture();
    @SuppressWarnings(
        "unchecked") // A call only gives values: it may stand for one of a wider type.
    Call<T> wider = (Call<T>) call;
    CallFuture<T> future = Bridge.start(wider, Callbacks.on(call.executor), (value, failure) -> {
      if (!told.compareAndSet(false, true)) return;
      queue.run(carried, hindrance -> {
        if (failure != null) onError.accept(failure);
        else if (hindrance != null) onError.accept(hindrance);
        else onSuccess.accept(value);
      });
    });
    return new CallHandle<>(call.label, future);
  }
}
