package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.error.CallInterruptedException;
import dev.muster.error.ClientClosedException;
import dev.muster.fake.FakeReply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class CloseTest {
  private final Wire wire = new Wire();

  @AfterEach
  void close() {
    wire.close();
  }

  private CallFuture<String> started(String prompt) {
    return wire.model().ask(prompt).executeAsync();
  }

  @Test
  @DisplayName("C27 calls in flight may finish, and no new one goes out")
  void gracefully() {
    wire.server.onPrompt("finishes").reply(FakeReply.text("ok").hold());
    CallFuture<String> first = started("finishes");
    CallFuture<String> second = started("finishes");
    wire.server.awaitRequests(2, Wire.SOON);
    CompletableFuture<Boolean> closed =
        CompletableFuture.supplyAsync(() -> wire.muster.closeGracefully(Duration.ofHours(1)));
    while (!wire.muster.isClosed()) Thread.onSpinWait();
    assertThrows(ClientClosedException.class, () -> wire.model().ask("new").execute());
    assertFalse(closed.isDone());
    wire.server.release();
    assertEquals("okok", first.join() + second.join());
    assertTrue(closed.join());
    assertEquals(2, wire.server.requestCount());
  }

  @Test
  @DisplayName("C27 what has not ended in the time that is given is cancelled")
  void tooLate() {
    wire.server.otherwise(FakeReply.hang());
    CallFuture<String> late = started("hangs");
    wire.server.awaitRequests(1, Wire.SOON);
    // The limit passes: the call never ends. The core tests on virtual time that a call may finish
    // in time.
    assertFalse(wire.muster.closeGracefully(Duration.ofMillis(20)));
    CompletionException ending = assertThrows(CompletionException.class, late::join);
    assertInstanceOf(ClientClosedException.class, ending.getCause());
    wire.server.awaitDisconnects(1, Wire.SOON);
  }

  @Test
  @DisplayName("C27 nothing in flight is nothing to wait for")
  void idle() {
    wire.model().ask("Hi").execute();
    assertTrue(wire.muster.closeGracefully(Duration.ofHours(1)));
    assertTrue(wire.muster.closeGracefully(Duration.ofHours(1)));
    wire.server.awaitNoConnections(Wire.SOON);
  }

  @Test
  @DisplayName("C27 an interrupt ends the wait, and the client is closed")
  void interrupted() {
    wire.server.otherwise(FakeReply.hang());
    started("hangs");
    wire.server.awaitRequests(1, Wire.SOON);
    Thread.currentThread().interrupt();
    assertThrows(
        CallInterruptedException.class, () -> wire.muster.closeGracefully(Duration.ofHours(1)));
    assertTrue(Thread.interrupted());
    wire.server.awaitDisconnects(1, Wire.SOON);
  }

  @Test
  @DisplayName("C27 a callback cannot wait for itself")
  void inACallback() {
    Call<Boolean> closing = Call.of(() -> wire.muster.closeGracefully(Duration.ofHours(1)));
    assertThrows(IllegalStateException.class, closing::execute);
  }
}
