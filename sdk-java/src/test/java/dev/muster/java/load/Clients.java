package dev.muster.java.load;

import dev.muster.java.Muster;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Clients with default settings. */
final class Clients {
  private Clients() {}

  /**
   * Creates a client for the OpenAI endpoint at {@code baseUrl}, with defaults for all other
   * settings.
   */
  static Muster openAi(String baseUrl) {
    return Muster.builder()
        .environment(Map.of())
        .provider("openai", provider -> provider.baseUrl(baseUrl).apiKey("key"))
        .build();
  }

  static List<String> prompts(int count) {
    return IntStream.range(0, count).mapToObj(number -> "Question " + number).toList();
  }
}
