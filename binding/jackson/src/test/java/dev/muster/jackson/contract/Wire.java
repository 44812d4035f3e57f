package dev.muster.jackson.contract;

import dev.muster.fake.FakeServer;
import dev.muster.java.Agent;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.resilience.RetryPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** A fake server and a client that talks to it. */
public final class Wire implements AutoCloseable {
  /** The server. */
  public final FakeServer server;

  final Muster muster;

  /** Starts both. */
  public Wire() {
    try {
      server = FakeServer.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    muster = builder(server).build();
  }

  static Muster.Builder builder(FakeServer server) {
    return Muster.builder()
        .environment(Map.of())
        .retry(RetryPolicy.NONE)
        .provider("openai", it -> it.baseUrl(server.openAiUrl()).apiKey("test-key"))
        .provider("anthropic", it -> it.baseUrl(server.anthropicUrl()).apiKey("test-key"))
        .provider("gemini", it -> it.baseUrl(server.geminiUrl()).apiKey("test-key"))
        .provider("ollama", it -> it.baseUrl(server.ollamaUrl()));
  }

  Model model() {
    return muster.model("openai::gpt-4o-mini");
  }

  Agent agent() {
    return muster.agent("ollama::gemma3:latest").systemPrompt("Be concise.").build();
  }

  @Override
  public void close() {
    muster.close();
    server.close();
  }
}
