package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.report.Metric;
import dev.muster.benchmarks.server.BenchServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Short calls, 64 at once, in rounds: the cost of a call. */
final class SmallWorkload implements Workload {
  private static final int AT_ONCE = 64;
  private static final int WARM_UP = 400;
  private static final int ROUNDS = 600;

  @Override
  public String name() {
    return "small";
  }

  @Override
  public String description() {
    return "Rounds of 64 short calls at once, answered without delay. The next round starts when the last answer arrived."
        + " "
        + WARM_UP
        + " rounds warm up, "
        + ROUNDS
        + " are measured: processor time and allocation of the whole client JVM, divided by the calls.";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        Metric.of("CPU per call", "µs").ratioAtMost(2.0, 1.3),
        Metric.of("allocated per call", "kB").ratio().atMost(40, 25),
        Metric.of("wall per call", "µs").ratio());
  }

  @Override
  public Map<String, Double> run(Arena arena) throws Exception {
    try (Contestant contestant = arena.contestant()) {
      rounds(contestant, WARM_UP, null);
      Allocation allocation = Allocation.start();
      long cpu = Jvm.cpuNanos();
      long start = System.nanoTime();
      rounds(contestant, ROUNDS, allocation);
      double calls = (double) ROUNDS * AT_ONCE;
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("wall per call", (System.nanoTime() - start) / calls / 1e3);
      values.put("CPU per call", (Jvm.cpuNanos() - cpu) / calls / 1e3);
      values.put("allocated per call", allocation.bytes() / calls / 1e3);
      return values;
    }
  }

  private static void rounds(Contestant contestant, int rounds, Allocation allocation)
      throws Exception {
    for (int round = 0; round < rounds; round++) {
      for (String text : contestant.start("now", AT_ONCE).texts()) {
        if (!BenchServer.ANSWER.equals(text))
          throw new IllegalStateException(
              "Expected '" + BenchServer.ANSWER + "', was '" + text + "'");
      }
      if (allocation != null && round % 20 == 0) allocation.sample();
    }
  }
}
