package dev.muster.samples.common;

import java.time.Duration;

/**
 * A tool that takes a given time, to show what runs at the same time. The sample waits in its own
 * language; this class makes the result.
 *
 * @param name the name of the tool
 * @param duration how long it takes
 */
public record SlowTool(String name, Duration duration) {
  /** Returns the result of the tool when it has taken {@code actual}: a JSON object with both times. */
  public String result(Duration actual) {
    return String.format(
        "{\"tool\":\"%s\",\"expectedMs\":%d,\"actualMs\":%d}",
        name, duration.toMillis(), actual.toMillis());
  }
}
