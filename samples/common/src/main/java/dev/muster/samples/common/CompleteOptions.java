package dev.muster.samples.common;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The flags of {@code complete}: a demo, or an example. */
public final class CompleteOptions {
  /** The parts of the sample other than the demos. */
  public enum Example {
    ALL,
    BASIC,
    ERRORS,
    CONFIG,
    EXECUTORS,
    STRUCTURED,
    CONVERSATION,
    STREAMING
  }

  private static final String DEMO = "demo";
  private static final int DEMOS = 4;

  @Parameters(
      paramLabel = "demo [1-4]",
      hideParamSyntax = true,
      description =
          "1: a question, 2: a tool, 3: a typed record, 4: a memory. Without a number: all.")
  private List<String> words = List.of();

  @Option(
      names = "--example",
      paramLabel = "EXAMPLE",
      description =
          "basic, errors, config, executors, structured, conversation, streaming or all of them.")
  private Example example;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec sample;

  /** Returns the demos to run, in order. Default: all. */
  public List<Integer> demos() {
    if (example != null) {
      if (!words.isEmpty()) throw misused("Give either a demo or --example, not both");
      return List.of();
    }
    if (words.size() < 2 && words.stream().allMatch(DEMO::equals)) {
      return IntStream.rangeClosed(1, DEMOS).boxed().toList();
    }
    if (words.size() == 2
        && words.get(0).equals(DEMO)
        && words.get(1).matches("[1-" + DEMOS + "]")) {
      return List.of(Integer.valueOf(words.get(1)));
    }
    throw misused(
        "'" + String.join(" ", words) + "' is not a demo: write demo, or demo 1 to demo 4");
  }

  /** Returns the examples to run, in order. */
  public List<Example> examples() {
    return Arrays.stream(Example.values())
        .filter(part -> part != Example.ALL)
        .filter(part -> example == Example.ALL || example == part)
        .toList();
  }

  private ParameterException misused(String why) {
    return new ParameterException(sample.commandLine(), why);
  }
}
