package dev.muster.samples.common;

import java.awt.GraphicsEnvironment;
import java.util.List;
import picocli.CommandLine.Option;

/** The flags of {@code swing-answers}. */
public final class SwingAnswersOptions {
  private static final List<String> THINGS = List.of(
      "the sea",
      "a bridge",
      "the moon",
      "coffee",
      "a lighthouse",
      "snow",
      "a clock",
      "the desert",
      "a violin",
      "rust");

  @Option(
      names = "--no-window",
      description = "Use a thread without a window. This is the default if there is no display.")
  private boolean noWindow;

  @Option(
      names = "--cancel-after",
      paramLabel = "N",
      description = "Press Cancel when N pieces of text have arrived. Default: never.")
  private Integer cancelAfter;

  @Option(names = "--auto-close", description = "Close the window when all answers have ended.")
  private boolean autoClose;

  /** Returns the prompts. */
  public List<String> prompts() {
    return THINGS.stream().map(thing -> "Describe " + thing + ".").toList();
  }

  /** Returns whether to open a window. */
  public boolean inAWindow() {
    return !noWindow && !GraphicsEnvironment.isHeadless();
  }

  /** Returns whether the window closes by itself. */
  public boolean closesItself() {
    return autoClose;
  }

  /** Runs {@code cancel} when {@code board} has the number of pieces that the user set. */
  public void cancelWhenTold(AnswerBoard board, Runnable cancel) {
    if (cancelAfter == null) return;
    board.onChange(index -> {
      if (board.tokens() == cancelAfter && board.state(index) == AnswerBoard.State.WRITING) {
        cancel.run();
      }
    });
  }
}
