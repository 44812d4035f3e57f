package dev.muster.samples.common;

import picocli.CommandLine.Option;

/** The flags of {@code async-callbacks}. */
public final class AsyncCallbacksOptions {
  /** The kinds of callback. */
  public enum Mode {
    SIMPLE,
    PARALLEL,
    PROMISE,
    STREAMING
  }

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "simple, parallel, promise or streaming. Default: all.")
  private Mode mode;

  /** Returns whether to run {@code part}. */
  public boolean shows(Mode part) {
    return mode == null || mode == part;
  }
}
