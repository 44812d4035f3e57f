package dev.muster.samples.common;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads and writes durations such as {@code 300ms}, {@code 1.5s} and {@code 2m}. */
final class Durations implements ITypeConverter<Duration> {
  private static final int DAY_MINUTES = 24 * 60;
  private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|m|)");

  /** Reads {@code text}; a plain number is milliseconds. */
  @Override
  public Duration convert(String text) {
    Matcher matcher = FORM.matcher(text.trim());
    if (!matcher.matches()) {
      throw new TypeConversionException("'" + text + "' is not a duration: write 300ms, 1s or 2m");
    }
    double millis = Double.parseDouble(matcher.group(1)) * millisIn(matcher.group(2));
    if (millis > Duration.ofMinutes(DAY_MINUTES).toMillis()) {
      throw new TypeConversionException(
          "'" + text + "' is too long: write " + DAY_MINUTES + "m, which is a day, or less");
    }
    Duration duration = Duration.ofNanos(Math.round(millis * 1e6));
    if (duration.isZero()) {
      throw new TypeConversionException("'" + text + "' is too short: write 1ms or more");
    }
    return duration;
  }

  /** Writes whole seconds as {@code 2s}, anything else as {@code 1500ms}. */
  static String shortest(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }

  private static long millisIn(String unit) {
    return switch (unit) {
      case "s" -> 1000;
      case "m" -> 60_000;
      default -> 1;
    };
  }
}
