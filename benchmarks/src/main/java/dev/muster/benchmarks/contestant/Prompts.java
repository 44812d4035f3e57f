package dev.muster.benchmarks.contestant;

/** The prompts, the same for all contestants. */
public final class Prompts {
  private Prompts() {}

  public static String of(int number) {
    return "Tell me in one sentence what is worth knowing about the number " + number + ".";
  }
}
