package dev.muster.java;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * Keeps two rules of Reactive Streams that the coroutines' own publisher passes over: signals are
 * sent one after the other, {@code onSubscribe} among them (1.3), and a subscriber that asks for
 * nothing, or less, is told that it must not (3.9).
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
    Demand demand = new Demand(subscription);
    Objects.requireNonNull(subscriber).onSubscribe(demand);
    demand.open();
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

  /** What the subscriber asks for, held back until it has come back from {@code onSubscribe}. */
  private final class Demand implements Subscription {
    private final Subscription subscription;
    private boolean isOpen;
    private boolean isBegun;
    private long held;

    Demand(Subscription subscription) {
      this.subscription = subscription;
    }

    void open() {
      long now;
      synchronized (this) {
        isOpen = true;
        now = held;
      }
      if (now > 0) subscription.request(now);
    }

    @Override
    public void request(long n) {
      if (n <= 0) {
        violation.complete(
            new IllegalArgumentException("A subscriber must request more than 0, not " + n));
      }
      long now;
      synchronized (this) {
        // A flow that has not begun does so for a violation too, and fails before its first
        // element.
        now = n > 0 ? n : isBegun ? 0 : 1;
        if (now > 0) isBegun = true;
        if (!isOpen) {
          held = held + now < 0 ? Long.MAX_VALUE : held + now;
          return;
        }
      }
      if (now > 0) subscription.request(now);
    }

    @Override
    public void cancel() {
      subscriber = null;
      subscription.cancel();
    }
  }
}
