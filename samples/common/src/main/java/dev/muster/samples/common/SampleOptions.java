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
          "The model to ask. Without it the built-in fake server answers; no key is needed.")
  private String model;

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "The base URL of the API of --model, if not the default one.")
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
      description = "How long a call may take: 500ms, 30s. Default: no limit.")
  private Duration timeout;

  @Option(
      names = "--transport",
      paramLabel = "TRANSPORT",
      description = "jdk (default) or ktor, which uses Ktor's CIO engine.")
  private Transport transport = Transport.JDK;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help. Any flag can also be given as --param NAME=VALUE.")
  private boolean help;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec sample;

  /**
   * Returns what the sample talks to, according to these flags.
   *
   * @param server answers if no model is given
   * @param usualLatency how long its usual answer takes if no flag sets it
   */
  public Target target(DemoServer server, Duration usualLatency) {
    Duration latency = this.latency == null ? usualLatency : this.latency;
    if (model != null) return new RealTarget(model, baseUrl, latency, timeout, transport);
    if (baseUrl != null) {
      throw new ParameterException(
          sample.commandLine(), "--base-url needs --model, which selects the API format");
    }
    return new FakeTarget(server.start(latency), latency, timeout, transport);
  }
}
