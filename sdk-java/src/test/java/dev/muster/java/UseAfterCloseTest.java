package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.error.ClientClosedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.adapter.JdkFlowAdapter;

/** A closed client says so for every operation and in every style, and sends nothing. */
@Timeout(180)
class UseAfterCloseTest {
  private static final Wire WIRE = new Wire();
  private static final Model MODEL = WIRE.model();
  private static final Agent AGENT = WIRE.agent();
  private static final Embedder EMBEDDER =
      WIRE.muster.embeddingModel("openai::text-embedding-3-small");

  @BeforeAll
  static void closeTheClient() {
    WIRE.muster.close();
  }

  @AfterAll
  static void stop() {
    WIRE.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("uses")
  @DisplayName("A11 after the close it ends with ClientClosedException:")
  void refused(String name, Executable use) {
    Throwable thrown = assertThrows(RuntimeException.class, use);
    if (thrown instanceof CompletionException) thrown = thrown.getCause();
    assertEquals(ClientClosedException.class, thrown.getClass());
    assertTrue(thrown.getMessage().startsWith("The client is closed"), thrown.getMessage());
    assertFalse(thrown.getMessage().contains("MusterClient"), thrown.getMessage());
    assertEquals(0, WIRE.server.requestCount());
  }

  static Stream<Arguments> uses() {
    Map<String, Executable> uses = new LinkedHashMap<>();
    uses.put("Model.ask", () -> MODEL.ask("Hi").execute());
    uses.put("Model.chat", () -> MODEL.chat("Hi").execute());
    uses.put("Model.stream", () -> MODEL.stream("Hi").toList().execute());
    uses.put("a model of the closed client", () -> WIRE.model().ask("Hi").execute());
    uses.put("Agent.ask", () -> AGENT.ask("Hi").execute());
    uses.put("Agent.chat", () -> AGENT.chat("Hi").execute());
    uses.put("Agent.stream", () -> AGENT.stream("Hi").text().toList().execute());
    uses.put("an agent of the closed client", () -> WIRE.agent().ask("Hi").execute());
    uses.put("Embedder", () -> EMBEDDER.embed("Hi").execute());
    uses.put("models", () -> WIRE.muster.models("openai").execute());
    uses.put("a future", () -> MODEL.ask("Hi").executeAsync().join());
    uses.put("a stage", () -> MODEL.ask("Hi").executeAsync().thenApply(x -> x).join());
    uses.put("a callback", () -> {
      CompletableFuture<String> told = new CompletableFuture<>();
      MODEL.ask("Hi").enqueue(told::complete, told::completeExceptionally);
      told.join();
    });
    uses.put("a callback of a queue", () -> {
      CompletableFuture<String> told = new CompletableFuture<>();
      CallbackQueue queue = new CallbackQueue();
      queue.enqueue(MODEL.ask("Hi"), told::complete, told::completeExceptionally);
      queue.processAll(Wire.SOON);
      told.join();
    });
    uses.put("an open stream", () -> {
      try (CallStream<?> stream = MODEL.stream("Hi").open()) {
        stream.iterator().next();
      }
    });
    uses.put("forEach", () -> MODEL.stream("Hi").forEach(event -> {}).execute());
    uses.put(
        "a publisher",
        () -> JdkFlowAdapter.flowPublisherToFlux(MODEL.stream("Hi").publisher()).blockFirst());
    uses.put("recover", () -> MODEL.ask("Hi").recover(e -> "recovered").execute());
    uses.put("fallback", () -> MODEL.ask("Hi").fallback(Call.value("other")).execute());
    uses.put("gather", () -> Calls.gather(List.of("Hi"), MODEL::ask).execute());
    uses.put("race", () -> Calls.race(MODEL.ask("Hi"), MODEL.ask("Ho")).execute());
    uses.put(
        "pipeline",
        () -> Calls.pipeline(List.of("Hi")).stage(1, MODEL::ask).toList().execute());
    return uses.entrySet().stream().map(each -> Arguments.of(each.getKey(), each.getValue()));
  }
}
