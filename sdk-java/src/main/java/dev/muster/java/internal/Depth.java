package dev.muster.java.internal;

import dev.muster.facade.FreshStack;
import dev.muster.java.internal.Bridge.SuspendCall;
import java.util.function.Supplier;
import kotlinx.coroutines.flow.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Allows chains of calls of any length. Each link of a chain runs inside the next one. After a
 * number of links that might not fit on the thread's stack, the chain continues on a fresh stack.
 */
public final class Depth {
  /** Number of links that run on one stack. A link takes about 2 kB at most. */
  private static final int LINKS = 64;

  private Depth() {}

  public static <T extends @Nullable Object> SuspendCall<T> fit(SuspendCall<T> body, int depth) {
    return isFull(depth) ? k -> FreshStack.onFreshStack(body, k) : body;
  }

  public static <T extends @Nullable Object> Supplier<Flow<T>> fit(
      Supplier<Flow<T>> body, int depth) {
    return isFull(depth) ? () -> FreshStack.onFreshStack(body) : body;
  }

  private static boolean isFull(int depth) {
    return depth > 0 && depth % LINKS == 0;
  }
}
