package dev.muster.java.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeServer;
import dev.muster.java.CallFuture;
import dev.muster.java.Calls;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A thousand calls that are cancelled together. The benchmark {@code cancel} measures how fast that
 * is.
 */
@Timeout(180)
class CancelLoadTest {
  private static final int CALLS = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private FakeServer server;
  private Muster muster;
  private Model model;

  @BeforeEach
  void open() throws Exception {
    OpenFiles.requireRoomFor(2 * CALLS + 200);
    server = FakeServer.start();
    server.onModel("slow").reply(FakeReply.hang());
    muster = Clients.openAi(server.openAiUrl());
    model = muster.model("openai::slow");
  }

  @AfterEach
  void close() {
    muster.close();
    server.close();
  }

  @Test
  void b25CancellingTheFutureOfAGatherClosesAThousandCallsInFlight() {
    CallFuture<List<String>> future =
        Calls.gather(Clients.prompts(CALLS), model::ask).executeAsync();
    server.awaitRequests(CALLS, PATIENCE);
    assertEquals(CALLS, server.inFlight());

    assertTrue(future.cancel(true));

    assertThrows(CancellationException.class, future::join);
    server.awaitDisconnects(CALLS, PATIENCE);
    assertEquals(0, server.inFlight(), "in flight");
    assertEquals(0, server.completed(), "ran to their end");
    assertNothingWasBegunAfter(CALLS);
  }

  @Test
  void b25CancellingWhileTheCallsOfAGatherAreStillBeingStartedLeavesNone() {
    CallFuture<List<String>> future =
        Calls.gather(Clients.prompts(CALLS), model::ask).executeAsync();
    server.awaitRequests(CALLS / 4, PATIENCE);

    assertTrue(future.cancel(true));

    server.awaitIdle(PATIENCE);
    // Waits until the connections that were being opened are closed.
    muster.close();
    server.awaitNoConnections(PATIENCE);
    int begun = server.requestCount();
    assertTrue(begun <= CALLS, "requests: " + begun);
    assertEquals(begun, server.disconnects(), "disconnects");
    assertNothingWasBegunAfter(begun);
  }

  /**
   * The server accepts connections in the order in which they were opened, so none is waiting
   * behind this call.
   */
  private void assertNothingWasBegunAfter(int requests) {
    try (Muster other = Clients.openAi(server.openAiUrl())) {
      assertEquals("You said: ping", other.model("openai::quick").ask("ping").execute());
    }
    assertEquals(requests + 1, server.requestCount(), "requests, the last call included");
    server.awaitCompleted(1, PATIENCE);
    assertEquals(1, server.completed(), "answered");
  }
}
