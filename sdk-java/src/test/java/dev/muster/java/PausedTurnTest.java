package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.AgentResponse;
import dev.muster.error.ToolLoopLimitException;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeRequest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** An agent continues by itself if the provider's own tools paused the response. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class PausedTurnTest {
  private static final String SEARCH =
      "{\"type\":\"server_tool_use\",\"id\":\"srv1\",\"name\":\"web_search\",\"input\":{\"query\":\"Oslo\"}}";
  private static final String FOUND =
      "{\"type\":\"web_search_tool_result\",\"tool_use_id\":\"srv1\",\"content\":[]}";
  private static final FakeReply PAUSED =
      FakeReply.text("Let me look.").block(SEARCH).finishReason("pause_turn").usage(10, 5);

  record Reading(int degrees) {}

  private final Wire wire = new Wire();
  private final Agent agent =
      wire.muster.agent("anthropic::claude-sonnet-4-5").maxToolRounds(2).build();

  @AfterEach
  void close() {
    wire.close();
  }

  @Test
  void theTurnGoesOnWholeAndStreamed() {
    FakeReply rest = FakeReply.text("5 degrees.").block(FOUND).usage(20, 5);
    wire.server.onPrompt("Cold?").replies(PAUSED, rest, PAUSED, rest, PAUSED, rest);
    AgentResponse whole = agent.chat("Cold?").execute();
    assertEquals("5 degrees.", whole.text());
    assertEquals(2, whole.rounds());
    assertEquals(40, whole.usage().totalTokens());
    assertSentBack();
    List<AgentEvent> events = agent.stream("Cold?").toList().execute();
    AgentResponse streamed = ((AgentEvent.Finished) events.get(events.size() - 1)).response();
    assertEquals(whole.messages(), streamed.messages());
    assertSentBack();
    assertEquals(
        "Let me look.5 degrees.",
        String.join("", agent.stream("Cold?").text().toList().execute()));
  }

  @Test
  void anObjectMayPause() {
    wire.server
        .onPrompt("Cold?")
        .replies(PAUSED, FakeReply.text("{\"degrees\":5}").block(FOUND));
    assertEquals(new Reading(5), agent.returning(Reading.class).ask("Cold?").execute());
    assertSentBack();
  }

  @Test
  void endlessPausesEnd() {
    wire.server.onPrompt("Cold?").reply(PAUSED);
    assertThrows(ToolLoopLimitException.class, () -> agent.ask("Cold?").execute());
    assertEquals(3, wire.server.requestCount());
  }

  private void assertSentBack() {
    FakeRequest last = wire.server.requests().get(wire.server.requestCount() - 1);
    assertNull(last.rejection());
    assertEquals(SEARCH, last.field("/messages/1/content/0"));
    assertEquals("Let me look.", last.field("/messages/1/content/1/text"));
  }
}
