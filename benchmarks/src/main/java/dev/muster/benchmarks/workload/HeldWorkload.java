package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.report.Metric;
import dev.muster.benchmarks.server.ServerControl;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ten thousand calls that wait: what a waiting call keeps in memory. */
final class HeldWorkload implements Workload {
  private static final int CALLS = 10_000;
  private static final int PATIENCE_SECONDS = 60;

  @Override
  public String name() {
    return "held";
  }

  @Override
  public String description() {
    return "10,000 calls wait for a reply that the server holds: live heap after a full collection over what was live"
        + " before they were started, by calls; threads over what the JVM had before it made the client; processor time"
        + " that a second of waiting takes.";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        Metric.of("live heap per waiting call", "kB").ratio().atMost(18, 12),
        Metric.of("threads while waiting", "").ratioAim(1),
        Metric.of("CPU while waiting", "ms/s").atMost(50));
  }

  /** What the start has made hot is compiled seconds later: that is not what waiting costs. */
  private static void awaitCompiler(ServerControl server) throws IOException {
    for (int second = 0; second < PATIENCE_SECONDS; second++) {
      long compiled = Jvm.compilationMillis();
      server.await("held", CALLS + 1, 1);
      if (Jvm.compilationMillis() - compiled <= 1) return;
    }
    throw new IllegalStateException("the compiler does not come to rest");
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
      // Nothing comes: the server answers when two seconds are over.
      server.await("held", CALLS + 1, 2);
      double seconds = (System.nanoTime() - start) / 1e9;
      values.put("CPU while waiting", (Jvm.cpuNanos() - cpu) / 1e6 / seconds);
      server.release();
      int answers = calls.texts().size();
      if (answers != CALLS) throw new IllegalStateException(answers + " answers");
      return values;
    }
  }
}
