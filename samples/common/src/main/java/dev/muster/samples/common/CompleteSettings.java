package dev.muster.samples.common;

import dev.muster.config.MusterConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The settings of {@code complete}, from three sources that contradict each other. */
public final class CompleteSettings {
  private CompleteSettings() {}

  /** Returns a text that lists the settings on which the sources differ. */
  public static String contradictions(Target target) {
    return """
        timeouts.total: the file says 60s, the environment 30s, an argument %s
        retries.max:    the file says 1, the environment 3""".formatted(argument(target));
  }

  /** Returns the settings for {@code target}, each from the source with the highest priority that has it. */
  public static MusterConfig of(Target target) {
    try {
      Path directory = Files.createTempDirectory("muster-complete");
      Path file = directory.resolve("complete.conf");
      try {
        Files.writeString(file, file(target));
        return of(target, file);
      } finally {
        Files.deleteIfExists(file);
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the configuration file", e);
    }
  }

  private static MusterConfig of(Target target, Path file) {
    Map<String, String> environment = new HashMap<>(target.environment());
    environment.put("MUSTER_TIMEOUTS_TOTAL", "30s");
    environment.put("MUSTER_RETRIES_MAX", "3");
    return MusterConfig.builder()
        .file(file)
        .environment(environment)
        .setAll(target.arguments())
        .set("timeouts.total", argument(target))
        .build();
  }

  /** The value of {@code --timeout} counts as an argument. */
  private static String argument(Target target) {
    Duration limit = target.timeouts().total();
    return limit == null ? "20s" : Text.limit(limit);
  }

  private static String file(Target target) {
    return """
        default-model = "%s"
        timeouts.total = 60s
        timeouts.between-tokens = 20s
        retries.max = 1
        """.formatted(target.model());
  }
}
