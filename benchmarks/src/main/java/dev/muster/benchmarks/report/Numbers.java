package dev.muster.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** The arithmetic of a table. A run without a value is {@code NaN}: it is shown but not part of median and spread. */
final class Numbers {
  static final String NOTHING = "–";

  private Numbers() {}

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().filter(it -> !it.isNaN()).sorted().toList();
    if (sorted.isEmpty()) return Double.NaN;
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** Formats the smallest and the largest value. */
  static String spread(List<Double> values) {
    List<Double> sorted = values.stream().filter(it -> !it.isNaN()).sorted().toList();
    if (sorted.isEmpty()) return NOTHING;
    double least = sorted.get(0);
    double most = sorted.get(sorted.size() - 1);
    return least == most ? "none" : shown(least) + " to " + shown(most);
  }

  /** Formats with as many digits as are significant. */
  static String shown(double value) {
    if (Double.isNaN(value)) return NOTHING;
    if (value == Math.rint(value) && Math.abs(value) < 1e9) {
      return String.format(Locale.ROOT, "%,d", (long) value);
    }
    double size = Math.abs(value);
    String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }
}
