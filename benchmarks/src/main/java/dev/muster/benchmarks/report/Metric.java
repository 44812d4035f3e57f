package dev.muster.benchmarks.report;

import java.util.List;

/** Something that a workload measures: its name, its unit, whether it is also told as a ratio to bare, its bound. */
public final class Metric {
  private final String name;
  private final String unit;
  private final boolean ratio;
  private final Bound bound;
  private final Bound ratioBound;

  private Metric(String name, String unit, boolean ratio, Bound bound, Bound ratioBound) {
    this.name = name;
    this.unit = unit;
    this.ratio = ratio;
    this.bound = bound;
    this.ratioBound = ratioBound;
  }

  public static Metric of(String name, String unit) {
    return new Metric(name, unit, false, null, null);
  }

  /** Also told as a ratio to what bare needs in the same run. */
  public Metric ratio() {
    return new Metric(name, unit, true, bound, ratioBound);
  }

  /** Muster's value must not be larger in any run. */
  public Metric atMost(double limit) {
    return new Metric(name, unit, ratio, new Bound(limit, true), ratioBound);
  }

  /** Muster's value must not be smaller in any run. */
  public Metric atLeast(double limit) {
    return new Metric(name, unit, ratio, new Bound(limit, false), ratioBound);
  }

  /** Muster's ratio to bare must not be larger in any run. */
  public Metric ratioAtMost(double limit) {
    return new Metric(name, unit, true, bound, new Bound(limit, true));
  }

  public String name() {
    return name;
  }

  public String unit() {
    return unit;
  }

  boolean hasRatio() {
    return ratio;
  }

  /** The bound on the value, or null. */
  Bound bound() {
    return bound;
  }

  /** The bound on the ratio, or null. */
  Bound ratioBound() {
    return ratioBound;
  }

  /** What a promise allows. */
  record Bound(double limit, boolean upper) {
    /** What the runs say of the promise: with some on either side of the limit they say nothing. */
    String verdict(List<Double> runs) {
      long kept =
          runs.stream().filter(value -> upper ? value <= limit : value >= limit).count();
      if (kept == runs.size()) return "met";
      return kept == 0 ? "**missed**" : "undecided: the spread covers the bound";
    }

    @Override
    public String toString() {
      return (upper ? "≤ " : "≥ ") + Numbers.shown(limit);
    }
  }
}
