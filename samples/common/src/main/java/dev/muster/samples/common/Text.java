package dev.muster.samples.common;

import dev.muster.concurrent.Outcome;
import dev.muster.observe.ConcurrencyReport;
import java.time.Duration;
import java.util.Locale;

/** How the samples write what they show. */
public final class Text {
  private static final int WIDTH = 100;

  private Text() {}

  /** A heading, with a blank line before it. */
  public static String title(String title) {
    return "\n== " + title + " ==";
  }

  /** {@code 0.2s}. */
  public static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1fs", duration.toNanos() / 1e9);
  }

  /** {@code 1s}, {@code 1500ms}: for limits, which are exact. */
  public static String limit(Duration duration) {
    return Durations.shortest(duration);
  }

  /** The time since {@code startNanos}, a {@link System#nanoTime}. */
  public static String secondsSince(long startNanos) {
    return seconds(Duration.ofNanos(System.nanoTime() - startNanos));
  }

  /** {@code 4.8x}. */
  public static String factor(double factor) {
    return String.format(Locale.ROOT, "%.1fx", factor);
  }

  /** {@code answer} on one line, shortened where a real model was talkative. */
  public static String oneLine(String answer) {
    String line = answer.strip().replaceAll("\\s+", " ");
    return line.length() <= WIDTH ? line : line.substring(0, WIDTH - 3).stripTrailing() + "...";
  }

  /** {@code name}, filled up to a column's width. */
  public static String column(String name) {
    return String.format(Locale.ROOT, "%-19s", name);
  }

  /** The answer that {@code outcome} holds, or the class and the message of its failure. */
  public static String ending(Outcome<String> outcome) {
    return outcome.isSuccess() ? oneLine(outcome.getOrThrow()) : failure(outcome.exceptionOrNull());
  }

  /** The class and the message of a failure. */
  public static String failure(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return failure.getClass().getSimpleName() + ": " + CommandLineWords.of(message);
  }

  /** The end of every sample: what running at once has gained. */
  public static String summary(ConcurrencyReport report) {
    return title("Summary") + "\n" + report.format();
  }
}
