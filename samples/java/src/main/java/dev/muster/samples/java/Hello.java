package dev.muster.samples.java;

import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.observe.Measurement;
import dev.muster.samples.common.DemoServer;
import dev.muster.samples.common.Launcher;
import dev.muster.samples.common.SampleOptions;
import dev.muster.samples.common.Target;
import dev.muster.samples.common.Text;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the shortest programs: {@link HelloFuture} and {@link HelloBlocking}. */
@Command(name = "hello", description = "The shortest program for each call style.")
final class Hello implements Callable<Integer> {
  @Mixin
  private SampleOptions options;

  private final DemoServer server;

  Hello(DemoServer server) {
    this.server = server;
  }

  @Override
  public Integer call() {
    Target target = options.target(server, Duration.ofMillis(500));
    ConcurrencyMeter meter = new ConcurrencyMeter();
    System.out.println(target.banner());
    try (Muster muster = Samples.connect(target)) {
      Model model = muster.model(target.model());
      System.out.println(Text.title("Hello"));
      try (Measurement call = meter.begin()) {
        System.out.println("future:   " + HelloFuture.hello(model).join());
        call.succeed();
      }
      try (Measurement call = meter.begin()) {
        System.out.println("blocking: " + HelloBlocking.hello(model));
        call.succeed();
      }
    }
    System.out.println(Text.summary(meter.report()));
    return Launcher.OK;
  }
}
