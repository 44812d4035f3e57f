package dev.muster.samples.common;

import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The flags that every sample takes. */
public final class SampleOptions {
  @Option(
      names = "--model",
      paramLabel = "PROVIDER::MODEL",
      description =
          "Ask this model; without it the built-in fake server answers, and no key is needed.")
  private String model;

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "Where the API of --model is, if not at its usual place.")
  private String baseUrl;

  @Option(
      names = "--latency",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "How long the fake server's usual answer takes: 300ms, 1s.")
  private Duration latency;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "How long a call may take: 500ms, 30s. No limit by default.")
  private Duration timeout;

  @Option(
      names = "--transport",
      paramLabel = "TRANSPORT",
      description = "jdk (default) or ktor, which takes Ktor's CIO engine.")
  private Transport transport = Transport.JDK;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help. Any flag can also be given as --param NAME=VALUE.")
  private boolean help;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec sample;

  /**
   * What the sample talks to, by these flags.
   *
   * @param server answers where no model is given
   * @param usualLatency how long its usual answer takes, where no flag says so
   */
  public Target target(DemoServer server, Duration usualLatency) {
    Duration latency = this.latency == null ? usualLatency : this.latency;
    if (model != null) return new RealTarget(model, baseUrl, latency, timeout, transport);
    if (baseUrl != null) {
      throw new ParameterException(
          sample.commandLine(), "--base-url needs --model, which says how to talk to it");
    }
    return new FakeTarget(server.start(latency), latency, timeout, transport);
  }
}
