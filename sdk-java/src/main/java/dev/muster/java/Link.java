package dev.muster.java;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The calls and stages that a stage of a {@link CallFuture} waits for, and cancels. Links form a
 * chain as long as that of the stages, so they are followed in a loop and not by recursion.
 */
abstract class Link {
  /** Cancels nothing. */
  static final Link NONE = new Link() {
    @Override
    void cut(Deque<Link> further) {}
  };

  private final AtomicBoolean isCut = new AtomicBoolean();

  /** Returns the link to a running call, which {@code cancel} cancels. */
  static Link to(Runnable cancel) {
    return new Link() {
      @Override
      void cut(Deque<Link> further) {
        cancel.run();
      }
    };
  }

  /** Combines {@code one} with the link of {@code other} if that is the future of a call, too. */
  static Link both(Link one, CompletionStage<?> other) {
    return other instanceof CallFuture<?> future ? both(one, future.link()) : one;
  }

  /** Combines two links. */
  static Link both(Link one, Link second) {
    return new Link() {
      @Override
      void cut(Deque<Link> further) {
        further.add(one);
        further.add(second);
      }
    };
  }

  /**
   * Cancels everything this link leads to, each call once. If one of them throws, the others are
   * cancelled nevertheless.
   */
  final void cut() {
    Deque<Link> todo = new ArrayDeque<>();
    todo.add(this);
    Throwable failure = null;
    for (Link next = todo.poll(); next != null; next = todo.poll()) {
      try {
        if (next.isCut.compareAndSet(false, true)) next.cut(todo);
      } catch (RuntimeException | Error e) {
        if (failure == null) failure = e;
        else if (failure != e) failure.addSuppressed(e);
      }
    }
    if (failure instanceof Error error) throw error;
    if (failure instanceof RuntimeException unchecked) throw unchecked;
  }

  /** Cancels only this link, and adds the links to cancel next to {@code further}. */
  abstract void cut(Deque<Link> further);

  /**
   * The link of a composed stage: to the call, and to the stage returned by the user's function.
   */
  static final class Inner extends Link {
    private final Link outer;
    private @Nullable CompletionStage<?> stage;
    private boolean cancelled;

    Inner(Link outer) {
      this.outer = outer;
    }

    <A, S extends @Nullable CompletionStage<?>> Function<A, S> around(
        Function<? super A, ? extends S> function) {
      Objects.requireNonNull(function, "function");
      return argument -> hold(function.apply(argument));
    }

    private <S extends @Nullable CompletionStage<?>> S hold(S returned) {
      boolean late;
      synchronized (this) {
        stage = returned;
        late = cancelled;
      }
      if (late && returned != null) returned.toCompletableFuture().cancel(true);
      return returned;
    }

    @Override
    void cut(Deque<Link> further) {
      CompletionStage<?> inner;
      synchronized (this) {
        cancelled = true;
        inner = stage;
      }
      further.add(outer);
      if (inner instanceof CallFuture<?> future) {
        if (future.cancelAlone()) further.add(future.link());
      } else if (inner != null) {
        inner.toCompletableFuture().cancel(true);
      }
    }
  }
}
