package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A slow reader of a stream slows down its writer. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class SlowReaderTest {
  private static final int TOKENS = 1_024;
  private static final String PADDING = "x".repeat(32 * 1024);
  private static final Duration STALL = Duration.ofMillis(500);

  private final Wire wire = new Wire();

  @AfterEach
  void close() {
    wire.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai::gpt-4o-mini", "ollama::gemma3"})
  @DisplayName("B10 a slow reader of a CallStream holds up the provider and gets every token")
  void aSlowReaderHoldsUpTheProviderAndGetsEveryToken(String model) {
    List<String> tokens =
        IntStream.range(0, TOKENS).mapToObj(i -> "%05d".formatted(i) + PADDING).toList();
    wire.server.otherwise(FakeReply.tokens(tokens));
    List<Integer> seen = new ArrayList<>();
    try (CallStream<String> stream =
        wire.muster.model(model).stream("Go").text().open()) {
      Iterator<String> each = stream.iterator();
      seen.add(number(each.next()));
      int sent = stalledAt(wire.server);
      // These tokens are in the buffers of two sockets and in ours: a few of the 32 megabytes.
      assertTrue(sent < TOKENS / 2, () -> sent + " tokens were written while nobody read");
      each.forEachRemaining(token -> seen.add(number(token)));
    }
    assertEquals(IntStream.range(0, TOKENS).boxed().toList(), seen);
  }

  private static int number(String token) {
    return Integer.parseInt(token.substring(0, 5));
  }

  /** Returns how many tokens the server had written when its socket accepted no more. */
  private static int stalledAt(FakeServer server) {
    while (true) {
      int sent = server.requests().get(0).tokensSent();
      try {
        server.awaitTokens(sent + 1, STALL);
      } catch (IllegalStateException nothingWritten) {
        return sent;
      }
    }
  }
}
