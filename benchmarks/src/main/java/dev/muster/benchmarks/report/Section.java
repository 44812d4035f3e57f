package dev.muster.benchmarks.report;

import dev.muster.benchmarks.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the report says of one workload. */
public final class Section {
  private static final String BASE = "bare";

  private final Workload workload;
  private final List<String> contestants;

  /** By contestant, the runs in order, each by the names of the metrics. */
  private final Map<String, List<Map<String, Double>>> runs;

  private final String circumstances;

  public Section(
      Workload workload,
      List<String> contestants,
      Map<String, List<Map<String, Double>>> runs,
      String circumstances) {
    this.workload = workload;
    this.contestants = contestants;
    this.runs = runs;
    this.circumstances = circumstances;
  }

  public String name() {
    return workload.name();
  }

  /** As Markdown. */
  public String markdown() {
    StringBuilder out = new StringBuilder();
    out.append("## ")
        .append(name())
        .append("\n\n")
        .append(workload.description())
        .append("\n\n");
    out.append(circumstances).append("\n\n");
    int count = runs.values().stream().mapToInt(List::size).max().orElse(0);
    out.append("| | |");
    for (int run = 1; run <= count; run++) out.append(" run ").append(run).append(" |");
    out.append(" median | spread | bound | verdict |\n|---|---|");
    out.append("--:|".repeat(count + 1)).append("---|---|---|\n");
    for (Metric metric : workload.metrics()) {
      for (String contestant : contestants) row(out, metric, contestant);
      if (metric.hasRatio() && contestants.contains(BASE)) {
        contestants.stream()
            .filter(it -> !it.equals(BASE))
            .forEach(it -> ratioRow(out, metric, it));
      }
    }
    return out.toString();
  }

  private void row(StringBuilder out, Metric metric, String contestant) {
    String unit = metric.unit().isEmpty() ? "" : ", " + metric.unit();
    Metric.Bound bound = contestant.equals("muster") ? metric.bound() : null;
    line(out, metric.name() + unit, contestant, values(metric, contestant), bound);
  }

  private void ratioRow(StringBuilder out, Metric metric, String contestant) {
    List<Double> theirs = values(metric, contestant);
    List<Double> base = values(metric, BASE);
    List<Double> ratios = new ArrayList<>();
    for (int run = 0; run < Math.min(theirs.size(), base.size()); run++) {
      ratios.add(theirs.get(run) / base.get(run));
    }
    Metric.Bound bound = contestant.equals("muster") ? metric.ratioBound() : null;
    line(out, metric.name(), contestant + " ÷ " + BASE, ratios, bound);
  }

  private List<Double> values(Metric metric, String contestant) {
    return runs.get(contestant).stream()
        .map(run -> run.getOrDefault(metric.name(), Double.NaN))
        .toList();
  }

  private static void line(
      StringBuilder out, String what, String who, List<Double> values, Metric.Bound bound) {
    out.append("| ").append(what).append(" | ").append(who).append(" |");
    for (double value : values) out.append(' ').append(Numbers.shown(value)).append(" |");
    out.append(' ').append(Numbers.shown(Numbers.median(values))).append(" | ");
    out.append(Numbers.spread(values)).append(" | ");
    out.append(bound == null ? "" : bound).append(" | ");
    out.append(bound == null ? "" : bound.verdict(values)).append(" |\n");
  }
}
