package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.report.Metric;
import dev.muster.benchmarks.server.ServerControl;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ten thousand calls that wait: the memory of a waiting call. */
final class HeldWorkload implements Workload {
  private static final int CALLS = 10_000;
  private static final int PATIENCE_SECONDS = 60;

  @Override
  public String name() {
    return "held";
  }

  @Override
  public String description() {
    return "10,000 calls wait for a reply that the server holds. Live heap: the growth since before the calls, after a"
        + " full collection, divided by the calls. Threads: those added since before the client was created. CPU:"
        + " processor time for a second of waiting.";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        Metric.of("live heap per waiting call", "kB").ratio().atMost(18, 12),
        Metric.of("threads while waiting", "").ratioAim(1),
        Metric.of("CPU while waiting", "ms/s").atMost(50));
  }

  /** Waits until the compiler is idle. It compiles the start-up code for seconds, which is not a cost of waiting. */
  private static void awaitCompiler(ServerControl server) throws IOException {
    for (int second = 0; second < PATIENCE_SECONDS; second++) {
      long compiled = Jvm.compilationMillis();
      server.await("held", CALLS + 1, 1);
      if (Jvm.compilationMillis() - compiled <= 1) return;
    }
    throw new IllegalStateException("The JIT compiler did not become idle");
  }

  @Override
  public Map<String, Double> run(Arena arena) throws Exception {
    ServerControl server = arena.server();
    int threads = Jvm.threads();
    try (Contestant contestant = arena.contestant()) {
      contestant.start("now", 100).texts();
      long empty = Jvm.liveHeap();
      Contestant.Answers calls = contestant.start("held", CALLS);
      InFlight.awaitHeld(server, calls, CALLS, PATIENCE_SECONDS);
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("live heap per waiting call", (Jvm.liveHeap() - empty) / 1e3 / CALLS);
      values.put("threads while waiting", (double) Jvm.threads() - threads);
      awaitCompiler(server);
      long cpu = Jvm.cpuNanos();
      long start = System.nanoTime();
      // The server answers only when the two seconds are over.
      server.await("held", CALLS + 1, 2);
      double seconds = (System.nanoTime() - start) / 1e9;
      values.put("CPU while waiting", (Jvm.cpuNanos() - cpu) / 1e6 / seconds);
      server.release();
      int answers = calls.texts().size();
      if (answers != CALLS)
        throw new IllegalStateException(answers + " of " + CALLS + " calls were answered");
      return values;
    }
  }
}
