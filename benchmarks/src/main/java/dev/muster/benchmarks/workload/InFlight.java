package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.server.ServerControl;
import java.io.IOException;

/** Waits until calls are in flight. */
final class InFlight {
  private InFlight() {}

  /** Waits until the server holds {@code calls} replies. If it does not, throws with the failure of a call as cause. */
  static void awaitHeld(
      ServerControl server, Contestant.Flight flight, int calls, int patienceSeconds)
      throws IOException {
    for (int second = 1; second <= patienceSeconds; second++) {
      ServerControl.Stats stats = server.await("held", calls, 1);
      if (stats.held() >= calls) return;
      Throwable failure = flight.failure();
      if (failure != null || second == patienceSeconds) {
        throw new IllegalStateException(
            "Only " + stats.inFlight() + " of " + calls + " calls were in flight after " + second
                + " s",
            failure);
      }
    }
  }
}
