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
      description = "Use a thread without a window, as is done where there is no display.")
  private boolean noWindow;

  @Option(
      names = "--cancel-after",
      paramLabel = "N",
      description = "Press Cancel when N pieces of text have come. Never by default.")
  private Integer cancelAfter;

  @Option(names = "--auto-close", description = "Close the window when all answers have ended.")
  private boolean autoClose;

  /** What is asked. */
  public List<String> prompts() {
    return THINGS.stream().map(thing -> "Describe " + thing + ".").toList();
  }

  /** Whether there is to be a window. */
  public boolean inAWindow() {
    return !noWindow && !GraphicsEnvironment.isHeadless();
  }

  /** Whether the window closes by itself. */
  public boolean closesItself() {
    return autoClose;
  }

  /** Runs {@code cancel} once {@code board} has as many pieces as the user has said. */
  public void cancelWhenTold(AnswerBoard board, Runnable cancel) {
    if (cancelAfter == null) return;
    board.onChange(index -> {
      if (board.tokens() == cancelAfter && board.state(index) == AnswerBoard.State.WRITING) {
        cancel.run();
      }
    });
  }
}
