package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.report.Metric;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The jars that a program with one provider ships. */
final class ClassPathWorkload implements Workload {
  /** Written by the module benchmarks/class-path with Maven's dependency:build-classpath. */
  private static final Path FILE = Path.of("benchmarks", "class-path", "target", "class-path.txt");

  private static final double MEBIBYTE = 1024 * 1024;

  @Override
  public String name() {
    return "class-path";
  }

  @Override
  public String description() {
    return "muster-java, muster-openai and their dependencies: the jars that Maven puts on the class path of a program"
        + " that depends on these two.";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.of("size", "MiB").atMost(6, 5.5), Metric.of("jars", ""));
  }

  @Override
  public List<String> contestants() {
    return List.of("muster");
  }

  @Override
  public boolean isConstant() {
    return true;
  }

  @Override
  public Map<String, Double> run(Arena arena) throws IOException {
    String[] jars = Files.readString(FILE).trim().split(File.pathSeparator);
    long bytes = 0;
    for (String jar : jars) {
      Path path = Path.of(jar);
      if (!Files.isRegularFile(path))
        throw new IOException("Not a jar: " + path.getFileName() + ". Run benchmarks/run");
      bytes += Files.size(path);
    }
    return Map.of("size", bytes / MEBIBYTE, "jars", (double) jars.length);
  }
}
