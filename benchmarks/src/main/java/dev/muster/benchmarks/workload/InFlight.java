package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.server.ServerControl;
import java.io.IOException;

/** Waiting until calls are where a workload wants them. */
final class InFlight {
  private InFlight() {}

  /** Waits until the server holds {@code calls} replies; throws, with what a call has failed with, where it does not. */
  static void awaitHeld(
      ServerControl server, Contestant.Flight flight, int calls, int patienceSeconds)
      throws IOException {
    for (int second = 1; second <= patienceSeconds; second++) {
      ServerControl.Stats stats = server.await("held", calls, 1);
      if (stats.held() >= calls) return;
      Throwable failure = flight.failure();
      if (failure != null || second == patienceSeconds) {
        throw new IllegalStateException(
            "only " + stats.inFlight() + " of " + calls + " in flight after " + second + " s",
            failure);
      }
    }
  }
}
