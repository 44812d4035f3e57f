package dev.muster.samples.common;

import dev.muster.concurrent.Winner;
import dev.muster.http.HttpTransport;
import dev.muster.resilience.Timeouts;
import dev.muster.spi.ProviderConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What a sample talks to: the demo server, or the model that the user has named. */
public abstract sealed class Target permits FakeTarget, RealTarget {
  private final Duration latency;
  private final Duration timeout;
  private final Transport transport;

  Target(Duration latency, Duration timeout, Transport transport) {
    this.latency = latency;
    this.timeout = timeout;
    this.transport = transport;
  }

  /** The first line of the output: who answers, and by which transport if not by the default one. */
  public final String banner() {
    return whoAnswers() + transport.note();
  }

  abstract String whoAnswers();

  /** The model to ask, as {@code provider::model}. */
  public abstract String model();

  /** Three models for a race. */
  public abstract List<String> racers();

  /** How to reach the providers; what is not said here comes from the environment. */
  public abstract Map<String, Consumer<ProviderConfig.Builder>> endpoints();

  /** What became of the racers that did not win, a line for each. */
  public abstract List<String> losers(Winner<?> winner);

  /** The environment variables that say how to reach the model. */
  public abstract Map<String, String> environment();

  /** The settings that say the same, where the environment does not. */
  public abstract Map<String, String> arguments();

  /** What became of the call with {@code prompt}, whose stream was left early. */
  public abstract String leftEarly(String prompt);

  /** What became of the calls with {@code prompts}, some of which were left before they had ended. */
  public abstract String leftEarly(Collection<String> prompts);

  /**
   * Passes where failures can be had for the asking.
   *
   * @throws SampleException where a real model answers
   */
  public abstract void needsScript();

  /** The usual latency; what the samples wait for is measured by it. */
  public Duration latency() {
    return latency;
  }

  /** The transport for a client that asks it; empty where the client makes the default one. */
  public Optional<HttpTransport> transport() {
    return transport.open();
  }

  /** The limits of time of every call. */
  public Timeouts timeouts() {
    return Timeouts.builder().total(timeout).build();
  }
}
