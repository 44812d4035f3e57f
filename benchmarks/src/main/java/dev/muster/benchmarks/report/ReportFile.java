package dev.muster.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file with all results: what people wrote stays, and so does each section that was not measured anew. */
public final class ReportFile {
  private static final String HEAD = "<!-- measured: ";

  private final Path path;

  public ReportFile(Path path) {
    this.path = path;
  }

  public void replace(Section section) throws IOException {
    String text = Files.exists(path) ? Files.readString(path) : "# Results\n";
    Files.writeString(path, replaced(text, section.name(), section.markdown()));
  }

  static String replaced(String text, String name, String markdown) {
    String begin = HEAD + name + " -->\n";
    String end = "<!-- end of " + name + " -->\n";
    String block = begin + markdown + end;
    int from = text.indexOf(begin);
    if (from < 0) return text + (text.endsWith("\n\n") ? "" : "\n") + block;
    int to = text.indexOf(end, from);
    if (to < 0)
      throw new IllegalStateException("no \"" + end.trim() + "\" after \"" + begin.trim() + "\"");
    return text.substring(0, from) + block + text.substring(to + end.length());
  }
}
