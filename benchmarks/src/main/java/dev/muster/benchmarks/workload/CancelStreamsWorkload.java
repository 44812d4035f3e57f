package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.report.Metric;
import dev.muster.benchmarks.server.ServerControl;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A thousand endless streams are cancelled together. */
final class CancelStreamsWorkload implements Workload {
  private static final int STREAMS = 1_000;
  private static final int APART_MILLIS = 500;
  private static final int PATIENCE_SECONDS = 20;

  @Override
  public String name() {
    return "cancel-streams";
  }

  @Override
  public String description() {
    return String.format(
        "%,d endless streams with a token every %d ms. When each has received its first token, all are cancelled"
            + " together. The server records the time when its socket reports the close. CPU: processor time of the"
            + " client JVM until then. %s",
        STREAMS, APART_MILLIS, StreamWorkload.TAKING);
  }

  @Override
  public List<String> contestants() {
    return StreamWorkload.STREAMING;
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        Metric.of("closed", "of 1,000").atLeast(STREAMS),
        Metric.of("left open", "").atMost(0),
        Metric.of("last close", "ms").ratioAtMost(1.5),
        Metric.of("cancelling call", "ms").ratio(),
        Metric.of("CPU", "ms").ratio());
  }

  @Override
  public int limitSeconds() {
    return 60;
  }

  @Override
  public Map<String, Double> run(Arena arena) throws Exception {
    ServerControl server = arena.server();
    try (Contestant contestant = arena.contestant()) {
      contestant.stream("stream-3", 100, stream -> {}).await();
      long offset = server.clockOffset();
      int left = server.stats().disconnects();
      Arrivals tokens = new Arrivals(STREAMS);
      Contestant.Flight flight = contestant.stream("endless-" + APART_MILLIS, STREAMS, tokens);
      if (!tokens.begun().await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            tokens.begun().getCount() + " streams received no token", flight.failure());
      }
      long cpu = Jvm.cpuNanos();
      long start = System.nanoTime();
      flight.cancel();
      long returned = System.nanoTime();
      ServerControl.Stats after = server.await("disconnects", left + STREAMS, PATIENCE_SECONDS);
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("CPU", (Jvm.cpuNanos() - cpu) / 1e6);
      int closed = after.disconnects() - left;
      values.put("closed", (double) closed);
      values.put("left open", (double) after.inFlight());
      values.put("cancelling call", (returned - start) / 1e6);
      double last = closed == 0 ? Double.NaN : (after.lastDisconnect() - offset - start) / 1e6;
      values.put("last close", last);
      return values;
    }
  }
}
