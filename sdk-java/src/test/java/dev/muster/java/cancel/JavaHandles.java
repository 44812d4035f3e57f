package dev.muster.java.cancel;

import dev.muster.chat.ToolDefinition;
import dev.muster.error.CallInterruptedException;
import dev.muster.error.ClientClosedException;
import dev.muster.error.LlmTimeoutException;
import dev.muster.java.Agent;
import dev.muster.java.Call;
import dev.muster.java.CallFuture;
import dev.muster.java.CallStream;
import dev.muster.java.Calls;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.java.StreamCall;
import dev.muster.java.Tools;
import dev.muster.resilience.ConcurrencyLimiter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/** How a Java program cancels: with the methods of the facade. */
final class JavaHandles {
  private JavaHandles() {}

  static List<Handle> all() {
    return List.of(
        handle("future.cancel", CancellationException.class, (session, onToken) -> {
          CallFuture<?> future = session.call(onToken).executeAsync();
          return settling(future, () -> future.cancel(true));
        }),
        handle("a dependent stage's cancel", CancellationException.class, (session, onToken) -> {
          CompletableFuture<?> stage = stageOf(session.call(onToken).executeAsync());
          return settling(stage, () -> stage.cancel(false));
        }),
        handle("orTimeout on it", TimeoutException.class, (session, onToken) -> {
          CompletableFuture<?> stage = stageOf(session.call(onToken).executeAsync());
          return new Held(ending(stage), () -> {
            // The timeout must pass: what it cancels is already in its phase.
            long passes = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1);
            stage.orTimeout(1, TimeUnit.MILLISECONDS);
            return passes;
          });
        }),
        handle("thread interrupt", CallInterruptedException.class, (session, onToken) -> {
          Call<?> call = session.call(onToken);
          Blocked blocked = Blocked.start(session.timed(call::execute));
          return new Held(blocked.ending, () -> now(blocked::interrupt));
        }),
        handle("CallStream.close", CancellationException.class, (session, onToken) -> {
          CallStream<?> stream = session.events().open();
          Blocked reader =
              Blocked.start(session.timed(() -> stream.forEach(event -> onToken.run())));
          return new Held(reader.ending, () -> now(stream::close));
        }),
        handle("deadline", LlmTimeoutException.class, (session, onToken) -> {
          CallFuture<?> future =
              session.call(onToken).timeout(session.kind.limit()).executeAsync();
          return new Held(
              ending(future), () -> now(() -> session.kind.clock().pass(session.kind.limit())));
        }),
        handle("race lost", null, (session, onToken) -> {
          CountDownLatch won = new CountDownLatch(1);
          Call<Object> winner = Call.of(() -> {
            won.await();
            return "won";
          });
          CallFuture<?> race = Calls.race(session.call(onToken), winner).executeAsync();
          return new Held(ending(race), () -> now(won::countDown));
        }),
        new JavaHandle("client close", ClientClosedException.class, true, (session, onToken) -> {
          CallFuture<?> future = session.call(onToken).executeAsync();
          return new Held(ending(future), () -> now(session::close));
        }));
  }

  private static Handle handle(
      String name,
      Class<? extends Throwable> ending,
      BiFunction<JavaSession, Runnable, Running> start) {
    return new JavaHandle(name, ending, false, start);
  }

  private static Running settling(CompletableFuture<?> future, Runnable cancel) {
    return new Held(ending(future), () -> now(cancel));
  }

  private static CompletableFuture<?> stageOf(CallFuture<?> future) {
    return future.thenApply(value -> value).handle((value, failure) -> value).thenRun(() -> {});
  }

  static CompletableFuture<Throwable> ending(CompletableFuture<?> future) {
    return future.handle((value, failure) ->
        failure instanceof CompletionException wrapped ? wrapped.getCause() : failure);
  }

  private static long now(Runnable cancel) {
    long now = System.nanoTime();
    cancel.run();
    return now;
  }

  private record JavaHandle(
      String name,
      Class<? extends Throwable> ending,
      boolean endsSession,
      BiFunction<JavaSession, Runnable, Running> start)
      implements Handle {
    @Override
    public String getName() {
      return name;
    }

    @Override
    public String getStyle() {
      return "Java";
    }

    @Override
    public Class<? extends Throwable> getEnding() {
      return ending;
    }

    @Override
    public boolean getEndsSession() {
      return endsSession;
    }

    @Override
    public Session open(Kind kind) {
      return new JavaSession(kind, start);
    }
  }

  private static final class JavaSession implements Session {
    private final Kind kind;
    private final BiFunction<JavaSession, Runnable, Running> start;
    private final Muster muster;
    private final Model model;

    /** The agent of calls that run a tool. */
    private final Agent agent;

    JavaSession(Kind kind, BiFunction<JavaSession, Runnable, Running> start) {
      this.kind = kind;
      this.start = start;
      Muster.Builder builder = Muster.builder()
          .environment(Map.of())
          .provider("openai", it -> it.baseUrl(kind.url()).apiKey("test-key"))
          .retry(kind.retry())
          .transport(kind.transport());
      ConcurrencyLimiter limiter = kind.limiter();
      if (limiter != null) builder.concurrencyLimiter("openai", limiter);
      this.muster = builder.build();
      this.model = muster.model("openai::gpt-4o-mini");
      Inside inside = kind.inside();
      this.agent = inside == null ? null : waiting(muster, inside);
    }

    @Override
    public Running start(Runnable onToken) {
      AtomicReference<Running> running = new AtomicReference<>();
      kind.clock().around(() -> running.set(start.apply(this, onToken))).run();
      return running.get();
    }

    /** Wraps {@code task} for its own thread. */
    Runnable timed(Runnable task) {
      return kind.clock().around(task);
    }

    private static Agent waiting(Muster muster, Inside inside) {
      ToolDefinition definition =
          new ToolDefinition(Inside.TOOL, "Waits.", Map.of("type", "object"));
      return muster
          .agent("openai::gpt-4o-mini")
          .tool(Tools.of(definition, call -> waited(inside)))
          .build();
    }

    /** Blocks until it is interrupted. */
    private static String waited(Inside inside) {
      inside.entered();
      try {
        new CountDownLatch(1).await();
        throw new AssertionError("Nobody counts it down");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return "interrupted";
      } finally {
        inside.left();
      }
    }

    StreamCall<? extends Object> events() {
      return agent == null ? model.stream(Handle.PROMPT) : agent.stream(Handle.PROMPT);
    }

    Call<? extends Object> call(Runnable onToken) {
      if (agent != null) return agent.ask(Handle.PROMPT);
      return kind.tokens() == Tokens.NONE
          ? model.ask(Handle.PROMPT)
          : model.stream(Handle.PROMPT).forEach(event -> onToken.run()).map(nothing -> "read");
    }

    @Override
    public void close() {
      muster.close();
    }
  }

  private record Held(CompletableFuture<Throwable> ending, LongSupplier how) implements Running {
    @Override
    public long cancel() {
      return how.getAsLong();
    }

    @Override
    public CompletableFuture<Throwable> getEnding() {
      return ending;
    }
  }

  /** A thread that waits in a blocking method. */
  private record Blocked(Thread thread, CompletableFuture<Throwable> ending) {
    static Blocked start(Runnable method) {
      CompletableFuture<Throwable> ending = new CompletableFuture<>();
      Thread thread = new Thread(
          () -> {
            try {
              method.run();
              ending.complete(null);
            } catch (RuntimeException | Error e) {
              ending.complete(e);
            }
          },
          "cancel-blocked");
      thread.setDaemon(true);
      thread.start();
      return new Blocked(thread, ending);
    }

    void interrupt() {
      thread.interrupt();
    }
  }
}
