package dev.muster.java.parity;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Runs rows as a Java program does with futures. Everything around an operator (a chain, a mapping,
 * a recovery) is built from stages; nothing waits for a future.
 */
class FutureRunner implements Runner {
  @Override
  public String getStyle() {
    return "future";
  }

  @Override
  public Session open(Setup setup, Audience audience) {
    return new FutureSession(setup, audience);
  }

  static class FutureSession extends JavaSession {
    FutureSession(Setup setup, Audience audience) {
      super(setup, audience);
    }

    @Override
    Running begin(Op op) {
      try {
        return new FutureRunning(handle(future(op)));
      } catch (RuntimeException e) {
        return new FutureRunning(CompletableFuture.failedFuture(e));
      }
    }

    /** Returns the future that the program holds, and cancels, for the whole operation. */
    CompletableFuture<Object> handle(CompletableFuture<Object> whole) {
      return whole;
    }

    private CompletableFuture<Object> future(Op op) {
      if (op instanceof Then then) {
        return future(then.first()).thenCompose(value -> next(then, value).executeAsync());
      }
      if (op instanceof Mapped mapped) {
        return future(mapped.call()).thenApply(value -> into(mapped, value));
      }
      if (op instanceof Recover recover) {
        return future(recover.call()).exceptionally(failure -> recovered(recover, failure));
      }
      if (op instanceof RecoverWith recover) {
        return future(recover.call()).exceptionallyCompose(failure -> next(recover, failure));
      }
      if (op instanceof Stream stream) return taken(stream);
      return call(op).executeAsync();
    }

    private CompletableFuture<Object> taken(Stream op) {
      List<Object> values = new CopyOnWriteArrayList<>();
      return stream(op)
          .forEach(value -> {
            values.add(value);
            take(value);
          })
          .executeAsync()
          .thenApply(ended -> values);
    }

    private CompletableFuture<Object> next(RecoverWith recover, Throwable failure) {
      return recover.type().isInstance(original(failure))
          ? future(recover.next())
          : CompletableFuture.failedFuture(failure);
    }

    private static Object recovered(Recover recover, Throwable failure) {
      if (recover.type().isInstance(original(failure))) return recover.value();
      throw failure instanceof CompletionException wrapped
          ? wrapped
          : new CompletionException(failure);
    }
  }

  /** Unwraps the exceptions that the JDK adds from one stage to the next. */
  private static Throwable original(Throwable failure) {
    return failure instanceof CompletionException wrapped && wrapped.getCause() != null
        ? wrapped.getCause()
        : failure;
  }

  private static final class FutureRunning implements Running {
    private final CompletableFuture<Object> future;
    private final CompletableFuture<Ending> ending;

    FutureRunning(CompletableFuture<Object> future) {
      this.future = future;
      this.ending = future.handle(
          (value, failure) -> new Ending(value, failure == null ? null : original(failure)));
    }

    @Override
    public void cancel() {
      future.cancel(true);
    }

    @Override
    public CompletableFuture<Ending> getEnding() {
      return ending;
    }
  }
}
