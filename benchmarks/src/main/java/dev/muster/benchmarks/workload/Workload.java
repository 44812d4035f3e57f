package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.report.Metric;
import dev.muster.benchmarks.server.ServerControl;
import java.util.List;
import java.util.Map;

/** Something to measure. It runs in the fresh JVM of the contestant. */
public interface Workload {
  /** The name on the command line. */
  String name();

  /** Describes it in a line or two for the reader of the table. */
  String description();

  /** The metrics, in the order of the table. */
  List<Metric> metrics();

  /** Runs once. Returns the values by the names of the metrics. */
  Map<String, Double> run(Arena arena) throws Exception;

  /** The contestants if the command line names none. */
  default List<String> contestants() {
    return List.of("muster", "bare");
  }

  /** Returns whether every run gives the same values, so that one run is enough. */
  default boolean isConstant() {
    return false;
  }

  /** The time after which a run counts as hung. */
  default int limitSeconds() {
    return 180;
  }

  /** All workloads, in the order of the report. */
  static List<Workload> all() {
    return List.of(
        new SmallWorkload(),
        new WideWorkload(1_000),
        new WideWorkload(10_000),
        new HeldWorkload(),
        new StreamWorkload(),
        new PacedWorkload(),
        new WideStreamsWorkload(),
        new FirstTokenWorkload(),
        new CancelWorkload(),
        new CancelStreamsWorkload(),
        new RaceWorkload(),
        new ColdStartWorkload(),
        new ClassPathWorkload());
  }

  static Workload named(String name) {
    return all().stream()
        .filter(workload -> workload.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("Unknown workload: " + name));
  }

  /**
   * The environment of a run. A workload that measures the creation of the contestant creates it late. The server's
   * control always has a separate plain port.
   */
  record Arena(String contestantName, Contestant.Endpoint endpoint, int controlPort) {
    public Contestant contestant() {
      return Contestant.of(contestantName, endpoint);
    }

    public ServerControl server() {
      return new ServerControl(controlPort);
    }
  }
}
