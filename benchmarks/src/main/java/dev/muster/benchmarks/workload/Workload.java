package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.report.Metric;
import dev.muster.benchmarks.server.ServerControl;
import java.util.List;
import java.util.Map;

/** Something to measure. It runs in the contestant's JVM, which is fresh. */
public interface Workload {
  /** The name on the command line. */
  String name();

  /** What it does, in a line or two for the reader of the table. */
  String description();

  /** What it measures, in the order of the table. */
  List<Metric> metrics();

  /** Runs once; the values go by the names of the metrics. */
  Map<String, Double> run(Arena arena) throws Exception;

  /** Who takes part where the command line does not say. */
  default List<String> contestants() {
    return List.of("muster", "bare");
  }

  /** Whether it gives the same in every run, so that one is enough. */
  default boolean isConstant() {
    return false;
  }

  /** How long a run may take before it is taken for hung. */
  default int limitSeconds() {
    return 180;
  }

  /** All there are, in the order of the report. */
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
        .orElseThrow(() -> new IllegalArgumentException("no workload is called " + name));
  }

  /**
   * What a run works with. The contestant is made late by those who measure its making. The server's control is always
   * on a plain port of its own.
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
