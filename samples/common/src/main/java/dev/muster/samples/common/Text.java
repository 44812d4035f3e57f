package dev.muster.samples.common;

import dev.muster.concurrent.Outcome;
import dev.muster.observe.ConcurrencyReport;
import java.time.Duration;
import java.util.Locale;

/** Formats the output of the samples. */
public final class Text {
  private static final int WIDTH = 100;

  private Text() {}

  /** Returns a heading with a blank line before it. */
  public static String title(String title) {
    return "\n== " + title + " ==";
  }

  /** Formats as {@code 0.2s}. */
  public static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1fs", duration.toNanos() / 1e9);
  }

  /** Formats as {@code 1s} or {@code 1500ms}: for timeouts, which are exact. */
  public static String limit(Duration duration) {
    return Durations.shortest(duration);
  }

  /** Formats the time since {@code startNanos}, a {@link System#nanoTime}. */
  public static String secondsSince(long startNanos) {
    return seconds(Duration.ofNanos(System.nanoTime() - startNanos));
  }

  /** Formats as {@code 4.8x}. */
  public static String factor(double factor) {
    return String.format(Locale.ROOT, "%.1fx", factor);
  }

  /** Returns {@code answer} on one line, shortened if it is long. */
  public static String oneLine(String answer) {
    String line = answer.strip().replaceAll("\\s+", " ");
    return line.length() <= WIDTH ? line : line.substring(0, WIDTH - 3).stripTrailing() + "...";
  }

  /** Returns {@code name}, padded to the width of a column. */
  public static String column(String name) {
    return String.format(Locale.ROOT, "%-19s", name);
  }

  /** Returns the answer in {@code outcome}, or the class and the message of its failure. */
  public static String ending(Outcome<String> outcome) {
    return outcome.isSuccess() ? oneLine(outcome.getOrThrow()) : failure(outcome.exceptionOrNull());
  }

  /** Returns the class and the message of a failure. */
  public static String failure(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return failure.getClass().getSimpleName() + ": " + CommandLineWords.of(message);
  }

  /** Returns the end of every sample: how much time the concurrency saved. */
  public static String summary(ConcurrencyReport report) {
    return title("Summary") + "\n" + report.format();
  }
}
