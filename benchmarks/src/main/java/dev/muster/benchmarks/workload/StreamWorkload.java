package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.report.Metric;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Streams side by side whose tokens come as fast as the server can: what a token costs. */
final class StreamWorkload implements Workload {
  private static final int AT_ONCE = 64;
  private static final int TOKENS = 500;
  private static final int WARM_UP = 30;
  private static final int ROUNDS = 60;

  @Override
  public String name() {
    return "stream";
  }

  @Override
  public String description() {
    return "Rounds of "
        + AT_ONCE
        + " streams side by side of "
        + TOKENS
        + " tokens each, sent as fast as the server can; "
        + WARM_UP
        + " rounds warm up, "
        + ROUNDS
        + " are measured: processor time and allocation of the whole client JVM, by tokens. muster takes them by forEach,"
        + " muster-loop by a thread for each stream, muster-list all at the end; bare by a subscriber of lines.";
  }

  @Override
  public List<String> contestants() {
    return List.of("muster", "muster-loop", "muster-list", "bare");
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        Metric.of("CPU per token", "µs").ratio(),
        Metric.of("allocated per token", "bytes").ratio());
  }

  @Override
  public Map<String, Double> run(Arena arena) throws Exception {
    try (Contestant contestant = arena.contestant()) {
      rounds(contestant, WARM_UP, null);
      Allocation allocation = Allocation.start();
      long cpu = Jvm.cpuNanos();
      rounds(contestant, ROUNDS, allocation);
      double tokens = (double) ROUNDS * AT_ONCE * TOKENS;
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("CPU per token", (Jvm.cpuNanos() - cpu) / tokens / 1e3);
      values.put("allocated per token", allocation.bytes() / tokens);
      return values;
    }
  }

  private static void rounds(Contestant contestant, int rounds, Allocation allocation)
      throws InterruptedException {
    for (int round = 0; round < rounds; round++) {
      long tokens = contestant.stream("stream-" + TOKENS, AT_ONCE);
      if (tokens != (long) AT_ONCE * TOKENS) throw new IllegalStateException(tokens + " tokens");
      if (allocation != null) allocation.sample();
    }
  }
}
