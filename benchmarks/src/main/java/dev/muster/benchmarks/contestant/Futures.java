package dev.muster.benchmarks.contestant;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Flights of contestants whose calls are futures. The future to cancel may differ from the one to wait for. */
public final class Futures {
  private Futures() {}

  /** Calls whose answers are {@code texts}. Cancelling cancels {@code exchanges}. */
  public static Contestant.Answers calls(
      List<CompletableFuture<String>> texts, List<? extends Future<?>> exchanges) {
    return new Contestant.Answers() {
      @Override
      public List<String> texts() {
        return texts.stream().map(CompletableFuture::join).toList();
      }

      @Override
      public void cancel() {
        for (Future<?> exchange : exchanges) exchange.cancel(true);
      }

      @Override
      public Throwable failure() {
        return Futures.failure(texts);
      }
    };
  }

  /** Returns the failure of the first of {@code futures} that failed, or null. */
  public static Throwable failure(List<? extends CompletableFuture<?>> futures) {
    for (CompletableFuture<?> one : futures) {
      if (!one.isCompletedExceptionally()) continue;
      try {
        one.join();
      } catch (CompletionException e) {
        return e.getCause();
      } catch (CancellationException e) {
        return e;
      }
    }
    return null;
  }

  /** A race of {@code texts}. Its future completes with the first answer, or with a failure if all failed. */
  public static CompletableFuture<String> race(
      List<CompletableFuture<String>> texts, List<? extends Future<?>> exchanges) {
    CompletableFuture<String> first = new CompletableFuture<>();
    AtomicInteger left = new AtomicInteger(texts.size());
    for (CompletableFuture<String> text : texts) {
      text.whenComplete((value, failure) -> {
        if (failure == null) first.complete(value);
        else if (left.decrementAndGet() == 0) first.completeExceptionally(failure);
      });
    }
    return first.whenComplete((value, failure) -> {
      for (Future<?> exchange : exchanges) exchange.cancel(true);
    });
  }

  /** All of {@code futures}. Cancelling cancels {@code exchanges}. */
  public static Contestant.Flight flight(
      List<? extends CompletableFuture<?>> futures, List<? extends Future<?>> exchanges) {
    List<CompletableFuture<?>> all = new ArrayList<>(futures);
    return new Contestant.Flight() {
      @Override
      public void await() {
        for (CompletableFuture<?> one : all) {
          try {
            one.join();
          } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
          }
        }
      }

      @Override
      public void cancel() {
        for (Future<?> exchange : exchanges) exchange.cancel(true);
      }

      @Override
      public Throwable failure() {
        return Futures.failure(all);
      }
    };
  }
}
