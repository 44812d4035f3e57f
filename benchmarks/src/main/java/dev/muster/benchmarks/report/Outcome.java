package dev.muster.benchmarks.report;

import java.util.Map;

/** How one run of one contestant ended: with values, with an error, or unable to do what the workload needs. */
public record Outcome(Map<String, Double> values, String error, String unable) {
  public static Outcome of(Map<String, Double> values) {
    return new Outcome(values, null, null);
  }

  public static Outcome failed(String error) {
    return new Outcome(Map.of(), error, null);
  }

  public static Outcome unable(String reason) {
    return new Outcome(Map.of(), null, reason);
  }

  public boolean isFailure() {
    return error != null;
  }

  double value(String metric) {
    return values.getOrDefault(metric, Double.NaN);
  }

  @Override
  public String toString() {
    if (error != null) return "FAILED: " + error;
    return unable != null ? "cannot: " + unable : values.toString();
  }
}
