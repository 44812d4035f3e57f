package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.report.Metric;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Concurrent streams whose tokens arrive one by one: the cost of a token that has to wake a thread. */
final class PacedWorkload implements Workload {
  private static final int AT_ONCE = 64;
  private static final int TOKENS = 100;
  private static final int APART_MILLIS = 20;
  private static final int WARM_UP = 3;
  private static final int ROUNDS = 5;

  @Override
  public String name() {
    return "paced";
  }

  @Override
  public String description() {
    return "Rounds of " + AT_ONCE + " concurrent streams of " + TOKENS + " tokens each, sent "
        + APART_MILLIS + " ms apart; " + WARM_UP + " rounds warm up, " + ROUNDS
        + " are measured: processor time and allocation of the whole client JVM, divided by the tokens. "
        + StreamWorkload.TAKING;
  }

  @Override
  public List<String> contestants() {
    return StreamWorkload.STREAMING;
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        Metric.of("CPU per token", "µs").ratioAtMost(2.0, 1.5),
        Metric.of("allocated per token", "bytes").ratio(),
        Metric.of("wall per round", "s").ratio());
  }

  @Override
  public Map<String, Double> run(Arena arena) throws Exception {
    try (Contestant contestant = arena.contestant()) {
      rounds(contestant, WARM_UP);
      Allocation allocation = Allocation.start();
      long cpu = Jvm.cpuNanos();
      long start = System.nanoTime();
      for (int round = 0; round < ROUNDS; round++) {
        rounds(contestant, 1);
        allocation.sample();
      }
      double tokens = (double) ROUNDS * AT_ONCE * TOKENS;
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("wall per round", (System.nanoTime() - start) / 1e9 / ROUNDS);
      values.put("CPU per token", (Jvm.cpuNanos() - cpu) / tokens / 1e3);
      values.put("allocated per token", allocation.bytes() / tokens);
      return values;
    }
  }

  private static void rounds(Contestant contestant, int rounds) throws Exception {
    for (int round = 0; round < rounds; round++) {
      Arrivals tokens = new Arrivals(AT_ONCE);
      contestant.stream("paced-" + TOKENS + "-" + APART_MILLIS, AT_ONCE, tokens).await();
      tokens.expect(TOKENS);
    }
  }
}
