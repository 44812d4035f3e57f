package dev.muster.samples.common;

import dev.muster.concurrent.RaceResult;
import dev.muster.http.transport.HttpTransport;
import dev.muster.provider.ProviderConfig;
import dev.muster.resilience.Timeouts;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What a sample talks to: the demo server, or the model that the user named. */
public abstract sealed class Target permits FakeTarget, RealTarget {
  private final Duration latency;
  private final Duration timeout;
  private final Transport transport;

  Target(Duration latency, Duration timeout, Transport transport) {
    this.latency = latency;
    this.timeout = timeout;
    this.transport = transport;
  }

  /** Returns the first line of the output: what answers, and the transport if it is not the default. */
  public final String banner() {
    return whoAnswers() + transport.note();
  }

  abstract String whoAnswers();

  /** Returns the model to ask, as {@code provider::model}. */
  public abstract String model();

  /** Returns three models for a race. */
  public abstract List<String> racers();

  /** Returns how to reach the providers. Settings that are missing here come from the environment. */
  public abstract Map<String, Consumer<ProviderConfig.Builder>> endpoints();

  /** Returns what happened to each racer that did not win, a line for each. */
  public abstract List<String> losers(RaceResult<?> winner);

  /** Returns the environment variables that say how to reach the model. */
  public abstract Map<String, String> environment();

  /** Returns the settings that say how to reach the model if the environment does not. */
  public abstract Map<String, String> arguments();

  /** Returns what happened to the call with {@code prompt}, whose stream was left early. */
  public abstract String leftEarly(String prompt);

  /** Returns what happened to the calls with {@code prompts}, some of which were left before they ended. */
  public abstract String leftEarly(Collection<String> prompts);

  /**
   * Checks that the server can produce failures on request.
   *
   * @throws SampleException if a real model answers
   */
  public abstract void needsScript();

  /** Returns the usual latency. The waits of the samples are multiples of it. */
  public Duration latency() {
    return latency;
  }

  /** Returns the transport for a client; empty if the client makes the default one. */
  public Optional<HttpTransport> transport() {
    return transport.open();
  }

  /** Returns the timeouts of every call. */
  public Timeouts timeouts() {
    return Timeouts.builder().total(timeout).build();
  }
}
