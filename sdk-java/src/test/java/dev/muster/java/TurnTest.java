package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.AgentResponse;
import dev.muster.agent.AgentTool;
import dev.muster.agent.ToolInvocation;
import dev.muster.chat.Message;
import dev.muster.chat.ToolDefinition;
import dev.muster.error.ClientClosedException;
import dev.muster.fake.FakeReply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** The relation of a turn to its conversation and its client, seen from blocking tools. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class TurnTest {
  private static final ToolDefinition AGAIN =
      new ToolDefinition("again", "Asks again", Map.of("type", "object"));

  private final Wire wire = new Wire();
  private Conversation conversation;

  record Nothing() {}

  @AfterEach
  void close() {
    wire.close();
  }

  @Test
  @DisplayName("A13 a blocking tool that executes a turn of its own conversation fails at once")
  void aTurnWithinATurn() {
    assertRefused(blocking(call -> conversation.ask("me").execute()));
    assertRefused(blocking(call -> conversation.ask("me").executeAsync().join()));
    assertRefused(blocking(call -> conversation.ask("me").map(it -> it).execute()));
    assertRefused(
        blocking(call -> conversation.stream("me").text().toList().execute().get(0)));
    assertRefused(blocking(call -> {
      try (CallStream<AgentEvent> events = conversation.stream("me").open()) {
        return events.iterator().next().toString();
      }
    }));
    assertRefused(
        blocking(call -> Call.of(() -> conversation.ask("me").execute()).execute()));
  }

  @Test
  @DisplayName("A13 a tool whose call or stage is a turn of its own conversation fails at once")
  void aTurnAsAResult() {
    assertRefused(Tools.call("again", "", Nothing.class, it -> conversation.ask("me")));
    assertRefused(
        Tools.async("again", "", Nothing.class, it -> conversation.ask("me").executeAsync()));
  }

  @Test
  @DisplayName("A13 a turn of the same conversation through the tool of another one fails at once")
  void aTurnThroughAnother() {
    Conversation between = conversation(blocking(call -> conversation.ask("me").execute()));
    AgentTool outer = blocking(call -> {
      wire.server
          .onPrompt("between")
          .replies(FakeReply.toolCall("c2", "again", "{}"), FakeReply.text("in between"));
      AgentResponse answer = between.chat("between").execute();
      return answer.toolRuns().get(0).result();
    });
    String result = turn(outer, "go").toolRuns().get(0).result();
    assertTrue(result.contains("would deadlock"), result);
  }

  @Test
  @DisplayName("A13 a fork within a tool, and the conversation on the same threads later, are free")
  void aForkIsFree() {
    wire.server.onPrompt("me").reply(FakeReply.text("forked"));
    AgentResponse answer = turn(blocking(call -> conversation.fork().ask("me").execute()), "go");
    assertEquals("forked", answer.toolRuns().get(0).result());
    wire.server.otherwise(FakeReply.text("free"));
    List<Call<String>> calls =
        List.of(conversation.ask("b"), Call.of(() -> conversation.ask("c").execute()));
    for (Call<String> call : calls) assertEquals("free", call.execute());
    assertEquals(8, conversation.history().size());
  }

  @Test
  @DisplayName("C27 a turn goes on while its client closes gracefully, with its tools' own calls")
  void aTurnGoesOn() throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch closing = new CountDownLatch(1);
    wire.server.onPrompt("inner").reply(FakeReply.text("inside"));
    AgentTool tool = blocking(call -> {
      entered.countDown();
      await(closing);
      return wire.model().ask("inner").execute();
    });
    script("go");
    conversation = conversation(tool);
    CallFuture<AgentResponse> turn = conversation.chat("go").executeAsync();
    assertTrue(entered.await(60, TimeUnit.SECONDS));
    CompletableFuture<Boolean> closed =
        CompletableFuture.supplyAsync(() -> wire.muster.closeGracefully(Wire.SOON));
    while (!refuses()) Thread.onSpinWait();
    assertThrows(
        ClientClosedException.class, () -> conversation.fork().ask("new").execute());
    closing.countDown();
    assertEquals("answered", turn.join().text());
    assertEquals("inside", turn.join().toolRuns().get(0).result());
    assertTrue(closed.join());
    assertEquals(3, wire.server.requestCount());
  }

  /** Returns whether the client has started to close. */
  private boolean refuses() {
    return wire.muster.isClosed();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Checks that the tool fails in both kinds of turn, and that the turn still ends. */
  private void assertRefused(AgentTool tool) {
    AgentResponse answer = turn(tool, "go");
    String result = answer.toolRuns().get(0).result();
    assertTrue(answer.toolRuns().get(0).isError(), result);
    assertTrue(result.contains("would deadlock"), result);
    assertEquals("answered", answer.text());
    assertEquals(4, conversation.history().size());
    script("stream");
    conversation.reset();
    List<AgentEvent> events = conversation.stream("stream").toList().execute();
    AgentEvent.Finished last = (AgentEvent.Finished) events.get(events.size() - 1);
    assertTrue(last.response().toolRuns().get(0).result().contains("would deadlock"));
    assertEquals(
        List.of("stream", "", last.response().toolRuns().get(0).result(), "answered"),
        conversation.history().stream().map(Message::text).toList());
  }

  private AgentResponse turn(AgentTool tool, String prompt) {
    script(prompt);
    conversation = conversation(tool);
    return conversation.chat(prompt).execute();
  }

  private Conversation conversation(AgentTool tool) {
    return wire.muster.agent("openai::gpt-4o-mini").tool(tool).build().conversation();
  }

  private static AgentTool blocking(Function<ToolInvocation, String> body) {
    return Tools.of(AGAIN, body);
  }

  private void script(String prompt) {
    wire.server
        .onPrompt(prompt)
        .replies(FakeReply.toolCall("c1", "again", "{}"), FakeReply.text("answered"));
  }
}
