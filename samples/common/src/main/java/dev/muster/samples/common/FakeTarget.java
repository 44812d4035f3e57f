package dev.muster.samples.common;

import dev.muster.concurrent.Winner;
import dev.muster.fake.FakeRequest;
import dev.muster.fake.FakeRequestState;
import dev.muster.fake.FakeServer;
import dev.muster.spi.ProviderConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The demo server, which speaks for three providers on three routes. */
final class FakeTarget extends Target {
  /** Only an exchange that leaks is still open then. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final String KEY = "no-key-needed";
  private static final List<String> MODELS =
      List.of("openai::gpt-4o-mini", "groq::llama-3.3-70b-versatile", "ollama::gemma3:latest");

  private final FakeServer server;

  FakeTarget(FakeServer server, Duration latency, Duration timeout) {
    super(latency, timeout);
    this.server = server;
  }

  @Override
  public String banner() {
    return "Asking the built-in fake server; --model=provider::model asks a real one.";
  }

  @Override
  public String model() {
    return MODELS.get(0);
  }

  @Override
  public List<String> racers() {
    return MODELS;
  }

  @Override
  public Map<String, Consumer<ProviderConfig.Builder>> endpoints() {
    return Map.of(
        "openai", config -> config.baseUrl(server.url() + DemoScript.OPENAI).apiKey(KEY),
        "groq", config -> config.baseUrl(server.url() + DemoScript.GROQ).apiKey(KEY),
        "ollama", config -> config.baseUrl(server.ollamaUrl()));
  }

  /** What the server saw: how long after the winner's answer each loser's socket was closed. */
  @Override
  public List<String> losers(Winner<?> winner) {
    server.awaitDisconnects(MODELS.size() - 1, PATIENCE);
    List<FakeRequest> race = lastRequests();
    long won = race.stream()
        .filter(request -> request.state() == FakeRequestState.COMPLETED)
        .mapToLong(FakeRequest::endedAt)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("The race had no winner: " + race));
    List<String> lines = new ArrayList<>();
    for (String model : MODELS) {
      FakeRequest request = of(race, model);
      if (request.disconnectedAt() == null) continue;
      long after = Math.round((request.disconnectedAt() - won) / 1e6);
      lines.add(model + ": cancelled, its connection closed " + after + " ms after the win");
    }
    return lines;
  }

  private List<FakeRequest> lastRequests() {
    List<FakeRequest> all = server.requests();
    return all.subList(all.size() - MODELS.size(), all.size());
  }

  private static FakeRequest of(List<FakeRequest> requests, String model) {
    return requests.stream()
        .filter(request -> model.endsWith("::" + request.model()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("No request for " + model));
  }
}
