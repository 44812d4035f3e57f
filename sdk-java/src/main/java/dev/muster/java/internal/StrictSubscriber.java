package dev.muster.java.internal;

import dev.muster.facade.Composition;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Enforces four rules of Reactive Streams that the publisher of kotlinx.coroutines does not:
 * signals are sent one after the other, including {@code onSubscribe} (1.3); a request for zero or
 * a negative number of elements fails the stream (3.9); a subscriber that throws has cancelled and
 * gets no more signals, and its exception is logged (2.13); a null element fails the stream (2.13).
 */
final class StrictSubscriber<T extends @Nullable Object> implements Subscriber<T> {
  private static final Logger LOG = LoggerFactory.getLogger(StrictSubscriber.class);

  /** Null after cancellation, when no reference to it may be kept. */
  private volatile @Nullable Subscriber<? super T> subscriber;

  /** Fails the flow behind the subscription, which then signals the failure in order. */
  private final CompletableFuture<Throwable> violation;

  private boolean hasMetNull;

  /** Set by the first signal. */
  private @Nullable Demand demand;

  StrictSubscriber(Subscriber<? super T> subscriber, CompletableFuture<Throwable> violation) {
    this.subscriber = subscriber;
    this.violation = violation;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    Demand opened = new Demand(subscription);
    demand = opened;
    signal(target -> target.onSubscribe(opened));
    opened.open();
  }

  @Override
  public void onNext(T item) {
    // Signals come one after the other, so the next one is the failure.
    if (hasMetNull) return;
    if (item == null) {
      hasMetNull = true;
      violation.complete(nullValue());
      return;
    }
    signal(target -> target.onNext(item));
  }

  @Override
  public void onError(Throwable failure) {
    Throwable original = Composition.original(failure);
    signal(target -> target.onError(original));
  }

  @Override
  public void onComplete() {
    // The null was the last value, so the flow ended before it could fail.
    if (hasMetNull) {
      onError(nullValue());
    } else {
      signal(Subscriber::onComplete);
    }
  }

  private static NullPointerException nullValue() {
    return new NullPointerException("A value of this stream is null, which a publisher must not"
        + " send: map null to another value, such as an empty Optional");
  }

  private void signal(Consumer<Subscriber<? super T>> signal) {
    Subscriber<? super T> target = subscriber;
    if (target == null) return;
    try {
      signal.accept(target);
    } catch (Throwable e) {
      Objects.requireNonNull(demand).cancel();
      LOG.error("A subscriber threw, which is not allowed, and gets no more signals", e);
    }
  }

  /** Holds requests back until the subscriber has returned from {@code onSubscribe}. */
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
            new IllegalArgumentException("A subscriber must request at least 1 value, not " + n));
      }
      long now;
      synchronized (this) {
        // A violation before the first request also starts the flow, which then fails before its
        // first element.
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
