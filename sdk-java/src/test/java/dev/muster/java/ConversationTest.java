package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.AgentResponse;
import dev.muster.agent.HistoryWindow;
import dev.muster.chat.ContentPart;
import dev.muster.chat.Message;
import dev.muster.chat.Usage;
import dev.muster.error.ProviderException;
import dev.muster.fake.FakeMessage;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Conversations and executors from Java. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class ConversationTest {
  private final Wire wire = new Wire();
  private final Agent agent =
      wire.muster.agent("openai::gpt-4o-mini").systemPrompt("Be brief.").build();
  private final Conversation conversation = agent.conversation();

  @AfterEach
  void close() {
    wire.close();
  }

  record Animal(String name, int legs) {}

  @Test
  @DisplayName("A12 the second turn's body holds the first turn")
  void theSecondTurnHoldsTheFirst() {
    script("I am Ada.", "Hello Ada.");
    script("Who am I?", "Ada.");
    assertEquals("Hello Ada.", conversation.ask("I am Ada.").execute());
    assertEquals("Ada.", conversation.chat("Who am I?").execute().text());
    assertEquals(List.of("Be brief.", "I am Ada.", "Hello Ada.", "Who am I?"), lastBody());
    assertEquals(List.of("I am Ada.", "Hello Ada.", "Who am I?", "Ada."), texts(conversation));
  }

  @Test
  @DisplayName("A12 messages with images, objects and streams are turns")
  void allKindsOfTurns() {
    script("What is it?", "A cat.");
    wire.server.onPrompt("Describe it").reply(FakeReply.json(new Animal("cat", 4)));
    script("Bye", "Good bye");
    ContentPart image = ContentPart.Image.of(new byte[] {1, 2}, "image/png");
    Message shown = Message.user(new ContentPart.Text("What is it?"), image);
    assertEquals("A cat.", conversation.ask(shown).execute());
    assertEquals(
        new Animal("cat", 4),
        conversation.returning(Animal.class).ask("Describe it").execute());
    List<AgentEvent> events = conversation.stream("Bye").toList().execute();
    assertInstanceOf(AgentEvent.Finished.class, events.get(events.size() - 1));
    assertEquals(6, conversation.history().size());
    assertEquals(shown, conversation.history().get(0));
    assertEquals("Good bye", conversation.history().get(5).text());
  }

  @Test
  @DisplayName("A12 fork copies, reset forgets, a window cuts what is sent only")
  void forkResetWindow() {
    wire.server.otherwise(FakeReply.text("ok"));
    conversation.ask("a").execute();
    Conversation fork = conversation.fork();
    fork.ask("b").execute();
    assertEquals(List.of("a", "ok"), texts(conversation));
    conversation.reset();
    assertEquals(List.of(), conversation.history());
    assertEquals(List.of("a", "ok", "b", "ok"), texts(fork));
    Conversation cut = agent.conversation(fork.history(), HistoryWindow.messages(3));
    cut.ask("c").execute();
    assertEquals(List.of("Be brief.", "b", "ok", "c"), lastBody());
    assertEquals(List.of("a", "ok", "b", "ok", "c", "ok"), texts(cut));
  }

  @Test
  @DisplayName("A12 a conversation is saved and loaded")
  void savedAndLoaded() {
    wire.server.otherwise(FakeReply.text("ok"));
    conversation.ask("a").execute();
    Conversation loaded = agent.loadConversation(conversation.save());
    assertEquals(conversation.history(), loaded.history());
    loaded.ask("b").execute();
    assertEquals(List.of("Be brief.", "a", "ok", "b"), lastBody());
    assertThrows(IllegalArgumentException.class, () -> agent.loadConversation("{}"));
  }

  @Test
  @DisplayName("A13 after a 500 the next body has no orphan message")
  void noOrphan() {
    wire.server.onPrompt("lost").reply(FakeReply.status(500));
    script("found", "ok");
    Call<String> lost = conversation.ask("lost");
    assertThrows(ProviderException.class, lost::execute);
    assertEquals(List.of(), conversation.history());
    conversation.ask("found").execute();
    assertEquals(List.of("Be brief.", "found"), lastBody());
  }

  @Test
  @DisplayName(
      "A13 turns started at once are sent in the order of starting; a cancelled one never is")
  void turnsQueue() {
    wire.server.onPrompt("first").reply(FakeReply.text("1").hold());
    wire.server.otherwise(FakeReply.text("ok"));
    List<CallFuture<String>> turns = new ArrayList<>();
    for (String prompt : List.of("first", "b", "c", "d")) {
      turns.add(conversation.ask(prompt).executeAsync());
    }
    wire.server.awaitHeld(1, Wire.SOON);
    assertTrue(turns.get(2).cancel(true));
    wire.server.release();
    assertEquals("ok", turns.get(3).join());
    assertThrows(CancellationException.class, turns.get(2)::join);
    assertEquals(List.of("first", "1", "b", "ok", "d", "ok"), texts(conversation));
    assertEquals(3, wire.server.requests().size());
  }

  @Test
  @DisplayName("A13 leaving a stream early changes nothing, though all of it has come")
  void leftEarly() {
    wire.server.otherwise(FakeReply.text("one two three"));
    try (CallStream<AgentEvent> events = conversation.stream("a").open()) {
      assertTrue(events.iterator().hasNext());
      wire.server.awaitCompleted(1, Wire.SOON);
    }
    // Waits for its turn, so the turn before it has ended.
    conversation.ask("b").execute();
    assertEquals(List.of("b", "one two three"), texts(conversation));
  }

  @Test
  @DisplayName("A13 a turn of no messages is refused")
  void nothingToSay() {
    assertThrows(IllegalArgumentException.class, () -> conversation.chat(List.of()));
    assertThrows(IllegalArgumentException.class, () -> conversation.stream(List.of()));
  }

  @Test
  @DisplayName("A14 five concurrent calls of an agent hold one user message each")
  void agentsShareNothing() {
    wire.server.holdAll(5);
    Calls.gather(List.of("1", "2", "3", "4", "5"), agent::ask).execute();
    assertEquals(5, wire.server.requests().size());
    for (FakeRequest request : wire.server.requests())
      assertEquals(2, request.messages().size());
  }

  @Test
  @DisplayName("C14 each executor gives the text, in any operator")
  void executors() {
    wire.server.otherwise(FakeReply.text("ok"));
    List<PromptExecutor> executors = List.of(
        PromptExecutor.simple(wire.model()),
        PromptExecutor.simple(wire.model(), "Be kind."),
        PromptExecutor.simple(wire.model(), " "),
        PromptExecutor.agent(agent),
        agent::ask,
        PromptExecutor.of(prompt -> prompt.toUpperCase(Locale.ROOT)),
        PromptExecutor.async(prompt -> CompletableFuture.completedFuture(prompt + "!")));
    List<String> answers = Calls.gather(executors, it -> it.execute("hi")).execute();
    assertEquals(List.of("ok", "ok", "ok", "ok", "ok", "HI", "hi!"), answers);
    List<String> systems = wire.server.requests().stream()
        .map(FakeRequest::messages)
        .filter(it -> it.size() == 2)
        .map(it -> it.get(0).text())
        .sorted()
        .toList();
    assertEquals(List.of("Be brief.", "Be brief.", "Be kind."), systems);
  }

  @Test
  @DisplayName("C14 a custom executor's future is cancelled with its call")
  void anExecutorIsCancelled() {
    CompletableFuture<String> never = new CompletableFuture<>();
    CompletableFuture<Void> asked = new CompletableFuture<>();
    PromptExecutor executor = PromptExecutor.async(prompt -> {
      asked.complete(null);
      return never;
    });
    CallFuture<String> future = executor.execute("hi").executeAsync();
    asked.join();
    assertFalse(never.isDone());
    future.cancel(true);
    assertThrows(CancellationException.class, never::join);
  }

  @Test
  @DisplayName("C14 an agent is another one's tool, its usage counts")
  void anAgentAsATool() {
    wire.server.onPrompt("What is 6 x 7?").reply(FakeReply.text("42").usage(10, 1));
    wire.server
        .onPrompt("go")
        .replies(
            FakeReply.toolCall("c1", "expert", "{\"prompt\":\"What is 6 x 7?\"}")
                .usage(20, 2),
            FakeReply.text("It is 42.").usage(30, 3));
    Agent outer = wire.muster
        .agent("openai::gpt-4o-mini")
        .tool(agent.asTool("expert", "Knows sums"))
        .build();
    AgentResponse answer = outer.chat("go").execute();
    assertEquals("It is 42.", answer.text());
    assertEquals("42", answer.toolRuns().get(0).result());
    Usage usage = answer.usage();
    assertEquals(66, usage == null ? 0 : usage.totalTokens());
  }

  private void script(String prompt, String answer) {
    wire.server.onPrompt(prompt).reply(FakeReply.text(answer));
  }

  private List<String> lastBody() {
    List<FakeRequest> requests = wire.server.requests();
    return requests.get(requests.size() - 1).messages().stream()
        .map(FakeMessage::text)
        .toList();
  }

  private static List<String> texts(Conversation conversation) {
    return conversation.history().stream().map(Message::text).toList();
  }
}
