package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.AgentResponse;
import dev.muster.agent.AgentTool;
import dev.muster.batch.BatchReport;
import dev.muster.chat.ChatEvent;
import dev.muster.chat.ChatResponse;
import dev.muster.chat.HasUsage;
import dev.muster.chat.Usage;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeToolCall;
import dev.muster.resilience.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * C20 to the token, for every API format. Each exchange uses a power of two of each kind of token,
 * so the sum shows which exchanges were counted, and how often.
 */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class UsageTest {
  private static final String OPENAI = "openai::gpt-4o-mini";
  private static final String RESPONSES = "openai-responses::gpt-4o-mini";
  private static final String ANTHROPIC = "anthropic::claude-haiku-4-5";
  private static final String GEMINI = "gemini::gemini-2.5-flash";
  private static final String OLLAMA = "ollama::gemma3:latest";

  private static final FakeToolCall CALL = new FakeToolCall("c1", "look", "{}");

  private final Wire wire = new Wire();
  private final Muster muster = Wire.builder(wire.server)
      .provider("openai-responses", it -> it.baseUrl(wire.server.openAiUrl()).apiKey("test-key"))
      .build();

  @AfterEach
  void close() {
    muster.close();
    wire.close();
  }

  /** Returns {@code reply} with the usage of the exchange {@code number}, counted from 0. */
  private static FakeReply counted(FakeReply reply, int number) {
    return reply.usage(1 << number, 1 << (number + 10));
  }

  private static FakeReply text(int number) {
    return counted(FakeReply.text("answer " + number), number);
  }

  private static FakeReply toolRound(int number) {
    return counted(FakeReply.toolCalls(CALL), number);
  }

  /**
   * Checks that {@code used} is the usage of the first {@code count} exchanges, each counted once.
   */
  private static void assertAllOf(int count, HasUsage used) {
    long sum = (1L << count) - 1;
    Usage usage = used.usage();
    assertEquals(
        List.of(sum, sum << 10, sum + (sum << 10)),
        List.of(usage.inputTokens(), usage.outputTokens(), usage.totalTokens()));
  }

  private Agent agent(String model) {
    return muster.agent(model).tool(look("look", "a view")).build();
  }

  private static AgentTool look(String name, String result) {
    return Tools.of(name, "Looks.", Nothing.class, nothing -> result);
  }

  record Nothing() {}

  record Named(String name) {}

  @ParameterizedTest
  @ValueSource(strings = {OPENAI, RESPONSES, ANTHROPIC, GEMINI, OLLAMA})
  @DisplayName("C20 rounds of tools, whole and streamed")
  void rounds(String model) {
    wire.server.onPrompt("whole").replies(toolRound(0), toolRound(1), text(2));
    wire.server.onPrompt("streamed").replies(toolRound(0), toolRound(1), text(2));
    assertAllOf(3, agent(model).chat("whole").execute());
    List<AgentEvent> events = agent(model).stream("streamed").toList().execute();
    AgentEvent.Finished end = (AgentEvent.Finished) events.get(events.size() - 1);
    assertAllOf(3, end.response());
  }

  @ParameterizedTest
  @ValueSource(strings = {OPENAI, RESPONSES, ANTHROPIC, GEMINI, OLLAMA})
  @DisplayName("C20 retries add nothing: only the answer tells what it used, whole and streamed")
  void retries(String model) {
    RetryPolicy twice = RetryPolicy.builder()
        .maxRetries(2)
        .firstBackoff(Duration.ZERO)
        .maxBackoff(Duration.ZERO)
        .build();
    FakeReply down = FakeReply.status(503);
    wire.server.onPrompt("whole").replies(down, FakeReply.status(429), text(0));
    wire.server.onPrompt("streamed").replies(down, FakeReply.status(429), text(0));
    try (Muster patient = Wire.builder(wire.server)
        .provider("openai-responses", it -> it.baseUrl(wire.server.openAiUrl()).apiKey("test-key"))
        .retry(twice)
        .build()) {
      Model asked = patient.model(model);
      assertAllOf(1, asked.chat("whole").execute());
      assertAllOf(1, last(asked.stream("streamed").toList().execute()));
    }
    assertEquals(6, wire.server.requestCount());
  }

  @ParameterizedTest
  @ValueSource(strings = {OPENAI, RESPONSES, ANTHROPIC, GEMINI, OLLAMA})
  @DisplayName("C20 a bad answer that is asked for again has been paid for")
  void structuredRetries(String model) {
    FakeReply bad = counted(FakeReply.text("nobody"), 0);
    FakeReply good = counted(FakeReply.text("{\"name\":\"Ada\"}"), 1);
    wire.server.on(request -> true).replies(bad, good);
    var answer = muster
        .agent(model)
        .structuredRetries(1)
        .build()
        .returning(Named.class)
        .chat("Who?")
        .execute();
    assertEquals("Ada", answer.value().name());
    assertAllOf(2, answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {OPENAI, RESPONSES, ANTHROPIC, GEMINI, OLLAMA})
  @DisplayName(
      "C20 a gather, a batch and a gather of streams sum to what each has used, failures nothing")
  void operators(String model) {
    for (int n = 0; n < 4; n++) wire.server.onPrompt("q" + n).reply(text(n));
    wire.server.onPrompt("bad").reply(FakeReply.status(400));
    Model asked = muster.model(model);
    List<String> prompts = List.of("q0", "q1", "q2", "q3");
    assertAllOf(4, Usage.sum(Calls.gather(prompts, asked::chat).execute()));
    List<String> withOneBad = new ArrayList<>(prompts);
    withOneBad.add(2, "bad");
    BatchReport<? extends String, ? extends ChatResponse> report =
        Calls.batch(withOneBad, asked::chat).concurrency(2).execute();
    assertEquals(List.of(4, 1), List.of(report.succeeded(), report.failed()));
    assertAllOf(4, Usage.sum(List.copyOf(report.values())));
    List<ChatResponse> streamed = Calls.gather(
            prompts, prompt -> asked.stream(prompt).toList().map(UsageTest::last))
        .execute();
    assertAllOf(4, Usage.sum(streamed));
  }

  @ParameterizedTest
  @ValueSource(strings = {OPENAI, RESPONSES, ANTHROPIC, GEMINI, OLLAMA})
  @DisplayName("C20 an agent that is a tool counts all its rounds, and so do agents in a batch")
  void agentsAsTools(String model) {
    FakeToolCall expert = new FakeToolCall("c9", "expert", "{\"prompt\":\"inner\"}");
    wire.server.onPrompt("outer").replies(counted(FakeReply.toolCalls(expert), 0), text(1));
    wire.server.onPrompt("inner").replies(toolRound(2), text(3));
    Agent outer =
        muster.agent(model).tool(agent(model).asTool("expert", "Knows.")).build();
    Function<AgentResponse, List<String>> runs =
        answer -> answer.toolRuns().stream().map(run -> run.result()).toList();
    AgentResponse answer = outer.chat("outer").execute();
    assertEquals(List.of("answer 3"), runs.apply(answer));
    assertAllOf(4, answer);
    for (int n = 0; n < 3; n++) {
      wire.server.onPrompt("item " + n).replies(toolRound(2 * n), text(2 * n + 1));
    }
    var report =
        Calls.batch(List.of(0, 1, 2), n -> agent(model).chat("item " + n)).execute();
    assertAllOf(6, Usage.sum(List.copyOf(report.values())));
  }

  private static ChatResponse last(List<? extends ChatEvent> events) {
    return ((ChatEvent.Finished) events.get(events.size() - 1)).response();
  }
}
