package dev.muster.benchmarks;

import dev.muster.benchmarks.workload.Workload;
import java.util.Map;

/** One run of one workload by one contestant, in a JVM of its own. Prints {@code value NAME=NUMBER} lines. */
public final class ContestantMain {
  private ContestantMain() {}

  /** Arguments: the contestant, the workload, the server's port. */
  public static void main(String[] args) throws Exception {
    Workload workload = Workload.named(args[1]);
    Map<String, Double> values =
        workload.run(new Workload.Arena(args[0], Integer.parseInt(args[2])));
    values.forEach((name, value) -> System.out.println("value " + name + "=" + value));
    System.out.flush();
    // Peers leave threads behind that are no daemons.
    System.exit(0);
  }
}
