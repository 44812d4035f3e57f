package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.report.Metric;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** One stream after the other: the time until its first token can be read. */
final class FirstTokenWorkload implements Workload {
  private static final int WARM_UP = 10_000;
  private static final int STREAMS = 1_000;
  private static final int TOKENS = 5;

  @Override
  public String name() {
    return "first-token";
  }

  @Override
  public String description() {
    return "One stream of " + TOKENS + " tokens after the other, answered without delay; " + WARM_UP
        + " warm up, " + STREAMS
        + " are measured: from before the request is created to when the first token is delivered. Median and slowest"
        + " of 100. \"Young\": the streams " + STREAMS + " to " + 2 * STREAMS
        + " of the JVM, while it still compiles. All include the time of the server. "
        + StreamWorkload.TAKING;
  }

  @Override
  public List<String> contestants() {
    return StreamWorkload.STREAMING;
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        Metric.of("first token", "µs").ratioAtMost(1.8, 1.2),
        Metric.of("first token, slowest of 100", "µs").ratio(),
        Metric.of("first token, young", "µs").ratio());
  }

  @Override
  public int limitSeconds() {
    return 60;
  }

  @Override
  public Map<String, Double> run(Arena arena) throws Exception {
    try (Contestant contestant = arena.contestant()) {
      sortedMicros(contestant, STREAMS);
      double[] young = sortedMicros(contestant, STREAMS);
      sortedMicros(contestant, WARM_UP - 2 * STREAMS);
      double[] micros = sortedMicros(contestant, STREAMS);
      return Map.of(
          "first token",
          micros[STREAMS / 2],
          "first token, slowest of 100",
          micros[STREAMS - STREAMS / 100],
          "first token, young",
          young[STREAMS / 2]);
    }
  }

  private static double[] sortedMicros(Contestant contestant, int count) throws Exception {
    double[] micros = new double[count];
    for (int i = 0; i < count; i++) micros[i] = firstToken(contestant) / 1e3;
    Arrays.sort(micros);
    return micros;
  }

  private static long firstToken(Contestant contestant) throws Exception {
    Arrivals tokens = new Arrivals(1);
    long start = System.nanoTime();
    contestant.stream("stream-" + TOKENS, 1, tokens).await();
    tokens.expect(TOKENS);
    return tokens.lastFirst() - start;
  }
}
