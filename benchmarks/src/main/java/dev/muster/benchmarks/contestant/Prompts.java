package dev.muster.benchmarks.contestant;

/** What is asked. All contestants ask the same. */
public final class Prompts {
  private Prompts() {}

  public static String of(int number) {
    return "Tell me in one sentence what is worth knowing about the number " + number + ".";
  }
}
