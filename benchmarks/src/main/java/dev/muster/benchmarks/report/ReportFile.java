package dev.muster.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The file with all results. Text by people stays, and so does each section that was not measured again. Each variant
 * has a summary; its rows are replaced workload by workload.
 */
public final class ReportFile {
  private static final String SUMMARY_HEAD =
      "| workload | | | runs | median | spread | bound | verdict | aim | verdict |\n"
          + "|---|---|---|--:|--:|---|---|---|---|---|\n";

  private final Path path;

  public ReportFile(Path path) {
    this.path = path;
  }

  /** {@code order} is the order of the workloads in the summary. */
  public void replace(Section section, List<String> order) throws IOException {
    String text = Files.exists(path) ? Files.readString(path) : "# Results\n";
    String summarised = replaced(
        text,
        "summary, " + section.variant(),
        old -> summary(old, section.variant(), section.workloadName(), section.summary(), order));
    Files.writeString(path, replaced(summarised, section.name(), old -> section.markdown()));
  }

  static String replaced(String text, String name, Function<String, String> block) {
    String begin = "<!-- measured: " + name + " -->\n";
    String end = "<!-- end of " + name + " -->\n";
    int from = text.indexOf(begin);
    if (from < 0) {
      return text + (text.endsWith("\n\n") ? "" : "\n") + begin + block.apply("") + end;
    }
    int to = text.indexOf(end, from);
    if (to < 0)
      throw new IllegalStateException(
          "The report has no \"" + end.trim() + "\" after \"" + begin.trim() + "\"");
    String old = text.substring(from + begin.length(), to);
    return text.substring(0, from) + begin + block.apply(old) + text.substring(to);
  }

  static String summary(
      String old, String variant, String workload, List<String> rows, List<String> order) {
    List<String> kept = new ArrayList<>();
    for (String name : order) {
      if (name.equals(workload)) kept.addAll(rows);
      else old.lines().filter(line -> line.startsWith("| " + name + " |")).forEach(kept::add);
    }
    return "## Summary, " + variant + "\n\n" + SUMMARY_HEAD + String.join("\n", kept) + "\n";
  }
}
