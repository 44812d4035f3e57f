package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.MusterClient;
import dev.muster.error.ClientClosedException;
import dev.muster.error.LlmException;
import dev.muster.error.LlmTimeoutException;
import dev.muster.error.NetworkException;
import dev.muster.fake.FakeReply;
import dev.muster.provider.ModelProvider;
import dev.muster.resilience.RetryPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The messages of failures. */
@Timeout(60)
class TellingTest {
  private static final RetryPolicy AT_ONCE = RetryPolicy.builder()
      .maxRetries(2)
      .firstBackoff(Duration.ZERO)
      .maxBackoff(Duration.ZERO)
      .build();

  @Test
  @DisplayName(
      "a server that is dead is told in a screen, with each attempt, its cause and the caller")
  void deadServer() throws Exception {
    CompletableFuture<String> printed = new CompletableFuture<>();
    Thread caller = new Thread(() -> printed.complete(traceOfDeadServer()), "caller");
    caller.start();
    String trace = printed.get();
    // Its stack is deeper if an attempt fails without having suspended.
    long others =
        trace.lines().skip(1).dropWhile(line -> line.startsWith("\tat ")).count();
    assertTrue(others <= 30, () -> others + " lines for what lies behind it:\n" + trace);
    assertEquals(2, count(trace, "Suppressed: dev.muster.error.NetworkException"), trace);
    assertTrue(count(trace, "Caused by: java.net.ConnectException") >= 3, trace);
    assertTrue(trace.contains("refused the connection: is the server running?"), trace);
    assertTrue(trace.contains("traceOfDeadServer"), trace);
  }

  private static String traceOfDeadServer() {
    try (Muster muster = Muster.builder()
        .environment(Map.of())
        .retry(AT_ONCE)
        .provider("openai", it -> it.baseUrl("http://127.0.0.1:" + freePort()).apiKey("k"))
        .build()) {
      NetworkException e = assertThrows(
          NetworkException.class, () -> muster.model("openai::m").ask("Hi").execute());
      assertEquals(3, e.attempts());
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      return trace.toString();
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static long count(String text, String part) {
    return text.lines().filter(line -> line.contains(part)).count();
  }

  @Test
  @DisplayName("a closed client is called what its user knows it as")
  void closed() {
    Muster muster = Muster.builder().environment(Map.of()).build();
    Call<String> call = muster.model("ollama::m").ask("Hi");
    muster.close();
    ClientClosedException e = assertThrows(ClientClosedException.class, call::execute);
    assertEquals("The client is closed: create a new Muster", e.getMessage());
  }

  @Test
  @DisplayName(
      "a provider that is not there is named with the artifact that has it, wherever it is named")
  void artifacts() {
    for (ModelProvider provider : ServiceLoader.load(ModelProvider.class)) {
      // The tests have their own provider.
      if (provider.getClass().getPackageName().startsWith("dev.muster.java")) continue;
      String artifact =
          "dev.muster:muster-" + provider.getClass().getPackageName().split("\\.")[2];
      for (String id : provider.getIds()) {
        String asked =
            message(() -> MusterClient.builder().providers(List.of()).build().model(id + "::m"));
        String configured = message(() -> MusterClient.builder()
            .providers(List.of())
            .provider(id, it -> it.apiKey("k"))
            .build());
        String limited = message(() ->
            MusterClient.builder().providers(List.of()).defaultModel(id + "::m").build());
        for (String said : List.of(asked, configured, limited)) {
          assertTrue(
              said.contains("add " + artifact + " to the class path; the known providers are"),
              said);
        }
      }
    }
  }

  private static String message(org.junit.jupiter.api.function.Executable wrong) {
    return assertThrows(IllegalArgumentException.class, wrong).getMessage();
  }

  @Test
  @DisplayName(
      "a deadline tells of attempts, provider, model and earlier failures, blocking and by future")
  void deadline() {
    try (Wire wire = new Wire();
        Muster muster = Wire.builder(wire.server).retry(AT_ONCE).build()) {
      AtomicInteger asked = new AtomicInteger();
      wire.server.otherwise(
          request -> asked.getAndIncrement() % 2 == 0 ? FakeReply.status(503) : FakeReply.hang());
      Call<String> call =
          muster.agent("openai::gpt-4o-mini").build().ask("Hi").timeout(Duration.ofSeconds(5));
      assertTells(assertThrows(LlmTimeoutException.class, call::execute));
      Throwable byFuture =
          assertThrows(RuntimeException.class, call.executeAsync()::join).getCause();
      assertTells((LlmException) byFuture);
    }
  }

  private static void assertTells(LlmException e) {
    assertEquals(
        List.of("openai", "gpt-4o-mini", 2), List.of(e.provider(), e.model(), e.attempts()));
    assertEquals(1, e.getSuppressed().length);
    assertTrue(
        e.getMessage()
            .startsWith("Timed out after 5s (openai::gpt-4o-mini: attempt 2 was running; attempt 1"
                + " failed: openai::gpt-4o-mini: HTTP 503"),
        e::getMessage);
  }
}
