package dev.muster.samples.java.guide;

import dev.muster.config.MusterConfig;
import dev.muster.java.Muster;
import java.nio.file.Path;
import java.util.Map;

/** What docs/configuration.md shows. */
final class Configuration {
  private Configuration() {}

  static void fromOutside() {
    MusterConfig config = MusterConfig.load();
    System.out.println(config.describe());
    try (Muster muster = Muster.create(config)) {
      System.out.println(muster.agent().build().ask("Name a prime").execute());
    }
  }

  static MusterConfig byHand(Map<String, String> options) {
    return MusterConfig.builder()
        .file(Path.of("conf", "models.conf"))
        .setAll(options)
        .set("timeouts.total", "30s")
        .build();
  }

  static Muster besides(MusterConfig config, String key) {
    return Muster.builder()
        .config(config)
        .provider("openai", openai -> openai.apiKey(key))
        .build();
  }
}
