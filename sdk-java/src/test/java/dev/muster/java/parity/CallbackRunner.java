package dev.muster.java.parity;

import dev.muster.java.Call;
import dev.muster.java.CallHandle;
import dev.muster.java.StreamCall;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;

/**
 * Runs rows as a Java program does with callbacks: calls are enqueued and cancelled by their
 * handle; streams are published, read one value at a time, and cancelled by their subscription.
 */
class CallbackRunner implements Runner {
  @Override
  public String getStyle() {
    return "callback";
  }

  @Override
  public Session open(Setup setup, Audience audience) {
    return new CallbackSession(setup, audience);
  }

  private static final class CallbackSession extends JavaSession {
    CallbackSession(Setup setup, Audience audience) {
      super(setup, audience);
    }

    @Override
    Running begin(Op op) {
      Told told = new Told();
      try {
        return op instanceof Stream stream ? subscribed(stream(stream), told) : enqueued(op, told);
      } catch (RuntimeException e) {
        told.ended(null, e);
        return new CallbackRunning(told.ending, () -> {});
      }
    }

    private Running enqueued(Op op, Told told) {
      Call<Object> call = call(op);
      CallHandle<Object> handle =
          call.enqueue(value -> told.ended(value, null), failure -> told.ended(null, failure));
      return new CallbackRunning(told.ending, handle::cancel);
    }

    private Running subscribed(StreamCall<?> stream, Told told) {
      Taker taker = new Taker(audience, told);
      stream.publisher().subscribe(taker);
      return new CallbackRunning(told.ending, taker::cancel);
    }
  }

  /** The signals, each of which must come only once. */
  private static final class Told {
    final CompletableFuture<Ending> ending = new CompletableFuture<>();

    void ended(Object value, Throwable failure) {
      boolean isFirst = ending.complete(new Ending(value, failure));
      if (!isFirst) ending.obtrudeException(new AssertionError("Told twice", failure));
    }
  }

  /** Requests the next value when the audience has taken the previous one. */
  private static final class Taker implements Subscriber<Object> {
    private final List<Object> values = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Subscription> subscription = new CompletableFuture<>();
    private final Audience audience;
    private final Told told;
    private volatile boolean cancelled;

    Taker(Audience audience, Told told) {
      this.audience = audience;
      this.told = told;
    }

    @Override
    public void onSubscribe(Subscription begun) {
      subscription.complete(begun);
      begun.request(1);
    }

    @Override
    public void onNext(Object value) {
      values.add(value);
      audience.taken(value).thenRun(() -> subscription.join().request(1));
    }

    @Override
    public void onError(Throwable failure) {
      if (!cancelled) told.ended(null, failure);
    }

    @Override
    public void onComplete() {
      if (!cancelled) told.ended(values, null);
    }

    /** The canceller knows that the stream has ended; a signal may still arrive. */
    void cancel() {
      cancelled = true;
      subscription.join().cancel();
      told.ended(null, new CancellationException("The subscription was cancelled"));
    }
  }

  private record CallbackRunning(CompletableFuture<Ending> ending, Runnable canceller)
      implements Running {
    @Override
    public void cancel() {
      canceller.run();
    }

    @Override
    public CompletableFuture<Ending> getEnding() {
      return ending;
    }
  }
}
