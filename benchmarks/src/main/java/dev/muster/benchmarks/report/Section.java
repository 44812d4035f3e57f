package dev.muster.benchmarks.report;

import dev.muster.benchmarks.workload.Workload;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The section of the report for one workload in one variant. */
public final class Section {
  /** The prefix of the names of our contestants. */
  public static final String OURS = "muster";

  /** The prefix for a contestant of ours from another checkout. */
  public static final String BEFORE = "before-";

  private static final String BASE = "bare";

  private final Workload workload;
  private final String variant;
  private final List<String> contestants;

  /** The runs of each contestant, in order. */
  private final Map<String, List<Outcome>> runs;

  private final String circumstances;

  public Section(
      Workload workload,
      String variant,
      List<String> contestants,
      Map<String, List<Outcome>> runs,
      String circumstances) {
    this.workload = workload;
    this.variant = variant;
    this.contestants = contestants;
    this.runs = runs;
    this.circumstances = circumstances;
  }

  public String variant() {
    return variant;
  }

  public String name() {
    return workload.name() + ", " + variant;
  }

  /** Returns the name without the prefix of the other checkout. */
  public static String withoutBefore(String contestant) {
    return contestant.startsWith(BEFORE) ? contestant.substring(BEFORE.length()) : contestant;
  }

  String workloadName() {
    return workload.name();
  }

  /** Returns the section as Markdown. */
  public String markdown() {
    StringBuilder out = new StringBuilder();
    out.append("### ").append(name()).append("\n\n");
    out.append(workload.description()).append("\n\n");
    out.append(circumstances).append("\n\n");
    for (String note : notes()) out.append("- ").append(note).append('\n');
    if (!notes().isEmpty()) out.append('\n');
    int count = runs.values().stream().mapToInt(List::size).max().orElse(0);
    out.append("| | |");
    for (int run = 1; run <= count; run++) out.append(" run ").append(run).append(" |");
    out.append(" median | spread | bound | verdict | aim | verdict |\n|---|---|");
    out.append("--:|".repeat(count + 1)).append("---|---|---|---|---|\n");
    for (Row row : rows()) {
      out.append("| ").append(row.what()).append(" | ").append(row.who()).append(" |");
      for (int run = 0; run < count; run++) {
        double value = run < row.values().size() ? row.values().get(run) : Double.NaN;
        out.append(' ').append(Numbers.shown(value)).append(" |");
      }
      out.append(row.ending()).append('\n');
    }
    return out.toString();
  }

  /** Returns the rows of the summary: those with a bound or an aim. */
  List<String> summary() {
    List<String> lines = new ArrayList<>();
    for (Row row : rows()) {
      if (row.limits().isEmpty()) continue;
      lines.add("| " + workload.name() + " | " + row.what() + " | " + row.who() + " |" + " "
          + row.values().size() + " |" + row.ending());
    }
    return lines;
  }

  private List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (Metric metric : workload.metrics()) {
      for (String contestant : contestants) {
        if (isUnable(contestant)) continue;
        Metric.Limits limits = contestant.startsWith(OURS) ? metric.limits() : Metric.Limits.none();
        rows.add(new Row(metric.label(), contestant, values(metric, contestant), limits));
      }
      for (String contestant : contestants) {
        if (!contestants.contains(BEFORE + contestant)) continue;
        List<Double> ratios = ratios(metric, contestant, BEFORE + contestant);
        rows.add(new Row(metric.name(), contestant + " ÷ before", ratios, Metric.Limits.none()));
      }
      if (!metric.hasRatio() || !contestants.contains(BASE)) continue;
      for (String contestant : contestants) {
        if (contestant.equals(BASE) || isUnable(contestant)) continue;
        Metric.Limits limits =
            contestant.startsWith(OURS) ? metric.ratioLimits() : Metric.Limits.none();
        rows.add(new Row(
            metric.name(), contestant + " ÷ " + BASE, ratios(metric, contestant, BASE), limits));
      }
    }
    return rows;
  }

  private boolean isUnable(String contestant) {
    List<Outcome> outcomes = runs.get(contestant);
    return !outcomes.isEmpty() && outcomes.stream().allMatch(it -> it.unable() != null);
  }

  private List<Double> values(Metric metric, String contestant) {
    return runs.get(contestant).stream().map(run -> run.value(metric.name())).toList();
  }

  /** Returns the ratios of runs in the same turn. */
  private List<Double> ratios(Metric metric, String contestant, String to) {
    List<Double> theirs = values(metric, contestant);
    List<Double> base = values(metric, to);
    List<Double> ratios = new ArrayList<>();
    for (int run = 0; run < theirs.size(); run++) {
      double divisor = run < base.size() ? base.get(run) : Double.NaN;
      ratios.add(divisor == 0 ? Double.NaN : theirs.get(run) / divisor);
    }
    return ratios;
  }

  /** Returns the notes: failures, and contestants that are unable. */
  private List<String> notes() {
    Set<String> notes = new LinkedHashSet<>();
    for (String contestant : contestants) {
      List<Outcome> outcomes = runs.get(contestant);
      for (int run = 0; run < outcomes.size(); run++) {
        Outcome outcome = outcomes.get(run);
        if (outcome.isFailure()) {
          notes.add("**" + contestant + " failed in run " + (run + 1) + "**: " + outcome.error());
        } else if (outcome.unable() != null) {
          notes.add(contestant + " takes no part: " + outcome.unable());
        }
      }
    }
    return List.copyOf(notes);
  }

  private record Row(String what, String who, List<Double> values, Metric.Limits limits) {
    String ending() {
      return " " + Numbers.shown(Numbers.median(values)) + " | " + Numbers.spread(values) + " |"
          + column(limits.bound()) + column(limits.aim());
    }

    private String column(Metric.Limit limit) {
      return limit == null ? "  |  |" : " " + limit + " | " + limit.verdict(values) + " |";
    }
  }
}
