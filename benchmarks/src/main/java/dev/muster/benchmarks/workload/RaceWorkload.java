package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.report.Metric;
import dev.muster.benchmarks.server.ServerControl;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Concurrent races: how the losers end. */
final class RaceWorkload implements Workload {
  private static final int ROUNDS = 10;
  private static final int RACES = 10;
  private static final int LOSERS = 4;
  private static final int ALL_LOSERS = ROUNDS * RACES * LOSERS;
  private static final int PATIENCE_SECONDS = 5;

  /** An exchange that is still open after this time is not being closed. */
  private static final int CLOSE_SECONDS = 1;

  @Override
  public String name() {
    return "race";
  }

  @Override
  public String description() {
    return ROUNDS + " rounds of " + RACES
        + " concurrent races of five calls each. The server holds all replies, then releases one of each race, which"
        + " ends the races. Losers closed: within a second. Left open: still running then. Last close: the time since"
        + " the release, median of the rounds. Bare completes a future with the first answer, then cancels all by"
        + " cancel(true).";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(
        Metric.of("losers closed", "of " + ALL_LOSERS).atLeast(ALL_LOSERS),
        Metric.of("losers left open", "").atMost(0),
        Metric.of("races over", "ms").ratio(),
        Metric.of("last close", "ms").ratioAtMost(1.5),
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
      contestant.start("now", 100).texts();
      long offset = server.clockOffset();
      double[] over = new double[ROUNDS];
      double[] closes = new double[ROUNDS];
      int closed = 0;
      int open = 0;
      long cpu = Jvm.cpuNanos();
      for (int round = 0; round < ROUNDS; round++) {
        int left = server.stats().disconnects();
        String winners = "w" + round;
        String losers = "l" + round;
        Contestant.Flight flight =
            contestant.race(RACES, "gate-" + winners, "gate-" + losers, LOSERS);
        int calls = RACES * (LOSERS + 1);
        InFlight.awaitHeld(server, flight, calls, PATIENCE_SECONDS);
        long start = System.nanoTime();
        server.release(winners);
        flight.await();
        over[round] = (System.nanoTime() - start) / 1e6;
        ServerControl.Stats after =
            server.await("disconnects", left + RACES * LOSERS, CLOSE_SECONDS);
        closed += after.disconnects() - left;
        open += after.inFlight();
        closes[round] = after.disconnects() == left
            ? Double.NaN
            : (after.lastDisconnect() - offset - start) / 1e6;
        server.release(losers);
        server.awaitIdle(PATIENCE_SECONDS);
      }
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("CPU", (Jvm.cpuNanos() - cpu) / 1e6);
      values.put("losers closed", (double) closed);
      values.put("losers left open", (double) open);
      values.put("races over", median(over));
      values.put("last close", median(closes));
      return values;
    }
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
