package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.report.Metric;
import dev.muster.benchmarks.server.ServerControl;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A thousand calls wait for a reply that the server holds and are cancelled together. Runs twice: the first time the
 * code of the cancel path is cold, as in a program that cancels once; the second time it is warm.
 */
final class CancelWorkload implements Workload {
  private static final int CALLS = 1_000;
  private static final int PATIENCE_SECONDS = 20;

  @Override
  public String name() {
    return "cancel";
  }

  @Override
  public String description() {
    return "1,000 calls wait for a reply that the server holds and are cancelled together: muster by cancel(true) on"
        + " the future of their gather, bare by cancel(true) on each future. The server, another JVM, records the time"
        + " when its socket reports the close. CPU: processor time of the client JVM until then. \"again\": a second"
        + " round in the same JVM.";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        Metric.of("closed", "of 1,000").atLeast(CALLS),
        Metric.of("ran to the end", "").atMost(0),
        Metric.of("begun after", "").atMost(0),
        Metric.of("last close", "ms").ratioAtMost(1.5),
        Metric.of("cancelling call", "ms").ratio(),
        Metric.of("CPU", "ms").ratio(),
        Metric.of("closed again", "of 1,000").atLeast(CALLS),
        Metric.of("last close again", "ms").ratioAtMost(1.5),
        Metric.of("cancelling call again", "ms").ratio(),
        Metric.of("CPU again", "ms").ratio());
  }

  @Override
  public int limitSeconds() {
    return 100;
  }

  @Override
  public Map<String, Double> run(Arena arena) throws Exception {
    ServerControl server = arena.server();
    Map<String, Double> values = new LinkedHashMap<>();
    try (Contestant contestant = arena.contestant()) {
      contestant.start("now", 100).await();
      long offset = server.clockOffset();
      round(contestant, server, offset, "", values);
      round(contestant, server, offset, " again", values);
      int begun = server.stats().requests() - 100 - 2 * CALLS;
      int before = server.stats().completed();
      server.release();
      int ranToTheEnd = server.awaitIdle(PATIENCE_SECONDS).completed() - before;
      values.put("begun after", (double) begun);
      values.put("ran to the end", (double) ranToTheEnd);
    }
    return values;
  }

  private static void round(
      Contestant contestant,
      ServerControl server,
      long offset,
      String suffix,
      Map<String, Double> values)
      throws Exception {
    int left = server.stats().disconnects();
    Contestant.Flight flight = contestant.start("held", CALLS);
    InFlight.awaitHeld(server, flight, CALLS, PATIENCE_SECONDS);
    long cpu = Jvm.cpuNanos();
    long start = System.nanoTime();
    flight.cancel();
    long returned = System.nanoTime();
    ServerControl.Stats after = server.await("disconnects", left + CALLS, PATIENCE_SECONDS);
    values.put("CPU" + suffix, (Jvm.cpuNanos() - cpu) / 1e6);
    int closed = after.disconnects() - left;
    values.put("closed" + suffix, (double) closed);
    values.put("cancelling call" + suffix, (returned - start) / 1e6);
    double last = closed == 0 ? Double.NaN : (after.lastDisconnect() - offset - start) / 1e6;
    values.put("last close" + suffix, last);
  }
}
