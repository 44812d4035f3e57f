package dev.muster.samples.java;

import dev.muster.config.MusterConfig;
import dev.muster.java.Muster;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.samples.common.CompleteSettings;
import dev.muster.samples.common.Target;
import dev.muster.samples.common.Text;

/** Settings from four sources, in order of priority: argument, environment, file, default. */
final class CompleteConfig {
  private CompleteConfig() {}

  static void show(Target target, ConcurrencyMeter meter) {
    System.out.println(
        Text.title("Config: argument before environment before file before default"));
    MusterConfig config = CompleteSettings.of(target);
    System.out.println(CompleteSettings.contradictions(target));
    System.out.println();
    System.out.println(config.describe());
    System.out.println();
    Muster.Builder builder = Muster.builder().config(config);
    target.transport().ifPresent(builder::transport);
    try (Muster muster = builder.build()) {
      String answer = muster.model().ask("What is 2+2?").measuredBy(meter).execute();
      System.out.println("A client with these settings answers " + Text.oneLine(answer));
    }
  }
}
