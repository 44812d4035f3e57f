package dev.muster.benchmarks.report;

import java.util.List;

/**
 * Something that a workload measures: its name, its unit, whether it is also reported as a ratio to bare, and the
 * limits of Muster's value or ratio: the bound that must hold and the aim beyond it.
 */
public final class Metric {
  private static final Limits NONE = new Limits(null, null);

  private final String name;
  private final String unit;
  private final boolean ratio;
  private final Limits value;
  private final Limits ofRatio;

  private Metric(String name, String unit, boolean ratio, Limits value, Limits ofRatio) {
    this.name = name;
    this.unit = unit;
    this.ratio = ratio;
    this.value = value;
    this.ofRatio = ofRatio;
  }

  public static Metric of(String name, String unit) {
    return new Metric(name, unit, false, NONE, NONE);
  }

  /** Also reports the ratio to bare's value in the same turn. */
  public Metric ratio() {
    return new Metric(name, unit, true, value, ofRatio);
  }

  /** Muster's value must not be larger in any run. */
  public Metric atMost(double bound) {
    return with(new Limits(new Limit(bound, true), null));
  }

  /** Like {@link #atMost(double)}, with {@code aim} as the goal. */
  public Metric atMost(double bound, double aim) {
    return with(new Limits(new Limit(bound, true), new Limit(aim, true)));
  }

  /** Muster's value must not be smaller in any run. */
  public Metric atLeast(double bound) {
    return with(new Limits(new Limit(bound, false), null));
  }

  /** Muster's ratio to bare must not be larger in any run. */
  public Metric ratioAtMost(double bound) {
    return withRatio(new Limits(new Limit(bound, true), null));
  }

  /** Like {@link #ratioAtMost(double)}, with {@code aim} as the goal. */
  public Metric ratioAtMost(double bound, double aim) {
    return withRatio(new Limits(new Limit(bound, true), new Limit(aim, true)));
  }

  /** No bound. The goal is that Muster's ratio to bare is not larger. */
  public Metric ratioAim(double aim) {
    return withRatio(new Limits(null, new Limit(aim, true)));
  }

  private Metric with(Limits limits) {
    return new Metric(name, unit, ratio, limits, ofRatio);
  }

  private Metric withRatio(Limits limits) {
    return new Metric(name, unit, true, value, limits);
  }

  public String name() {
    return name;
  }

  String label() {
    return unit.isEmpty() ? name : name + ", " + unit;
  }

  boolean hasRatio() {
    return ratio;
  }

  Limits limits() {
    return value;
  }

  Limits ratioLimits() {
    return ofRatio;
  }

  /** The bound and the aim; null if there is none. */
  record Limits(Limit bound, Limit aim) {
    static Limits none() {
      return NONE;
    }

    boolean isEmpty() {
      return bound == null && aim == null;
    }
  }

  /** An upper or lower limit. */
  record Limit(double limit, boolean upper) {
    /** Returns the verdict. Runs on both sides of the limit decide nothing. A run without a value does not keep it. */
    String verdict(List<Double> runs) {
      long kept =
          runs.stream().filter(value -> upper ? value <= limit : value >= limit).count();
      if (runs.isEmpty()) return "**not measured**";
      if (kept == runs.size()) return "met";
      return kept == 0 ? "**missed**" : "undecided";
    }

    @Override
    public String toString() {
      return (upper ? "≤ " : "≥ ") + Numbers.shown(limit);
    }
  }
}
