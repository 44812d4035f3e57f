package dev.muster.samples.common;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The flags of {@code async-llm}. */
public final class AsyncLlmOptions {
  /** The parts of the sample. */
  public enum Example {
    ALL,
    PARALLEL,
    CHAIN,
    RACE,
    CATCH,
    RESOLVED
  }

  private static final List<String> USUAL_PROMPTS = List.of(
      "What is AI?",
      "Explain machine learning",
      "What is deep learning?",
      "What are neural networks?");

  @Option(
      names = "--prompts",
      paramLabel = "JSON|@FILE",
      description = "Send exactly these prompts: a JSON array of strings, or @file that holds one.")
  private String prompts;

  @Option(
      names = "--example",
      paramLabel = "EXAMPLE",
      description = "all (default), parallel, chain, race, catch or resolved.")
  private Example example;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec sample;

  /** The prompts to send at once. */
  public List<String> prompts() {
    return prompts == null ? USUAL_PROMPTS : Prompts.read(prompts);
  }

  /** Returns whether to run {@code part}. */
  public boolean shows(Example part) {
    if (prompts != null) {
      if (example != null && example != Example.PARALLEL) {
        throw new ParameterException(
            sample.commandLine(), "--prompts sends exactly those prompts: leave out --example");
      }
      return part == Example.PARALLEL;
    }
    return example == null || example == Example.ALL || example == part;
  }
}
