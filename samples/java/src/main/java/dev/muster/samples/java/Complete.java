package dev.muster.samples.java;

import dev.muster.java.Muster;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.samples.common.CompleteOptions;
import dev.muster.samples.common.CompleteOptions.Example;
import dev.muster.samples.common.DemoServer;
import dev.muster.samples.common.Launcher;
import dev.muster.samples.common.SampleOptions;
import dev.muster.samples.common.Target;
import dev.muster.samples.common.Text;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Tools, typed answers, conversations, executors, settings and errors. */
@Command(
    name = "complete",
    description = "Agents, from a question to a conversation; tools, settings and errors.")
final class Complete implements Callable<Integer> {
  @Mixin
  private SampleOptions options;

  @Mixin
  private CompleteOptions flags;

  private final DemoServer server;

  Complete(DemoServer server) {
    this.server = server;
  }

  @Override
  public Integer call() {
    List<Integer> demos = flags.demos();
    List<Example> examples = flags.examples();
    Target target = options.target(server, Duration.ofMillis(300));
    System.out.println(target.banner());
    ConcurrencyMeter meter = new ConcurrencyMeter();
    try (Muster muster = Samples.connect(target)) {
      CompleteDemos shown = new CompleteDemos(muster, target.model(), meter);
      demos.forEach(shown::show);
      examples.forEach(example -> show(example, muster, target, meter));
    }
    System.out.println(Text.summary(meter.report()));
    return Launcher.OK;
  }

  private static void show(Example example, Muster muster, Target target, ConcurrencyMeter meter) {
    switch (example) {
      case BASIC -> CompleteBasic.show(muster.model(target.model()), meter);
      case ERRORS -> new CompleteErrors(muster, target, meter).show();
      case CONFIG -> CompleteConfig.show(target, meter);
      case EXECUTORS -> CompleteExecutors.show(muster, target, meter);
      case STRUCTURED -> CompleteStructured.show(muster, target.model(), meter);
      case CONVERSATION -> CompleteConversation.show(muster, target.model(), meter);
      case STREAMING -> new CompleteStreaming(muster, target, meter).show();
      default -> throw new IllegalArgumentException(example + " is not one example");
    }
  }
}
