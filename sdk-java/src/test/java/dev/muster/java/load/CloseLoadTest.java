package dev.muster.java.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.muster.error.ClientClosedException;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeServer;
import dev.muster.java.CallFuture;
import dev.muster.java.Calls;
import dev.muster.java.Muster;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that is closed under load leaves nothing behind. */
@Timeout(180)
class CloseLoadTest {
  private static final int CALLS = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * Threads that belong to no client: those of the JVM and of the coroutine library, and callback
   * threads.
   */
  private static final List<String> SHARED = List.of(
      "DefaultDispatcher-worker",
      "kotlinx.coroutines.DefaultExecutor",
      "muster-callback-",
      "CompletableFutureDelayScheduler",
      "ForkJoinPool.commonPool",
      "Cleaner-",
      "muster-leaks",
      "process reaper");

  @Test
  void a11AClientClosedWithHundredsOfCallsInFlightLeavesNoConnectionAndNoThread() throws Exception {
    OpenFiles.requireRoomFor(2 * CALLS + 400);
    try (FakeServer server = FakeServer.start()) {
      server.onModel("slow").reply(FakeReply.hang());
      Set<Thread> before = Thread.getAllStackTraces().keySet();
      Muster muster = Clients.openAi(server.openAiUrl());
      // These connections are idle in the pool when the client is closed.
      Calls.gather(Clients.prompts(100), muster.model("openai::quick")::ask).execute();
      CallFuture<List<String>> running = Calls.gather(
              Clients.prompts(CALLS), muster.model("openai::slow")::ask)
          .executeAsync();
      server.awaitRequests(100 + CALLS, PATIENCE);

      muster.close();

      CompletionException failure = assertThrows(CompletionException.class, running::join);
      assertInstanceOf(ClientClosedException.class, failure.getCause());
      server.awaitDisconnects(CALLS, PATIENCE);
      server.awaitNoConnections(PATIENCE);
      assertThrows(
          ClientClosedException.class,
          () -> muster.model("openai::quick").ask("more").execute());
      assertEquals(100 + CALLS, server.requestCount(), "requests");
      assertEquals(Set.of(), threadsThatStay(before), "threads");
    }
  }

  /** Returns the threads that were not in {@code before} and do not end. */
  private static Set<String> threadsThatStay(Set<Thread> before) throws InterruptedException {
    Set<Thread> added = Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .filter(thread -> SHARED.stream().noneMatch(thread.getName()::startsWith))
        .collect(Collectors.toSet());
    for (Thread thread : added) thread.join(PATIENCE.toMillis() / 2);
    return added.stream().filter(Thread::isAlive).map(Thread::getName).collect(Collectors.toSet());
  }
}
