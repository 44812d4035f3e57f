package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.agent.AgentResponse;
import dev.muster.agent.ChatAgent;
import dev.muster.chat.ChatEvent;
import dev.muster.chat.ChatRequest;
import dev.muster.chat.ChatResponse;
import dev.muster.chat.FinishReason;
import dev.muster.chat.GenerationSettings;
import dev.muster.chat.Message;
import dev.muster.chat.Reasoning;
import dev.muster.chat.ReasoningEffort;
import dev.muster.chat.ToolChoice;
import dev.muster.chat.ToolDefinition;
import dev.muster.chat.Usage;
import dev.muster.error.ClientClosedException;
import dev.muster.error.InvalidRequestException;
import dev.muster.error.LlmTimeoutException;
import dev.muster.error.MissingApiKeyException;
import dev.muster.error.TimeoutKind;
import dev.muster.fake.FakeMessage;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeRequest;
import dev.muster.provider.Transport;
import dev.muster.resilience.ModelOptions;
import dev.muster.resilience.Timeouts;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class MusterTest {
  private final Wire wire = new Wire();

  @AfterEach
  void close() {
    wire.close();
  }

  @Test
  @DisplayName("A1 ask gives the text, chat the whole answer")
  void askAndChat() {
    wire.server.otherwise(FakeReply.text("one two three"));
    assertEquals("one two three", wire.model().ask("Count").execute());
    ChatRequest request = ChatRequest.builder().user("Count").maxTokens(2).build();
    ChatResponse answer = wire.model().chat(request).execute();
    assertEquals(FinishReason.LENGTH, answer.finishReason());
    assertEquals(2, wire.server.requests().get(1).maxTokens());
    assertEquals("openai", answer.provider());
    assertEquals("openai::gpt-4o-mini", wire.model().id().toString());
  }

  @Test
  @DisplayName("A3 an agent's request carries all that was set, and a built agent does not change")
  void anAgentCarriesItsSettings() {
    Agent.Builder builder = wire.muster
        .agent("openai::gpt-4o")
        .name("Pirate")
        .systemPrompt("Talk like a pirate.")
        .temperature(0.25)
        .maxTokens(50)
        .topP(0.5)
        .stop(List.of("END"))
        .seed(7)
        .reasoning(Reasoning.effort(ReasoningEffort.LOW))
        .extra("user", "u-1")
        .offer(new ToolDefinition("sail", "Sails.", Map.of("type", "object")));
    Agent agent = builder.build();
    builder
        .name("Poet")
        .systemPrompt("Rhyme.")
        .temperature(1)
        .maxTokens(7)
        .offer(new ToolDefinition("rhyme", "Rhymes.", Map.of("type", "object")));
    Agent poet = builder.build();

    agent.ask("Hello?").execute();
    poet.ask("Hello!").execute();

    FakeRequest first = wire.server.requests().get(0);
    assertEquals("gpt-4o", first.model());
    assertEquals(List.of("system", "user"), roles(first));
    assertEquals("Talk like a pirate.", first.messages().get(0).text());
    assertEquals("Hello?", first.prompt());
    assertEquals("0.25", first.field("/temperature"));
    assertEquals(50, first.maxTokens());
    assertEquals("0.5", first.field("/top_p"));
    assertEquals("END", first.field("/stop/0"));
    assertEquals("7", first.field("/seed"));
    assertEquals("low", first.field("/reasoning_effort"));
    assertEquals("u-1", first.field("/user"));
    assertEquals(List.of("sail"), first.tools());
    assertEquals("Pirate", agent.name());
    assertEquals("openai::gpt-4o", agent.modelId().toString());
    FakeRequest second = wire.server.requests().get(1);
    assertEquals("Rhyme.", second.messages().get(0).text());
    assertEquals(7, second.maxTokens());
    assertEquals(List.of("sail", "rhyme"), second.tools());
  }

  @Test
  @DisplayName("A3 an agent of the facade has every setting that one of the core has")
  void anAgentHasAllSettings() {
    Set<String> settings = settings(Agent.Builder.class);
    assertTrue(settings.containsAll(List.of("temperature", "toolChoice", "maxToolRounds")));
    assertEquals(settings(ChatAgent.Builder.class), settings);
  }

  private static Set<String> settings(Class<?> builder) {
    return Stream.of(builder.getMethods())
        .filter(method -> method.getReturnType() != Object.class && !method.isSynthetic())
        .filter(method -> method.getReturnType().isAssignableFrom(builder))
        .map(Method::getName)
        .collect(Collectors.toSet());
  }

  @Test
  @DisplayName("A24 an agent, one of its calls and a model have settings; null unsets one")
  void settingsOfACall() {
    Agent.Builder builder = wire.muster
        .agent("openai::gpt-4o")
        .offer(new ToolDefinition("sail", "Sails.", Map.of("type", "object")))
        .temperature(1)
        .seed(7)
        .toolChoice(ToolChoice.REQUIRED)
        .parallelToolCalls(false)
        .extra(Map.of("user", "u-1"));
    Agent agent = builder.build();
    Agent unset = builder
        .temperature(null)
        .topP(null)
        .maxTokens(null)
        .seed(null)
        .reasoning(null)
        .toolChoice(null)
        .parallelToolCalls(null)
        .toolTimeout(null)
        .systemPrompt(null)
        .build();
    GenerationSettings precise = GenerationSettings.builder()
        .temperature(0)
        .maxTokens(20)
        .extra("user", "u-2")
        .build();
    ChatRequest request = ChatRequest.builder()
        .user("Hi")
        .settings(precise)
        .settings(GenerationSettings.builder().seed(7).build())
        .build();

    agent.ask("Hi").execute();
    agent.with(precise).ask("Hi").execute();
    agent.with(precise).conversation().ask("Hi").execute();
    unset.ask("Hi").execute();
    wire.model().chat(request).execute();
    wire.model().with(precise).ask("Hi").execute();

    assertEquals(
        List.of("1.0 null 7 required u-1", "0.0 20 7 required u-2", "0.0 20 7 required u-2")
            .toString(),
        sent(0, 3));
    assertEquals(
        List.of("null null null null u-1", "0.0 20 7 null u-2", "0.0 20 null null u-2")
            .toString(),
        sent(3, 6));
    assertEquals("false", wire.server.requests().get(0).field("/parallel_tool_calls"));
    assertEquals(precise.over(agent.settings()), agent.with(precise).settings());
    assertEquals(7L, agent.settings().seed());
  }

  private String sent(int from, int to) {
    return wire.server.requests().subList(from, to).stream()
        .map(request -> Stream.of(
                "/temperature", "/max_completion_tokens", "/seed", "/tool_choice", "/user")
            .map(request::field)
            .map(String::valueOf)
            .collect(Collectors.joining(" ")))
        .toList()
        .toString();
  }

  @Test
  @DisplayName("A4 future, blocking and stream give the same text")
  void theCallStylesAgree() {
    wire.server.otherwise(FakeReply.text("the same text"));
    Agent agent = wire.agent();
    assertEquals("the same text", agent.ask("Say").execute());
    assertEquals("the same text", agent.ask("Say").executeAsync().join());
    assertEquals(
        "the same text", String.join("", agent.stream("Say").text().toList().execute()));
    assertEquals("the same text", wire.model().ask("Say").execute());
    assertEquals("the same text", wire.model().ask("Say").executeAsync().join());
    assertEquals(
        "the same text",
        String.join("", wire.model().stream("Say").text().toList().execute()));
  }

  @Test
  @DisplayName("A14 concurrent calls of one agent share nothing")
  void agentCallsShareNothing() {
    wire.server.holdAll(5);
    List<String> questions = List.of("one", "two", "three", "four", "five");
    List<AgentResponse> answers = Calls.gather(questions, wire.agent()::chat).execute();
    assertEquals(
        questions.stream().map(question -> "You said: " + question).toList(),
        answers.stream().map(AgentResponse::text).toList());
    assertEquals(5, wire.server.peakInFlight());
    for (FakeRequest request : wire.server.requests()) {
      assertEquals(List.of("system", "user"), roles(request));
    }
    assertTrue(Usage.sum(answers).totalTokens() > 0);
  }

  @Test
  @DisplayName("A15 a stream gives its first token while the server still holds the last")
  void aStreamGivesTokensAsTheyCome() {
    wire.server.otherwise(
        FakeReply.tokens("a", "b", "c", "d", "e", "f", "g", "h", "i", "j").gate(10, "last"));
    try (CallStream<ChatEvent> events = wire.model().stream("Go").open()) {
      StringBuilder text = new StringBuilder();
      ChatEvent last = null;
      for (ChatEvent event : events) {
        if (text.isEmpty()) {
          assertEquals(1, wire.server.inFlight());
          wire.server.release("last");
        }
        if (event instanceof ChatEvent.TextDelta delta) text.append(delta.text());
        last = event;
      }
      assertEquals("abcdefghij", text.toString());
      assertEquals(
          "abcdefghij",
          assertInstanceOf(ChatEvent.Finished.class, last).response().text());
    }
  }

  @Test
  @DisplayName("B18 chaining: the second request holds the first reply")
  void chaining() {
    wire.server.onPrompt("Tell a joke").reply(FakeReply.text("Knock knock"));
    Model model = wire.model();
    String explained =
        model.ask("Tell a joke").then(joke -> model.ask("Explain: " + joke)).execute();
    assertEquals("You said: Explain: Knock knock", explained);
    assertEquals("Explain: Knock knock", wire.server.requests().get(1).prompt());
  }

  @Test
  void anEmptyPromptIsAnEndingOfTheCallAndIsNotSent() {
    Call<String> call = wire.model().ask(" ");
    assertThrows(InvalidRequestException.class, call::execute);
    assertEquals(
        "default", call.recover(InvalidRequestException.class, e -> "default").execute());
    assertEquals(0, wire.server.requestCount());
  }

  @Test
  @DisplayName("A7 a missing key names the variable and sends nothing")
  void aMissingKeyIsAnEndingOfTheCall() {
    try (Muster muster = Muster.builder()
        .environment(Map.of())
        .provider("openai", it -> it.baseUrl(wire.server.openAiUrl()))
        .build()) {
      Call<String> call = muster.model("openai::gpt-4o").ask("Hi");
      MissingApiKeyException missing = assertThrows(MissingApiKeyException.class, call::execute);
      assertTrue(missing.getMessage().contains("OPENAI_API_KEY"), missing::getMessage);
    }
    assertEquals(0, wire.server.requestCount());
  }

  @Test
  void anUnknownProviderIsAProgrammingError() {
    Muster muster = wire.muster;
    IllegalArgumentException unknown =
        assertThrows(IllegalArgumentException.class, () -> muster.model("nobody::x"));
    assertTrue(unknown.getMessage().contains("ollama"), unknown::getMessage);
    assertTrue(muster.providerIds().containsAll(List.of("openai", "ollama", "groq")));
  }

  @Test
  @DisplayName("B12 a client's and a model's own timeouts")
  void timeouts() {
    wire.server.otherwise(FakeReply.hang());
    // The timeout passes, whether or not the request was sent.
    Timeouts brief = Timeouts.builder().total(Duration.ofMillis(100)).build();
    Model model = wire.muster.model(
        "openai::gpt-4o", ModelOptions.builder().timeouts(brief).build());
    LlmTimeoutException timeout =
        assertThrows(LlmTimeoutException.class, () -> model.ask("Hi").execute());
    assertEquals(TimeoutKind.TOTAL, timeout.kind());
    wire.server.awaitIdle(Wire.SOON);
  }

  @Test
  @DisplayName("A11 close ends calls that run, and those that come")
  void closeEndsAllCalls() {
    wire.server.otherwise(FakeReply.hang());
    Muster muster = wire.muster;
    Model model = wire.model();
    CallFuture<List<String>> running =
        Calls.gather(List.of("a", "b", "c"), model::ask).executeAsync();
    wire.server.awaitRequests(3, Wire.SOON);
    assertFalse(muster.isClosed());
    muster.close();
    assertTrue(muster.isClosed());
    wire.server.awaitDisconnects(3, Wire.SOON);
    CompletionException ending = assertThrows(CompletionException.class, running::join);
    assertInstanceOf(ClientClosedException.class, ending.getCause());
    Call<String> late = model.ask("late").recover(e -> "recovered");
    assertThrows(ClientClosedException.class, late::execute);
    assertEquals(3, wire.server.requestCount());
    muster.close();
  }

  @Test
  @DisplayName("A11 close waits for the exchanges, but not on a callback thread")
  void closeWaitsButNotOnACallbackThread() {
    assertEquals(List.of("close", "await"), eventsOf(Muster::close));
    assertEquals(
        List.of("close"),
        eventsOf(muster -> Call.value(muster).map(MusterTest::closed).execute()));
    assertEquals(List.of("close"), eventsOf(muster -> {
      Blocked gate = new Blocked();
      CompletableFuture<Muster> dependent = gate.started().thenApply(x -> closed(muster));
      gate.release();
      dependent.join();
    }));
  }

  private static List<String> eventsOf(Consumer<Muster> close) {
    List<String> events = new CopyOnWriteArrayList<>();
    Transport transport = new Transport() {
      @Override
      public void close() {
        events.add("close");
      }

      @Override
      public boolean awaitClosed(Duration timeout) {
        events.add("await");
        return true;
      }
    };
    close.accept(Muster.builder().environment(Map.of()).transport(transport).build());
    return events;
  }

  private static Muster closed(Muster muster) {
    muster.close();
    return muster;
  }

  @Test
  void theClientsExecutorRunsTheFunctionsOfItsCalls() {
    Executor here = task -> {
      Thread thread = new Thread(task, "own");
      thread.start();
    };
    try (Muster muster = Wire.builder(wire.server).callbackExecutor(here).build()) {
      Call<String> call = muster
          .model("openai::gpt-4o")
          .ask("Hi")
          .map(x -> Thread.currentThread().getName());
      assertEquals("own", call.execute());
      Agent agent = muster.agent("openai::gpt-4o").build();
      assertEquals(
          "own", agent.ask("Hi").map(x -> Thread.currentThread().getName()).execute());
      assertEquals(
          "own",
          agent.stream("Hi")
              .map(x -> Thread.currentThread().getName())
              .toList()
              .execute()
              .get(0));
    }
  }

  @Test
  void messagesGoOutAsGivenAndTextsSayNothingPrivate() {
    ChatRequest request = ChatRequest.builder()
        .message(Message.system("S"))
        .message(Message.user("U"))
        .message(Message.assistant("A"))
        .message(Message.user("V"))
        .build();
    wire.model().chat(request).execute();
    FakeRequest sent = wire.server.requests().get(0);
    assertEquals(List.of("system", "user", "assistant", "user"), roles(sent));
    assertNull(sent.rejection());
    assertEquals("Model(openai::gpt-4o-mini)", wire.model().toString());
    assertEquals("StreamCall", wire.model().stream("secret").toString());
    assertEquals("Call", wire.model().ask("secret").toString());
  }

  @Test
  void a8CredentialsForAProxyNeedAProxyAndStayUnseen() {
    Muster.Builder builder =
        Muster.builder().environment(Map.of()).proxyCredentials("somebody", "a secret");
    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, builder::build);
    assertTrue(refused.getMessage().contains("no proxy"), refused::getMessage);
    assertFalse(refused.getMessage().contains("secret"), refused::getMessage);
    builder.proxy("localhost", 1);
    try (Muster muster = builder.build()) {
      assertFalse(muster.toString().contains("secret"), muster::toString);
    }
  }

  @Test
  void a8AServerOnThisMachineIsReachedPastEveryProxy() {
    wire.server.otherwise(FakeReply.text("4"));
    Map<String, String> environment =
        Map.of("OPENAI_API_KEY", "k", "OPENAI_BASE_URL", wire.server.openAiUrl());
    Muster.Builder builder = Muster.builder()
        .environment(environment)
        .proxy("no-such-proxy.invalid", 1)
        .noProxy("a.example", "b.example")
        .systemProxy(false);
    try (Muster muster = builder.build()) {
      assertEquals("4", muster.model("openai::m").ask("hi").execute());
    }
  }

  private static List<String> roles(FakeRequest request) {
    return request.messages().stream().map(FakeMessage::role).toList();
  }
}
