package dev.muster.samples.common;

import java.time.Duration;

/**
 * A tool that takes as long as it is told to, for showing what runs at the same time as what. How it
 * waits is the language's own matter; what it gives is here.
 *
 * @param name what it is called
 * @param duration how long it takes
 */
public record SlowTool(String name, Duration duration) {
  /** What the tool gives when it has taken {@code actual}: a JSON object with both times. */
  public String result(Duration actual) {
    return String.format(
        "{\"tool\":\"%s\",\"expectedMs\":%d,\"actualMs\":%d}",
        name, duration.toMillis(), actual.toMillis());
  }
}
