package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.muster.chat.ChatEvent;
import dev.muster.error.ProviderException;
import dev.muster.fake.FakeReply;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A stream or a client that is garbage-collected without being closed is closed then, and reported.
 */
@Timeout(180)
class LeakTest {
  private final Log log = new Log();
  private final PrintStream before = System.err;
  private final Wire wire = new Wire();

  @BeforeEach
  void listen() {
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void stop() {
    System.setErr(before);
    wire.close();
  }

  @Test
  @DisplayName(
      "A16 a stream that is left without a close is closed on the wire and reported with its place")
  void aStream() {
    wire.server.otherwise(FakeReply.endless("on "));
    leaveEarly();
    collectUntilLogged("LeakTest.leaveEarly");
    assertTrue(logged().contains("A CallStream was garbage-collected"), logged());
    wire.server.awaitDisconnects(1, Wire.SOON);
  }

  @Test
  @DisplayName("A16 one that is closed, has ended or has failed is not reported")
  void noLeak() {
    leaveInTime();
    readToItsEnd();
    endInAFailure();
    leakAnother();
    collectUntilLogged("LeakTest.leakAnother");
    leakAThird();
    collectUntilLogged("LeakTest.leakAThird");
    assertEquals(2, logged().split("A CallStream was garbage-collected", -1).length - 1, logged());
  }

  @Test
  @DisplayName("A16 a stream lives as long as its iterator")
  void theIteratorHoldsIt() {
    wire.server.otherwise(FakeReply.tokens("one ", "two ", "three ").gate(2));
    Iterator<ChatEvent> events = eventsOf("iterated");
    assertTrue(events.hasNext());
    leakAFourth();
    collectUntilLogged("LeakTest.leakAFourth");
    leakAFifth();
    collectUntilLogged("LeakTest.leakAFifth");
    wire.server.release();
    int count = 0;
    for (; events.hasNext(); events.next()) count++;
    assertTrue(count > 2, () -> "the stream did not go on");
    assertFalse(logged().contains("LeakTest.eventsOf"), logged());
  }

  @Test
  @DisplayName("A11 a client that is left without a close is closed and reported with its place")
  void aClient() {
    assertEquals("ok", leaveAClient());
    collectUntilLogged("LeakTest.leaveAClient");
    assertTrue(logged().contains("A Muster client was garbage-collected"), logged());
    wire.server.awaitNoConnections(Wire.SOON);
  }

  @Test
  @DisplayName("A11 a client whose model still answers is not left")
  void aClientInUse() {
    Model model = modelOfAClient();
    leakASixth();
    collectUntilLogged("LeakTest.leakASixth");
    wire.server.otherwise(FakeReply.text("ok"));
    assertEquals("ok", model.ask("Hi").execute());
    assertFalse(logged().contains("LeakTest.modelOfAClient"), logged());
  }

  private void leaveEarly() {
    assertTrue(wire.model().stream("Hi").open().iterator().hasNext());
  }

  private void leaveInTime() {
    try (CallStream<Integer> numbers = numbers().open()) {
      assertEquals(1, numbers.iterator().next());
    }
  }

  private void readToItsEnd() {
    int sum = 0;
    for (int number : numbers().open()) sum += number;
    assertEquals(6, sum);
  }

  private void endInAFailure() {
    Iterator<Object> failing = Calls.mapConcurrent(
            List.of(1), 1, n -> Call.failure(new ProviderException("down")))
        .open()
        .iterator();
    assertThrows(ProviderException.class, failing::hasNext);
  }

  private void leakAnother() {
    numbers().open();
  }

  private void leakAThird() {
    numbers().open();
  }

  private void leakAFourth() {
    numbers().open();
  }

  private void leakAFifth() {
    numbers().open();
  }

  private void leakASixth() {
    numbers().open();
  }

  private static StreamCall<Integer> numbers() {
    return Calls.mapConcurrent(List.of(1, 2, 3), 1, Call::value);
  }

  private Iterator<ChatEvent> eventsOf(String prompt) {
    return wire.model().stream(prompt).open().iterator();
  }

  private String leaveAClient() {
    // Its connection is idle in the pool and must not reference its last exchange.
    wire.server.otherwise(FakeReply.text("ok"));
    return Wire.builder(wire.server)
        .build()
        .model("openai::gpt-4o-mini")
        .ask("Hi")
        .execute();
  }

  private Model modelOfAClient() {
    return Wire.builder(wire.server).build().model("openai::gpt-4o-mini");
  }

  private String logged() {
    return log.toString(StandardCharsets.UTF_8);
  }

  /** Runs the garbage collector until {@code text} is in the log. */
  private void collectUntilLogged(String text) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    do {
      System.gc();
      if (log.awaits(text)) return;
    } while (System.nanoTime() < end);
    fail("It was not reported: " + text + " in " + logged());
  }

  private static final class Log extends ByteArrayOutputStream {
    @Override
    public synchronized void write(byte[] bytes, int from, int count) {
      super.write(bytes, from, count);
      notifyAll();
    }

    /** Waits for {@code text} for a short time, because another collection may be needed. */
    synchronized boolean awaits(String text) {
      try {
        if (!toString(StandardCharsets.UTF_8).contains(text)) wait(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return toString(StandardCharsets.UTF_8).contains(text);
    }
  }
}
