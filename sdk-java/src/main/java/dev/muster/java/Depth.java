package dev.muster.java;

import dev.muster.java.Bridge.SuspendCall;
import dev.muster.spi.FreshStack;
import java.util.function.Supplier;
import kotlinx.coroutines.flow.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Lets chains of calls be of any length. Each link runs inside the next: what is derived from so many
 * others that they might not fit on a thread's stack begins on a fresh one.
 */
final class Depth {
  /** Links that run on one stack. A link takes some 2 kB of it at most. */
  private static final int LINKS = 64;

  private Depth() {}

  static <T extends @Nullable Object> SuspendCall<T> fit(SuspendCall<T> body, int depth) {
    return isFull(depth) ? k -> FreshStack.onFreshStack(body, k) : body;
  }

  static <T extends @Nullable Object> Supplier<Flow<T>> fit(Supplier<Flow<T>> body, int depth) {
    return isFull(depth) ? () -> FreshStack.onFreshStack(body) : body;
  }

  private static boolean isFull(int depth) {
    return depth > 0 && depth % LINKS == 0;
  }
}
