package dev.muster.samples.common;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The flags of {@code concurrent-queries}. */
public final class ConcurrentQueriesOptions {
  /** The parts of the sample. */
  public enum Demo {
    ALL,
    GATHER,
    COMPLETION,
    BATCH,
    ERRORS,
    ADVANCED
  }

  /** How a batch limits what it sends at once. */
  public enum Strategy {
    CHUNKS,
    WINDOW
  }

  @Option(
      names = "--demo",
      paramLabel = "DEMO",
      defaultValue = "all",
      description = "all (default), gather, completion, batch, errors or advanced.")
  private Demo demo;

  @Option(
      names = "--strategy",
      paramLabel = "STRATEGY",
      defaultValue = "chunks",
      description = "chunks (default): fixed groups; window: the next query starts when one ends.")
  private Strategy strategy;

  private int batchSize;
  private int maxConcurrent;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec sample;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many queries a group of the batch has (default 3).")
  void batchSize(int size) {
    batchSize = positive("--batch-size", size);
  }

  @Option(
      names = "--max-concurrent",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many queries the window and the semaphore let run at once (default 3).")
  void maxConcurrent(int limit) {
    maxConcurrent = positive("--max-concurrent", limit);
  }

  /** Returns whether to run {@code part}. */
  public boolean shows(Demo part) {
    return demo == Demo.ALL || demo == part;
  }

  public Strategy strategy() {
    return strategy;
  }

  /** Returns how many queries a group has. */
  public int batchSize() {
    return batchSize;
  }

  /** Returns how many queries may run at once. */
  public int maxConcurrent() {
    return maxConcurrent;
  }

  private int positive(String flag, int value) {
    if (value >= 1) return value;
    throw new ParameterException(sample.commandLine(), flag + " must be at least 1, was " + value);
  }
}
