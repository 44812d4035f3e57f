package dev.muster.samples.common;

import dev.muster.concurrent.RaceResult;
import dev.muster.fake.FakeRequest;
import dev.muster.fake.FakeRequestState;
import dev.muster.fake.FakeServer;
import dev.muster.provider.ProviderConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The demo server, which plays three providers on three routes. */
final class FakeTarget extends Target {
  /** An exchange that is still open after this time has leaked. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final String UNSENT = "cancelled before its request was sent";
  private static final String KEY = "no-key-needed";
  private static final List<String> MODELS =
      List.of("openai::gpt-4o-mini", "groq::llama-3.3-70b-versatile", "ollama::gemma3:latest");

  private final FakeServer server;

  FakeTarget(FakeServer server, Duration latency, Duration timeout, Transport transport) {
    super(latency, timeout, transport);
    this.server = server;
  }

  @Override
  String whoAnswers() {
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

  /** Returns what the server saw: how long after the winner's answer each loser's socket was closed. */
  @Override
  public List<String> losers(RaceResult<?> winner) {
    server.awaitIdle(PATIENCE);
    String best = MODELS.get(winner.index());
    long won = racer(best).map(FakeRequest::endedAt).orElseThrow();
    return MODELS.stream()
        .filter(model -> !model.equals(best))
        .map(model -> model + ": " + racer(model).map(loser -> fate(loser, won)).orElse(UNSENT))
        .toList();
  }

  @Override
  public Map<String, String> environment() {
    return Map.of("OPENAI_API_KEY", KEY, "OPENAI_BASE_URL", server.url() + DemoScript.OPENAI);
  }

  @Override
  public Map<String, String> arguments() {
    return Map.of();
  }

  @Override
  public String leftEarly(String prompt) {
    server.awaitIdle(PATIENCE);
    boolean isSeen = server.requests().stream()
        .filter(request -> request.prompt().equals(prompt))
        .anyMatch(request -> request.state() == FakeRequestState.DISCONNECTED);
    return isSeen ? "the server saw it disconnect" : "the server did not see it";
  }

  @Override
  public String leftEarly(Collection<String> prompts) {
    List<FakeRequest> sent;
    do {
      server.awaitIdle(PATIENCE);
      sent = server.requests().stream()
          .filter(request -> prompts.contains(request.prompt()))
          .toList();
      // A request that was on its way when it was cancelled may have arrived in the meantime.
    } while (sent.stream().anyMatch(FakeTarget::isOpen));
    long closed = sent.stream()
        .filter(request -> request.state() == FakeRequestState.DISCONNECTED)
        .count();
    return sent.size() + " queries were sent, and the server saw " + closed + " of them disconnect";
  }

  @Override
  public void needsScript() {}

  private static boolean isOpen(FakeRequest request) {
    return request.state() == FakeRequestState.WAITING
        || request.state() == FakeRequestState.ANSWERING;
  }

  private static String fate(FakeRequest loser, long won) {
    Long closed = loser.disconnectedAt();
    if (closed == null) return "had answered before it could be cancelled";
    return "cancelled, its connection closed " + Math.round((closed - won) / 1e6)
        + " ms after the win";
  }

  private Optional<FakeRequest> racer(String model) {
    return server.requests().stream()
        .filter(request -> request.prompt().equals(DemoScript.RACE))
        .filter(request -> model.endsWith("::" + request.model()))
        .findFirst();
  }
}
