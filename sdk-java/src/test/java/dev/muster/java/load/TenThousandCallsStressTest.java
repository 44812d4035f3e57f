package dev.muster.java.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.fake.FakeServerProcess;
import dev.muster.fake.FakeStats;
import dev.muster.java.CallFuture;
import dev.muster.java.Calls;
import dev.muster.java.Muster;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * No thread waits: ten thousand calls in flight with default settings; the server runs in its own
 * JVM.
 */
@Tag("slow")
@Timeout(180)
class TenThousandCallsStressTest {
  private static final int CALLS = 10_000;
  private static final int MORE_THREADS = 120;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  @Test
  void tenThousandCallsOfFortySecondsAreOpenAtOnceAndSucceedOnAFewMoreThreads() throws Exception {
    OpenFiles.requireRoomFor(CALLS + 500);
    try (FakeServerProcess server = FakeServerProcess.start("--latency=40s", "--text=done");
        Muster muster = Clients.openAi(server.openAiUrl())) {
      server.stats(); // Starts the threads that the test itself needs for its queries.
      int before = THREADS.getThreadCount();
      THREADS.resetPeakThreadCount();

      CallFuture<List<String>> future = Calls.gather(
              Clients.prompts(CALLS), muster.model("openai::patient")::ask)
          .executeAsync();

      FakeStats waiting = server.awaitRequests(CALLS, Duration.ofSeconds(39));
      assertEquals(CALLS, waiting.inFlight(), "open at once");
      assertEquals(0, waiting.completed(), "answered already");

      List<String> answers = future.join();

      int added = THREADS.getPeakThreadCount() - before;
      assertEquals(CALLS, answers.size());
      assertTrue(answers.stream().allMatch("done"::equals), "answers");
      FakeStats after = server.stats();
      assertEquals(CALLS, after.peakInFlight(), "peak in flight");
      assertEquals(CALLS, after.requestCount(), "requests: none was sent twice");
      assertEquals(0, after.disconnects(), "disconnects");
      assertTrue(added <= MORE_THREADS, added + " threads more than before");
    }
  }
}
