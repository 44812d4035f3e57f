package dev.muster.java;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Tells a subscriber that asks for nothing, or less, that it must not: rule 3.9 of Reactive Streams,
 * which the coroutines' own publisher passes over.
 */
final class StrictSubscriber<T extends @Nullable Object> implements Subscriber<T> {
  /** Null once the subscription is cancelled, when nothing may be kept of it. */
  private volatile @Nullable Subscriber<? super T> subscriber;

  /** Fails the flow behind the subscription, which then signals it in its turn. */
  private final CompletableFuture<Throwable> violation;

  StrictSubscriber(Subscriber<? super T> subscriber, CompletableFuture<Throwable> violation) {
    this.subscriber = subscriber;
    this.violation = violation;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    AtomicBoolean begun = new AtomicBoolean();
    Objects.requireNonNull(subscriber).onSubscribe(new Subscription() {
      @Override
      public void request(long n) {
        if (n <= 0) {
          violation.complete(
              new IllegalArgumentException("A subscriber must request more than 0, not " + n));
          // A flow that has not begun does so, and fails before its first element.
          if (begun.compareAndSet(false, true)) subscription.request(1);
        } else {
          begun.set(true);
          subscription.request(n);
        }
      }

      @Override
      public void cancel() {
        subscriber = null;
        subscription.cancel();
      }
    });
  }

  @Override
  public void onNext(T item) {
    Subscriber<? super T> told = subscriber;
    if (told != null) told.onNext(item);
  }

  @Override
  public void onError(Throwable failure) {
    Subscriber<? super T> told = subscriber;
    if (told != null) told.onError(failure);
  }

  @Override
  public void onComplete() {
    Subscriber<? super T> told = subscriber;
    if (told != null) told.onComplete();
  }
}
