package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.report.Metric;
import dev.muster.benchmarks.server.ServerControl;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Races side by side: what becomes of the losers. */
final class RaceWorkload implements Workload {
  private static final int RACES = 100;
  private static final int LOSERS = 4;
  private static final int ALL_LOSERS = RACES * LOSERS;
  private static final int PATIENCE_SECONDS = 10;

  @Override
  public String name() {
    return "race";
  }

  @Override
  public String description() {
    return RACES + " races of five calls each, whose replies the server holds; it lets one of each go, and the races are"
        + " over. Losers closed and left open; the last close after the server was told to let go. Bare completes a"
        + " future by the first answer and then cancels all by cancel(true).";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        Metric.of("losers closed", "of " + ALL_LOSERS).atLeast(ALL_LOSERS),
        Metric.of("losers left open", "").atMost(0),
        Metric.of("losers that ran to the end", "").atMost(0),
        Metric.of("all races over", "ms").ratio(),
        Metric.of("last close", "ms").ratioAtMost(1.5),
        Metric.of("CPU", "ms").ratio());
  }

  @Override
  public Map<String, Double> run(Arena arena) throws Exception {
    ServerControl server = arena.server();
    try (Contestant contestant = arena.contestant()) {
      contestant.start("now", 100).texts();
      long offset = server.clockOffset();
      int left = server.stats().disconnects();
      int completed = server.stats().completed();
      Contestant.Flight flight = contestant.race(RACES, "winner", "held", LOSERS);
      int calls = RACES + ALL_LOSERS;
      ServerControl.Stats waiting = server.await("held", calls, PATIENCE_SECONDS);
      if (waiting.held() < calls) throw new IllegalStateException("only " + waiting.held() + " held");
      long cpu = Jvm.cpuNanos();
      long start = System.nanoTime();
      server.release("winner");
      flight.await();
      long over = System.nanoTime();
      ServerControl.Stats after = server.await("disconnects", left + ALL_LOSERS, PATIENCE_SECONDS);
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("CPU", (Jvm.cpuNanos() - cpu) / 1e6);
      int closed = after.disconnects() - left;
      values.put("losers closed", (double) closed);
      values.put("losers left open", (double) after.inFlight());
      values.put("all races over", (over - start) / 1e6);
      double last = closed == 0 ? Double.NaN : (after.lastDisconnect() - offset - start) / 1e6;
      values.put("last close", last);
      server.release();
      int ended = server.awaitIdle(PATIENCE_SECONDS).completed() - completed;
      values.put("losers that ran to the end", (double) ended - RACES);
      return values;
    }
  }
}
