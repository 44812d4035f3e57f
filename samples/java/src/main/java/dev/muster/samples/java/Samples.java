package dev.muster.samples.java;

import dev.muster.java.Muster;
import dev.muster.samples.common.DemoServer;
import dev.muster.samples.common.Launcher;
import dev.muster.samples.common.Target;
import java.util.List;

/** The samples in Java. */
public final class Samples {
  private Samples() {}

  /** Runs the sample that {@code args} names: hello, async-llm, async-callbacks,
   * concurrent-queries, async-patterns, complete or swing-answers. */
  public static void main(String... args) {
    int exitCode;
    try (DemoServer server = new DemoServer()) {
      exitCode = run(server, args);
    }
    System.exit(exitCode);
  }

  /**
   * Runs the sample that {@code args} names and returns the exit code.
   *
   * @param server answers if no model is given
   */
  public static int run(DemoServer server, String... args) {
    return Launcher.run(
        List.of(
            new Hello(server),
            new AsyncLlm(server),
            new AsyncCallbacks(server),
            new ConcurrentQueries(server),
            new AsyncPatterns(server),
            new Complete(server),
            new SwingAnswers(server)),
        args);
  }

  /** Returns a client for {@code target}. Keys that the target does not set come from the environment. */
  static Muster connect(Target target) {
    Muster.Builder builder = Muster.builder().timeouts(target.timeouts());
    target.endpoints().forEach(builder::provider);
    target.transport().ifPresent(builder::transport);
    return builder.build();
  }
}
