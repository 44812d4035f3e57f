package dev.muster.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.muster.benchmarks.report.Outcome;
import dev.muster.benchmarks.report.ReportFile;
import dev.muster.benchmarks.report.Section;
import dev.muster.benchmarks.workload.Workload;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs workloads and writes the results. Contestants take turns, each run in a fresh JVM; the first place rotates. One
 * server JVM serves all runs of a workload and is reset between them. Ratios compare the runs of one turn.
 */
public final class Harness {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** A fixed heap, so that no run pays for its growth. */
  private static final List<String> CONTESTANT_JVM = List.of("-Xms2g", "-Xmx2g");

  private final Options options;
  private final KeyStoreFile keys;
  private boolean failed;

  private Harness(Options options, KeyStoreFile keys) {
    this.options = options;
    this.keys = keys;
  }

  /**
   * Arguments: see the script {@code run}. Without arguments it runs all workloads and prints only. Exits with 1 if a
   * run failed.
   */
  public static void main(String[] args) throws Exception {
    try (KeyStoreFile keys = KeyStoreFile.create()) {
      Harness harness = new Harness(Options.parse(args), keys);
      harness.run();
      if (!harness.failed) return;
    }
    System.err.println("At least one run failed: see above.");
    System.exit(1);
  }

  private void run() throws Exception {
    for (Workload workload : options.workloads()) {
      for (Jdk jdk : options.jdks) {
        for (Options.Tls tls : options.tls) {
          if (workload.isConstant() && tls != Options.Tls.NONE) continue;
          if (options.profile) profile(workload, jdk, tls);
          else measure(workload, jdk, tls);
        }
      }
    }
  }

  private void measure(Workload workload, Jdk jdk, Options.Tls tls) throws Exception {
    List<String> contestants = options.contestants(workload);
    Map<String, List<Outcome>> results = new LinkedHashMap<>();
    contestants.forEach(it -> results.put(it, new ArrayList<>()));
    List<String> loads = new ArrayList<>();
    Map<String, String> spoken = new TreeMap<>();
    int rounds = workload.isConstant() ? 1 : options.rounds;
    try (ServerJvm server = ServerJvm.start(tls, keys)) {
      for (int round = 1; round <= rounds; round++) {
        loads.add(String.format(Locale.ROOT, "%.1f", SYSTEM.getSystemLoadAverage()));
        List<String> order = new ArrayList<>(contestants);
        Collections.rotate(order, round - 1);
        for (String contestant : order) {
          if (isOut(results.get(contestant), options.isPeer(contestant))) continue;
          Outcome outcome = run(workload, contestant, jdk, server, List.of());
          results.get(contestant).add(outcome);
          failed |= outcome.isFailure() && !options.isPeer(contestant);
          System.out.println(workload.name() + ", JDK " + jdk.feature() + tls.variant + ", run "
              + round + ", " + contestant + ": " + outcome);
          String protocols = server.reset();
          if (!protocols.isEmpty()) spoken.put(contestant, protocols);
        }
      }
    }
    String circumstances = circumstances(jdk, rounds, loads)
        + (spoken.isEmpty() ? "" : " Connections by protocol in the last run: " + spoken + ".");
    boolean peers = contestants.stream().anyMatch(options::isPeer);
    // A separate section, so that a run without the peers keeps their figures.
    String variant = "JDK " + jdk.feature() + tls.variant + (peers ? ", with the peers" : "")
        + (options.hasBefore() ? ", before and after" : "");
    Section section = new Section(workload, variant, contestants, results, circumstances);
    System.out.println();
    System.out.println(section.markdown());
    if (options.report == null) return;
    List<String> order = Workload.all().stream().map(Workload::name).toList();
    new ReportFile(options.report).replace(section, order);
  }

  /** A contestant that is unable is skipped from then on. So is a peer that failed once: its failure is reported. */
  private static boolean isOut(List<Outcome> outcomes, boolean peer) {
    if (outcomes.isEmpty()) return false;
    Outcome last = outcomes.get(outcomes.size() - 1);
    return last.unable() != null || peer && last.isFailure();
  }

  private void profile(Workload workload, Jdk jdk, Options.Tls tls) throws Exception {
    for (String contestant : options.contestants(workload)) {
      Path recording = Files.createTempFile("muster", ".jfr");
      try (ServerJvm server = ServerJvm.start(tls, keys)) {
        Outcome outcome = run(workload, contestant, jdk, server, Profile.recordingTo(recording));
        System.out.println(
            "# " + contestant + ", " + workload.name() + ", JDK " + jdk.feature() + ": " + outcome);
        failed |= outcome.isFailure();
        System.out.println(Profile.of(recording));
      } finally {
        Files.deleteIfExists(recording);
      }
    }
  }

  private Outcome run(
      Workload workload, String contestant, Jdk jdk, ServerJvm server, List<String> more)
      throws IOException, InterruptedException {
    List<String> jvmOptions = new ArrayList<>(CONTESTANT_JVM);
    if (server.isSecure()) jvmOptions.addAll(keys.trusting());
    jvmOptions.addAll(more);
    List<String> arguments = List.of(
        Section.withoutBefore(contestant),
        workload.name(),
        server.endpoint().url(),
        Integer.toString(server.controlPort()),
        Boolean.toString(server.endpoint().http2()));
    try (ChildJvm jvm = ChildJvm.start(
        jdk, jvmOptions, options.classPath(contestant), ContestantMain.class, arguments)) {
      return outcome(jvm.finish(workload.limitSeconds()));
    }
  }

  private static Outcome outcome(List<String> lines) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (String line : lines) {
      if (line.startsWith("error ")) return Outcome.failed(line.substring("error ".length()));
      if (line.startsWith("unable ")) return Outcome.unable(line.substring("unable ".length()));
      if (!line.startsWith("value ")) continue;
      int equals = line.indexOf('=');
      values.put(
          line.substring("value ".length(), equals), Double.valueOf(line.substring(equals + 1)));
    }
    return values.isEmpty() ? Outcome.failed("the run printed no values") : Outcome.of(values);
  }

  private static String circumstances(Jdk jdk, int rounds, List<String> loads) {
    return String.format(
        Locale.ROOT,
        "%s, %d interleaved runs. %s %s, %d processors, %d GB; JDK %s (%s), heap %s. Load average before each run: %s.",
        LocalDate.now(),
        rounds,
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors(),
        Math.round(SYSTEM.getTotalMemorySize() / 1e9),
        jdk.version(),
        jdk.vendor(),
        CONTESTANT_JVM.get(1).substring("-Xmx".length()),
        String.join(", ", loads));
  }
}
