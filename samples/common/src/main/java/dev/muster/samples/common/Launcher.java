package dev.muster.samples.common;

import dev.muster.error.LlmException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Runs a sample by its name and returns an exit code. */
public final class Launcher {
  /** The sample succeeded. */
  public static final int OK = 0;

  /** The sample failed, or its flags are not valid. A line on standard error says why. */
  public static final int FAILED = 1;

  private Launcher() {}

  @Command(name = "samples/run", description = "Runs one of the samples.")
  private static final class Root {}

  /** Runs the sample that {@code args} names and returns the exit code. */
  public static int run(List<? extends Callable<Integer>> samples, String... args) {
    CommandLine line = new CommandLine(new Root());
    samples.forEach(line::addSubcommand);
    // @file is the value of --prompts, not a file with arguments.
    line.setExpandAtFiles(false);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(Launcher::misused);
    line.setExecutionExceptionHandler(Launcher::failed);
    try {
      return line.execute(Params.expand(line, args));
    } catch (ParameterException e) {
      line.getErr().println(e.getMessage());
      return FAILED;
    }
  }

  /** Prints what is wrong, and the usage. */
  private static int misused(ParameterException misuse, String... args) {
    CommandLine line = misuse.getCommandLine();
    line.getErr().println(misuse.getMessage());
    line.usage(line.getErr());
    return FAILED;
  }

  /** Prints a line for a failure that the user can fix. Any other failure is a bug and keeps its stack trace. */
  private static int failed(Exception ending, CommandLine line, ParseResult result)
      throws Exception {
    // The join() of a future wraps the failure.
    Throwable failure = ending instanceof CompletionException ? ending.getCause() : ending;
    if (failure instanceof SampleException || failure instanceof IllegalArgumentException) {
      line.getErr().println(CommandLineWords.of(String.valueOf(failure.getMessage())));
    } else if (failure instanceof LlmException) {
      line.getErr().println(Text.failure(failure));
    } else {
      throw ending;
    }
    return FAILED;
  }
}
