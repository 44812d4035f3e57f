package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.muster.agent.HistoryWindow;
import dev.muster.agent.OutputType;
import dev.muster.chat.ChatRequest;
import dev.muster.chat.Message;
import dev.muster.chat.ResponseFormat;
import dev.muster.chat.StructuredOutputMode;
import dev.muster.error.InvalidRequestException;
import dev.muster.fake.FakeReply;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** What models, agents, conversations and their typed views say about themselves, and send. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class ViewsTest {
  private static final OutputType<String> WORD =
      OutputType.of("word", Map.of("type", "string"), json -> json.replace("\"", ""));

  private final Wire wire = new Wire();
  private final Agent agent = wire.agent();
  private final Conversation conversation = agent.conversation();

  @AfterEach
  void close() {
    wire.close();
  }

  @Test
  @DisplayName("A3 an agent shows the request that it would send, and sends nothing")
  void requests() {
    ChatRequest ofText = agent.request("Hi");
    assertEquals(List.of("Be concise.", "Hi"), texts(ofText.messages()));
    assertEquals(
        texts(ofText.messages()), texts(agent.request(Message.user("Hi")).messages()));
    InvalidRequestException refused =
        assertThrows(InvalidRequestException.class, () -> agent.request(Message.assistant("Hi")));
    assertEquals("ollama", refused.provider());
    assertEquals(0, wire.server.requests().size());
  }

  @Test
  @DisplayName("C7 a model says how it would be held to a format")
  void structuredOutput() {
    ResponseFormat format = new ResponseFormat("word", WORD.schema());
    ChatRequest request =
        ChatRequest.builder().user("Hi").responseFormat(format).build();
    assertEquals(StructuredOutputMode.NATIVE, wire.model().structuredOutput(request));
    assertEquals(0, wire.server.requests().size());
  }

  @Test
  @DisplayName("C7 typed views keep their type and name what they are a view of")
  void typedViews() {
    assertSame(WORD, wire.model().returning(WORD).type());
    assertSame(WORD, agent.returning(WORD).type());
    assertSame(WORD, conversation.returning(WORD).type());
    assertEquals(
        "TypedModel(word of openai::gpt-4o-mini)", wire.model().returning(WORD).toString());
    String name = "Agent(ollama::gemma3:latest on ollama::gemma3:latest)";
    assertEquals("TypedAgent(word of " + name + ")", agent.returning(WORD).toString());
    assertEquals(
        "TypedConversation(word of 0 messages, " + name + ")",
        conversation.returning(WORD).toString());
  }

  @Test
  @DisplayName("A12 a turn of several messages, whole and streamed")
  void turnsOfMessages() {
    wire.server.otherwise(FakeReply.text("ok"));
    List<Message> two = List.of(Message.user("One"), Message.user("Two"));
    assertEquals("ok", conversation.chat(two).execute().text());
    assertEquals("ok", String.join("", conversation.stream(two).text().toList().execute()));
    assertEquals(List.of("One", "Two", "ok", "One", "Two", "ok"), texts(conversation.history()));
    assertThrows(IllegalArgumentException.class, () -> conversation.chat(List.of()));
    assertSame(agent, conversation.agent());
    assertEquals(HistoryWindow.ALL, conversation.window());
    assertEquals("Conversation(6 messages, " + agent + ")", conversation.toString());
  }

  private static List<String> texts(List<Message> messages) {
    return messages.stream().map(Message::text).toList();
  }
}
