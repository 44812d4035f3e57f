package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.muster.concurrent.RaceResult;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeRequest;
import dev.muster.fake.FakeRequestState;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A9: several providers of one client in one operator. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class ProvidersRaceTest {
  /** The route of each provider's API format. */
  private static final Map<String, String> ROUTES = Map.of(
      "openai::gpt-4o-mini", "/v1/chat/completions",
      "anthropic::claude-haiku-4-5", "/v1/messages",
      "gemini::gemini-2.5-flash", "/v1beta/models/gemini-2.5-flash:generateContent",
      "ollama::gemma3:latest", "/api/chat");

  private static final List<String> IDS = ROUTES.keySet().stream().sorted().toList();

  private final Wire wire = new Wire();

  @AfterEach
  void close() {
    wire.close();
  }

  private Call<String> ask(String id) {
    return wire.muster.model(id).ask("Name a prime").label(id);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  @DisplayName("A9 B4 a race hits each provider's route once, and closes the losers on theirs")
  void race(int winner) {
    String first = IDS.get(winner);
    wire.server.otherwise(FakeReply.hang());
    wire.server.onPath(ROUTES.get(first)).reply(FakeReply.text("7").hold());
    CallFuture<RaceResult<String>> race =
        Calls.race(IDS.stream().map(this::ask).toList()).executeAsync();
    wire.server.awaitRequests(4, Wire.SOON);
    wire.server.release();

    RaceResult<String> won = race.join();

    assertEquals(List.of(winner, first, "7"), List.of(won.index(), won.label(), won.value()));
    wire.server.awaitDisconnects(3, Wire.SOON);
    wire.server.awaitIdle(Wire.SOON);
    Map<String, FakeRequest> routes = wire.server.requests().stream()
        .collect(Collectors.toMap(FakeRequest::path, Function.identity()));
    assertEquals(ROUTES.values().stream().sorted().toList(), sorted(routes));
    ROUTES.forEach((id, route) -> {
      FakeRequest seen = routes.get(route);
      assertEquals(id.substring(id.indexOf("::") + 2), seen.model());
      FakeRequestState ended =
          id.equals(first) ? FakeRequestState.COMPLETED : FakeRequestState.DISCONNECTED;
      assertEquals(ended, seen.state(), id);
    });
  }

  @Test
  @DisplayName("A9 B1 a gather over four providers has each answer on its own route, at once")
  void gather() {
    ROUTES.forEach((id, route) ->
        wire.server.onPath(route).reply(FakeReply.text("by " + route).holdUntil(4)));
    assertEquals(
        IDS.stream().map(id -> "by " + ROUTES.get(id)).toList(),
        Calls.gather(IDS.stream().map(this::ask).toList()).execute());
    assertEquals(4, wire.server.requestCount());
  }

  private static List<String> sorted(Map<String, FakeRequest> routes) {
    return routes.keySet().stream().sorted().toList();
  }
}
