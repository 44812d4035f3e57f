package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.muster.config.MusterConfig;
import dev.muster.error.ProviderException;
import dev.muster.error.QueueFullException;
import dev.muster.fake.FakeReply;
import dev.muster.network.HttpVersion;
import dev.muster.resilience.RateLimiter;
import dev.muster.resilience.RetryBudget;
import dev.muster.resilience.RetryPolicy;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** The settings of the builder reach the client. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class ClientSettingsTest {
  private static final String ID = "openai::gpt-4o-mini";

  private final Wire wire = new Wire();

  @AfterEach
  void close() {
    wire.close();
  }

  @Test
  @DisplayName("A9 the default model is the one that calls without an id go to")
  void defaultModel() {
    assertNull(wire.muster.defaultModel());
    wire.server.otherwise(FakeReply.text("ok"));
    try (Muster muster = Wire.builder(wire.server).defaultModel(ID).build()) {
      assertEquals(ID, muster.defaultModel());
      assertEquals(ID, muster.model().id().toString());
      assertEquals("ok", muster.agent().build().ask("Hi").execute());
    }
    assertEquals("gpt-4o-mini", wire.server.requests().get(0).model());
  }

  @Test
  @DisplayName("A9 a configuration sets what the builder does not")
  void configuration() {
    MusterConfig config =
        MusterConfig.builder().environment(Map.of()).set("default-model", ID).build();
    try (Muster muster = Muster.create(config)) {
      assertEquals(ID, muster.defaultModel());
    }
    try (Muster muster =
        Muster.builder().config(config).defaultModel("ollama::gemma3").build()) {
      assertEquals("ollama::gemma3", muster.defaultModel());
    }
  }

  @Test
  @DisplayName("C18 a client's rate limiter counts the calls of its provider")
  void rateLimiter() {
    RateLimiter once =
        RateLimiter.builder().requestsPerMinute(1).burst(1).maxWaiting(0).build();
    wire.server.otherwise(FakeReply.text("ok"));
    try (Muster muster = Wire.builder(wire.server).rateLimiter("openai", once).build()) {
      assertEquals("ok", muster.model(ID).ask("1").execute());
      assertThrows(QueueFullException.class, () -> muster.model(ID).ask("2").execute());
    }
    assertEquals(1, wire.server.requests().size());
  }

  @Test
  @DisplayName("C3 a client's empty retry budget withholds the retry")
  void retryBudget() {
    wire.server.otherwise(FakeReply.status(500));
    try (Muster muster = Wire.builder(wire.server)
        .retry(RetryPolicy.DEFAULT)
        .retryBudget(new RetryBudget(0, 0))
        .build()) {
      assertThrows(ProviderException.class, () -> muster.model(ID).ask("Hi").execute());
    }
    assertEquals(1, wire.server.requests().size());
  }

  @Test
  @DisplayName("A8 network settings are taken, and refused at once if they cannot be meant")
  void network() throws Exception {
    wire.server.otherwise(FakeReply.text("ok"));
    try (Muster muster = Wire.builder(wire.server)
        .connectTimeout(Duration.ofMinutes(1))
        .sslContext(SSLContext.getDefault())
        .httpVersion(HttpVersion.HTTP_2)
        .build()) {
      assertEquals("ok", muster.model(ID).ask("Hi").execute());
    }
    Muster.Builder builder = Muster.builder();
    assertThrows(IllegalArgumentException.class, () -> builder.connectTimeout(Duration.ZERO));
    assertThrows(NullPointerException.class, () -> builder.httpVersion(null));
  }
}
