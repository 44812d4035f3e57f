package dev.muster.samples.common;

import dev.muster.concurrent.RaceResult;
import dev.muster.provider.ProviderConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The model that the user named, with the key from the environment. */
final class RealTarget extends Target {
  private static final int RACERS = 3;
  private final String model;
  private final String baseUrl;

  RealTarget(
      String model, String baseUrl, Duration latency, Duration timeout, Transport transport) {
    super(latency, timeout, transport);
    this.model = model;
    this.baseUrl = baseUrl;
  }

  @Override
  String whoAnswers() {
    return "Asking " + model + (baseUrl == null ? "" : " at " + baseUrl) + ".";
  }

  @Override
  public String model() {
    return model;
  }

  /** The same model three times. Any of the equal calls may be the fastest. */
  @Override
  public List<String> racers() {
    return Collections.nCopies(RACERS, model);
  }

  @Override
  public Map<String, Consumer<ProviderConfig.Builder>> endpoints() {
    if (baseUrl == null) return Map.of();
    return Map.of(provider(), config -> config.baseUrl(baseUrl));
  }

  @Override
  public Map<String, String> environment() {
    return System.getenv();
  }

  @Override
  public Map<String, String> arguments() {
    if (baseUrl == null) return Map.of();
    return Map.of("providers." + provider() + ".base-url", baseUrl);
  }

  /** The server cannot be asked. This is what a stream guarantees. */
  @Override
  public String leftEarly(String prompt) {
    return "its exchange is closed";
  }

  /** The server cannot be asked. This is what an operator guarantees. */
  @Override
  public String leftEarly(Collection<String> prompts) {
    return "what was in flight is closed";
  }

  @Override
  public void needsScript() {
    throw new SampleException(
        "The errors are scripted, and only the built-in fake server knows the script: leave out --model");
  }

  private String provider() {
    return model.split("[:/]", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  /** The operator guarantees it: when a race returns, its losers are cancelled. */
  @Override
  public List<String> losers(RaceResult<?> winner) {
    return IntStream.range(0, RACERS)
        .filter(racer -> racer != winner.index())
        .mapToObj(racer -> model + " (racer " + (racer + 1) + "): cancelled")
        .toList();
  }
}
