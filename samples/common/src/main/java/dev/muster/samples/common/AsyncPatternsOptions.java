package dev.muster.samples.common;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The flags of {@code async-patterns}. */
public final class AsyncPatternsOptions {
  /** The parts of the sample. */
  public enum Pattern {
    ALL,
    CONCURRENT,
    STREAM,
    TIMEOUT,
    SELECT,
    PIPELINE
  }

  @Option(
      names = "--pattern",
      paramLabel = "PATTERN",
      defaultValue = "all",
      description = "all (default), concurrent, stream, timeout, select or pipeline.")
  private Pattern pattern;

  private int stageConcurrency;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec sample;

  @Option(
      names = "--stage-concurrency",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many items a stage of the limited pipeline processes at once (default 1).")
  void stageConcurrency(int count) {
    if (count < 1) {
      throw new ParameterException(
          sample.commandLine(), "--stage-concurrency must be at least 1, was " + count);
    }
    stageConcurrency = count;
  }

  /** Returns whether to run {@code part}. */
  public boolean shows(Pattern part) {
    return pattern == Pattern.ALL || pattern == part;
  }

  /** Returns how many items a stage of the limited pipeline processes at once. */
  public int stageConcurrency() {
    return stageConcurrency;
  }
}
