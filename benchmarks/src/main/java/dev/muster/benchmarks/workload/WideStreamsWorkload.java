package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.report.Metric;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Three hundred slow streams at once, which starve behind a pool of threads or connections. */
final class WideStreamsWorkload implements Workload {
  private static final int STREAMS = 300;
  private static final int TOKENS = 20;
  private static final int APART_MILLIS = 100;

  @Override
  public String name() {
    return "wide-streams";
  }

  @Override
  public String description() {
    return STREAMS + " streams at once of " + TOKENS + " tokens each, sent " + APART_MILLIS
        + " ms apart, with default settings and in a fresh JVM: time until each has received its first token, time"
        + " until the last is done, threads added since before the client was created. "
        + StreamWorkload.TAKING;
  }

  @Override
  public List<String> contestants() {
    return StreamWorkload.STREAMING;
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        Metric.of("last first token", "ms").ratio(),
        Metric.of("wall", "s").ratio(),
        Metric.of("CPU", "s").ratio(),
        Metric.of("threads added", ""),
        Metric.of("peak in flight", "").atLeast(STREAMS));
  }

  @Override
  public int limitSeconds() {
    return 60;
  }

  @Override
  public Map<String, Double> run(Arena arena) throws Exception {
    int threads = Jvm.threads();
    Jvm.resetPeakThreads();
    try (Contestant contestant = arena.contestant()) {
      contestant.stream("stream-3", 20, stream -> {}).await();
      Arrivals tokens = new Arrivals(STREAMS);
      long cpu = Jvm.cpuNanos();
      long start = System.nanoTime();
      contestant.stream("paced-" + TOKENS + "-" + APART_MILLIS, STREAMS, tokens).await();
      long wall = System.nanoTime() - start;
      tokens.expect(TOKENS);
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("last first token", (tokens.lastFirst() - start) / 1e6);
      values.put("wall", wall / 1e9);
      values.put("CPU", (Jvm.cpuNanos() - cpu) / 1e9);
      values.put("threads added", (double) Jvm.peakThreads() - threads);
      values.put("peak in flight", (double) arena.server().stats().peakInFlight());
      return values;
    }
  }
}
