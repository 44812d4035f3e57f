package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.muster.context.ContextCarrier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Context follows a call: it is captured on the thread that starts the call. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class ContextTest {
  static final ThreadLocal<String> CURRENT = new ThreadLocal<>();

  private final Call<String> current = Call.of(CURRENT::get);

  /** Registered in META-INF/services of the tests. */
  public static final class Carrier implements ContextCarrier {
    @Override
    public Captured capture() {
      String carried = CURRENT.get();
      if (carried == null) return null;
      return () -> {
        String before = CURRENT.get();
        CURRENT.set(carried);
        return () -> CURRENT.set(before);
      };
    }
  }

  @AfterEach
  void clear() {
    CURRENT.remove();
  }

  @Test
  @DisplayName(
      "user code of a call sees what was current where it was started, not where it was made")
  void inFunctions() {
    CURRENT.set("made");
    Call<String> mapped = current.map(seen -> seen + "/" + CURRENT.get());
    CURRENT.set("started");
    assertEquals("started/started", mapped.execute());
    assertEquals("started/started", mapped.executeAsync().join());
    assertEquals(
        List.of("started", "started"),
        Calls.gather(List.of(1, 2), n -> Call.value(CURRENT.get())).execute());
    CURRENT.remove();
    assertNull(current.execute());
  }

  @Test
  @DisplayName("dependents of a future, callbacks and the functions of streams see it too")
  void inCallbacks() throws Exception {
    CURRENT.set("started");
    // Must not settle before the dependent is added: the dependent would then run on this thread.
    CompletableFuture<Void> begun = new CompletableFuture<>();
    CompletableFuture<String> dependent =
        Call.fromFuture(() -> begun).executeAsync().thenApply(nothing -> CURRENT.get());
    begun.complete(null);
    assertEquals("started", dependent.join());
    AtomicReference<String> pumped = new AtomicReference<>();
    CallbackQueue queue = new CallbackQueue();
    queue.enqueue(current, seen -> pumped.set(seen + "/" + CURRENT.get()));
    CURRENT.set("pumping");
    queue.processAll(Wire.SOON);
    assertEquals("started/started", pumped.get());
    assertEquals("pumping", CURRENT.get());
    List<String> seen = new ArrayList<>();
    try (CallStream<String> stream =
        Calls.mapConcurrent(List.of(1), 1, n -> current).open()) {
      stream.forEach(seen::add);
    }
    assertEquals(List.of("pumping"), seen);
  }

  @Test
  @DisplayName("a call inside a function carries it on")
  void nested() {
    CURRENT.set("outer");
    assertEquals("outer", Call.of(current::execute).execute());
  }
}
