package dev.muster.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.muster.benchmarks.report.ReportFile;
import dev.muster.benchmarks.report.Section;
import dev.muster.benchmarks.server.BenchServer;
import dev.muster.benchmarks.workload.Workload;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs workloads and writes what came out. Contestants take turns, each run in a fresh JVM, with one server JVM for all
 * runs of a workload that forgets everything between them; who begins changes from turn to turn. Runs are paired in
 * turns: a ratio compares neighbours in time.
 */
public final class Harness {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** Fixed heaps, so that no run pays for growing one. */
  private static final List<String> CONTESTANT_JVM = List.of("-Xms2g", "-Xmx2g");

  private static final List<String> SERVER_JVM = List.of("-Xms1g", "-Xmx1g");

  private Harness() {}

  /**
   * Arguments: {@code --runs=5 --contestants=muster,bare --report=FILE [workload…]}. Without any it runs all workloads, and
   * only prints.
   */
  public static void main(String[] args) throws Exception {
    int runs = 5;
    List<String> contestants = List.of();
    List<Workload> workloads = new ArrayList<>();
    Path report = null;
    for (String arg : args) {
      String value = arg.substring(arg.indexOf('=') + 1);
      if (arg.startsWith("--runs=")) runs = Integer.parseInt(value);
      else if (arg.startsWith("--contestants=")) contestants = List.of(value.split(","));
      else if (arg.startsWith("--report=")) report = value.isEmpty() ? null : Path.of(value);
      else workloads.add(Workload.named(arg));
    }
    for (Workload workload : workloads.isEmpty() ? Workload.all() : workloads) {
      List<String> taking = contestants.isEmpty() ? workload.contestants() : contestants;
      Section section = measure(workload, taking, runs);
      System.out.println();
      System.out.println(section.markdown());
      if (report != null) new ReportFile(report).replace(section);
    }
  }

  private static Section measure(Workload workload, List<String> contestants, int runs)
      throws Exception {
    Map<String, List<Map<String, Double>>> results = new LinkedHashMap<>();
    contestants.forEach(it -> results.put(it, new ArrayList<>()));
    List<String> loads = new ArrayList<>();
    try (ChildJvm server = ChildJvm.start(BenchServer.class, SERVER_JVM, List.of())) {
      String port = expect(server, "port ");
      for (int run = 1; run <= runs; run++) {
        loads.add(String.format(Locale.ROOT, "%.1f", SYSTEM.getSystemLoadAverage()));
        List<String> order = new ArrayList<>(contestants);
        Collections.rotate(order, run - 1);
        for (String contestant : order) {
          Map<String, Double> values = run(workload, contestant, port);
          results.get(contestant).add(values);
          System.out.println(workload.name() + ", run " + run + ", " + contestant + ": " + values);
          server.writeLine("reset");
          expect(server, "reset");
        }
      }
    }
    return new Section(workload, contestants, results, circumstances(runs, loads));
  }

  private static Map<String, Double> run(Workload workload, String contestant, String port)
      throws IOException, InterruptedException {
    List<String> arguments = List.of(contestant, workload.name(), port);
    try (ChildJvm jvm = ChildJvm.start(ContestantMain.class, CONTESTANT_JVM, arguments)) {
      Map<String, Double> values = new LinkedHashMap<>();
      for (String line : jvm.finish(workload.limitSeconds())) {
        if (!line.startsWith("value ")) continue;
        int equals = line.indexOf('=');
        values.put(
            line.substring("value ".length(), equals), Double.valueOf(line.substring(equals + 1)));
      }
      return values;
    }
  }

  private static String expect(ChildJvm server, String word) throws IOException {
    String line = server.readLine();
    if (line == null || !line.startsWith(word)) throw new IOException("the server said " + line);
    return line.substring(word.length());
  }

  private static String circumstances(int runs, List<String> loads) {
    return String.format(
        Locale.ROOT,
        "%s, %d interleaved runs. %s %s, %d processors, %d GB; JDK %s (%s), heap %s. Load average before each run: %s.",
        LocalDate.now(),
        runs,
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors(),
        Math.round(SYSTEM.getTotalMemorySize() / 1e9),
        Runtime.version(),
        System.getProperty("java.vendor"),
        CONTESTANT_JVM.get(1).substring("-Xmx".length()),
        String.join(", ", loads));
  }
}
