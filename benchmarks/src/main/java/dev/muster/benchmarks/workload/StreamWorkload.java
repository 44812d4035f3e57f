package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.report.Metric;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Concurrent streams whose tokens arrive as fast as the server can send: the cost of a token. */
final class StreamWorkload implements Workload {
  /** The contestants of the stream workloads. */
  static final List<String> STREAMING = List.of("muster", "muster-loop", "muster-flow", "bare");

  /** How they read the tokens. */
  static final String TAKING =
      "muster reads tokens by forEach with a Java function, muster-loop in a loop over a CallStream on a pool thread"
          + " for each stream, muster-flow as the core's Flow, bare by a subscriber of lines.";

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
        + " concurrent streams of "
        + TOKENS
        + " tokens each, sent as fast as the server can; "
        + WARM_UP
        + " rounds warm up, "
        + ROUNDS
        + " are measured: processor time and allocation of the whole client JVM, divided by the tokens. "
        + TAKING;
  }

  @Override
  public List<String> contestants() {
    return STREAMING;
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        Metric.of("CPU per token", "µs").ratioAtMost(2.0, 1.5),
        Metric.of("allocated per token", "bytes").ratio().atMost(1_500, 600));
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
      throws Exception {
    for (int round = 0; round < rounds; round++) {
      Arrivals tokens = new Arrivals(AT_ONCE);
      contestant.stream("stream-" + TOKENS, AT_ONCE, tokens).await();
      tokens.expect(TOKENS);
      if (allocation != null) allocation.sample();
    }
  }
}
