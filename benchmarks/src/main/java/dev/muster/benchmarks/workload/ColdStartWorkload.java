package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.report.Metric;
import dev.muster.benchmarks.server.BenchServer;
import java.util.List;
import java.util.Map;

/** A JVM that makes one call. */
final class ColdStartWorkload implements Workload {
  @Override
  public String name() {
    return "cold-start";
  }

  @Override
  public String description() {
    return "A JVM that makes one call: its processor time, its time from start to answer, and its loaded classes.";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        Metric.of("CPU", "ms").ratioAtMost(1.6, 1.4),
        Metric.of("wall", "ms").ratio(),
        Metric.of("classes", "").ratio());
  }

  @Override
  public int limitSeconds() {
    return 60;
  }

  @Override
  public Map<String, Double> run(Arena arena) throws Exception {
    try (Contestant contestant = arena.contestant()) {
      List<String> texts = contestant.start("now", 1).texts();
      double cpu = Jvm.cpuNanos() / 1e6;
      double wall = Jvm.uptimeMillis();
      int classes = Jvm.classes();
      if (!texts.equals(List.of(BenchServer.ANSWER))) throw new IllegalStateException("" + texts);
      return Map.of("CPU", cpu, "wall", wall, "classes", (double) classes);
    }
  }
}
