package dev.muster.benchmarks;

import dev.muster.benchmarks.report.Section;
import dev.muster.benchmarks.workload.Workload;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The options of the command line. */
final class Options {
  /** The peers, in the order of the tables. */
  private static final List<String> PEERS =
      List.of("openai-java", "anthropic-java", "langchain4j", "langchain4j-virtual", "koog");

  int rounds = 5;
  boolean profile;
  Path report;
  String peersClassPath = "";
  private String before;
  private boolean peers;
  private List<String> contestants = List.of();
  private final List<Workload> workloads = new ArrayList<>();
  final List<Jdk> jdks = new ArrayList<>();
  final List<Tls> tls = new ArrayList<>();

  static Options parse(String[] args) throws IOException {
    Options options = new Options();
    for (String arg : args) {
      String value = arg.substring(arg.indexOf('=') + 1);
      String name = arg.contains("=") ? arg.substring(0, arg.indexOf('=')) : arg;
      switch (name) {
        case "--rounds" -> options.rounds = Integer.parseInt(value);
        case "--contestants" -> options.contestants = List.of(value.split(","));
        case "--report" -> options.report = value.isEmpty() ? null : Path.of(value);
        case "--peers" -> options.peers = true;
        case "--peers-class-path" -> options.peersClassPath = value;
        case "--before" -> options.before = value;
        case "--profile" -> options.profile = true;
        case "--jdk" -> {
          for (String home : value.split(",")) options.jdks.add(Jdk.of(Path.of(home)));
        }
        case "--tls" -> {
          for (String word : value.split(",")) options.tls.add(Tls.named(word));
        }
        default -> {
          if (arg.startsWith("--"))
            throw new IllegalArgumentException(
                "Unknown option: " + name + ". See the script benchmarks/run");
          options.workloads.add(Workload.named(arg));
        }
      }
    }
    if (options.jdks.isEmpty()) options.jdks.add(Jdk.current());
    if (options.tls.isEmpty()) options.tls.add(Tls.NONE);
    return options;
  }

  List<Workload> workloads() {
    return workloads.isEmpty() ? Workload.all() : workloads;
  }

  List<String> contestants(Workload workload) {
    List<String> all =
        new ArrayList<>(contestants.isEmpty() ? workload.contestants() : contestants);
    if (workload.isConstant()) return all;
    if (contestants.isEmpty() && peers) all.addAll(PEERS);
    if (before != null) {
      List<String> ours = all.stream().filter(it -> it.startsWith(Section.OURS)).toList();
      ours.forEach(it -> all.add(Section.BEFORE + it));
    }
    return all;
  }

  /** Returns whether the Muster of another checkout takes turns with this one. */
  boolean hasBefore() {
    return before != null;
  }

  boolean isPeer(String contestant) {
    return PEERS.contains(contestant);
  }

  /** Returns the class path of {@code contestant}. Peers and the other checkout have separate ones. */
  String classPath(String contestant) {
    if (contestant.startsWith(Section.BEFORE)) {
      return before + "/benchmarks/target/classes" + File.pathSeparator + before
          + "/benchmarks/target/lib/*";
    }
    if (!PEERS.contains(contestant)) return System.getProperty("java.class.path");
    if (peersClassPath.isEmpty()) throw new IllegalArgumentException(contestant + " needs --peers");
    return peersClassPath;
  }

  /** The protocol to the server. */
  enum Tls {
    NONE(""),
    H1(", TLS and HTTP/1.1"),
    H2(", TLS and HTTP/2");

    final String variant;

    Tls(String variant) {
      this.variant = variant;
    }

    static Tls named(String word) {
      return switch (word) {
        case "none" -> NONE;
        case "h1" -> H1;
        case "h2" -> H2;
        default -> throw new IllegalArgumentException("--tls must be none, h1 or h2, was " + word);
      };
    }
  }
}
