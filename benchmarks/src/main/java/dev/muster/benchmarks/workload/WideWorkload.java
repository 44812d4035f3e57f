package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.report.Metric;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Many calls at once, one second each: when the last is done, and with how many threads. */
final class WideWorkload implements Workload {
  private final int calls;

  WideWorkload(int calls) {
    this.calls = calls;
  }

  @Override
  public String name() {
    return "wide-" + calls;
  }

  @Override
  public String description() {
    return String.format(
        "%,d calls at once whose reply takes 1 s: time until the last is done, and the most threads added since before"
            + " the client was created.",
        calls);
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        calls < 10_000
            ? Metric.of("wall", "s").ratioAtMost(1.25, 1.1)
            : Metric.of("wall", "s").ratioAtMost(1.5, 1.2),
        Metric.of("threads added", "").ratioAim(1),
        Metric.of("CPU", "s").ratio(),
        Metric.of("peak in flight", ""));
  }

  @Override
  public int limitSeconds() {
    return 90;
  }

  @Override
  public Map<String, Double> run(Arena arena) throws Exception {
    int threads = Jvm.threads();
    Jvm.resetPeakThreads();
    try (Contestant contestant = arena.contestant()) {
      contestant.start("now", 100).texts();
      long cpu = Jvm.cpuNanos();
      long start = System.nanoTime();
      int answers = contestant.start("after-1000", calls).texts().size();
      long wall = System.nanoTime() - start;
      if (answers != calls)
        throw new IllegalStateException(answers + " of " + calls + " calls were answered");
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("wall", wall / 1e9);
      values.put("CPU", (Jvm.cpuNanos() - cpu) / 1e9);
      values.put("threads added", (double) Jvm.peakThreads() - threads);
      values.put("peak in flight", (double) arena.server().stats().peakInFlight());
      return values;
    }
  }
}
