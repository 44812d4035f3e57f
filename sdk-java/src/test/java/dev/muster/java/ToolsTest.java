package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.AgentResponse;
import dev.muster.agent.AgentTool;
import dev.muster.agent.Description;
import dev.muster.agent.ToolExecution;
import dev.muster.chat.ToolDefinition;
import dev.muster.chat.ToolRun;
import dev.muster.contract.HandClock;
import dev.muster.error.ToolLoopLimitException;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeRequest;
import dev.muster.fake.FakeToolCall;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Tools that Java gives to an agent. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class ToolsTest {
  private final Wire wire = new Wire();

  @AfterEach
  void close() {
    wire.close();
  }

  record City(@Description("Where") String city, Optional<Integer> days) {}

  record Nothing() {}

  record Forecast(String city, int degrees) {}

  @Test
  @DisplayName("C1 a record is the tool's arguments, its schema is on the wire, its result JSON")
  void aRecordIsTheArguments() {
    script(call("c1", "weather", "{\"city\":\"Paris\"}"));
    AgentTool weather =
        Tools.of("weather", "Tells the weather", City.class, it -> new Forecast(it.city(), 20));
    AgentResponse answer = agent(weather).chat("Weather in Paris?").execute();
    assertEquals("answered", answer.text());
    ToolRun run = answer.toolRuns().get(0);
    assertEquals("{\"city\":\"Paris\",\"degrees\":20}", run.result());
    FakeRequest first = wire.server.requests().get(0);
    assertEquals("Tells the weather", first.field("/tools/0/function/description"));
    String at = "/tools/0/function/parameters/";
    assertEquals("string", first.field(at + "properties/city/type"));
    assertEquals("Where", first.field(at + "properties/city/description"));
    assertEquals("[\"city\"]", first.field(at + "required"));
    FakeRequest second = wire.server.requests().get(1);
    assertEquals(run.result(), second.messages().get(2).text());
    assertEquals("c1", second.messages().get(2).toolCallId());
  }

  @Test
  @DisplayName("C1 functions, stages, calls and annotated methods are tools")
  void allKindsOfTools() {
    script(
        call("a", "function", "{}"),
        call("b", "stage", "{}"),
        call("c", "call", "{}"),
        call("d", "nothing", "{}"),
        call("e", "own", "{\"x\":1}"));
    wire.server.onPrompt("inner").reply(FakeReply.text("from another model"));
    Map<String, Object> any = Map.of("type", "object");
    Agent agent = agent(
        Tools.of("function", "", Nothing.class, it -> "as it is"),
        Tools.async("stage", "", Nothing.class, it -> CompletableFuture.completedFuture(7)),
        Tools.call("call", "", Nothing.class, it -> wire.model().ask("inner")),
        Tools.of("nothing", "", Nothing.class, it -> null),
        Tools.of(new ToolDefinition("own", "", any), call -> call.arguments()));
    assertEquals(
        List.of("as it is", "7", "from another model", "Done.", "{\"x\":1}"),
        results(agent.chat("go").execute()));
  }

  @Test
  @DisplayName("C1 methods marked @Tool are tools, their parameters the arguments")
  void annotatedMethods() {
    script(
        call("a", "add", "{\"left\":2,\"right\":3}"),
        call("b", "greet", "{\"city\":{\"city\":\"Rome\"}}"),
        call("c", "later", "{\"days\":2}"),
        call("d", "later", "{}"),
        call("e", "greet", "{}"),
        call("f", "fail", "{}"),
        call("g", "add", "{\"left\":2,\"right\":3,\"more\":4}"));
    List<AgentTool> tools = Tools.from(new Toolbox());
    assertEquals(List.of("fail", "greet", "later", "add"), names(tools));
    assertEquals(Duration.ofMillis(3_600_250), tools.get(3).timeout());
    Agent agent = wire.muster.agent("openai::gpt-4o-mini").tools(tools).build();
    assertEquals(
        List.of(
            "5",
            "Ciao Rome",
            "in 2",
            "in none",
            "The arguments are not valid: city is missing",
            "The tool failed: no luck",
            // Arguments without a parameter are ignored, as in structured responses.
            "5"),
        results(agent.chat("go").execute()));
    String at = "/tools/3/function/parameters/";
    FakeRequest first = wire.server.requests().get(0);
    assertEquals("integer", first.field(at + "properties/left/type"));
    assertEquals("What is added to", first.field(at + "properties/left/description"));
    assertEquals("[\"left\",\"right\"]", first.field(at + "required"));
  }

  static final class Toolbox {
    @Tool(value = "Adds", name = "add", timeoutMillis = 3_600_250)
    private int sum(
        @Param(value = "What is added to", name = "left") int left,
        @Param(name = "right") int right) {
      return left + right;
    }

    @Tool(value = "Greets", name = "greet")
    public String hello(@Param(name = "city") City city) {
      return "Ciao " + city.city();
    }

    @Tool("Tells the days")
    static CompletionStage<String> later(@Param(name = "days") Optional<Integer> days) {
      return CompletableFuture.completedFuture("in " + days.map(String::valueOf).orElse("none"));
    }

    @Tool("Fails")
    void fail() throws Exception {
      throw new Exception("no luck");
    }
  }

  @Test
  @DisplayName("C1 what cannot be a tool is refused when it is made")
  void refusals() {
    assertThrows(IllegalArgumentException.class, () -> Tools.from("no methods of ours"));
    assertThrows(IllegalArgumentException.class, () -> Tools.of("x", "", String.class, it -> it));
    assertThrows(IllegalArgumentException.class, () -> agent(own("a"), own("a")));
  }

  @Test
  @DisplayName("C2 blocking tools of one round run at the same time, each on a thread of its own")
  void blockingToolsOverlap() {
    script(call("a", "t", "{}"), call("b", "t", "{}"), call("c", "t", "{}"));
    CyclicBarrier together = new CyclicBarrier(3);
    AgentTool meeting = Tools.of("t", "", Nothing.class, it -> {
      try {
        together.await();
        return Thread.currentThread().getName();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
    AgentResponse answer = agent(meeting).chat("go").execute();
    assertEquals(
        List.of("a", "b", "c"), answer.toolRuns().stream().map(ToolRun::id).toList());
    assertTrue(results(answer).stream().noneMatch(name -> name.startsWith("muster-http")));
  }

  @Test
  @DisplayName("C3 what goes wrong is told to the model")
  void failures() {
    script(
        call("a", "broken", "{}"),
        call("b", "stage", "{}"),
        call("c", "none", "{}"),
        call("d", "weather", "{\"city\":\"Rome\",\"days\":\"two\"}"));
    Agent agent = agent(
        Tools.of("broken", "", Nothing.class, it -> {
          throw new IllegalStateException("the disk is full");
        }),
        Tools.async(
            "stage",
            "",
            Nothing.class,
            it -> CompletableFuture.failedFuture(new IllegalStateException("not now"))),
        Tools.of("weather", "", City.class, City::city));
    AgentResponse answer = agent.chat("go").execute();
    List<String> results = results(answer);
    assertEquals("The tool failed: the disk is full", results.get(0));
    assertEquals("The tool failed: not now", results.get(1));
    assertEquals(
        "There is no tool named none. The tools are: broken, stage, weather", results.get(2));
    assertTrue(results.get(3).startsWith("The arguments are not valid: days"), results.get(3));
    assertTrue(answer.toolRuns().stream().allMatch(ToolRun::isError));
  }

  @Test
  @DisplayName("C3 a blocking tool whose time is up is interrupted, and the loop goes on")
  void aTimeoutInterrupts() throws InterruptedException {
    script(call("a", "slow", "{}"));
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    Duration limit = Duration.ofSeconds(1);
    Agent agent = wire.muster
        .agent("openai::gpt-4o-mini")
        .tool(blocked(entered, interrupted))
        .toolTimeout(limit)
        .build();
    AgentResponse answer;
    try (HandClock clock = HandClock.start()) {
      CallFuture<AgentResponse> answering = agent.chat("go").executeAsync();
      Blocked.await(entered);
      clock.pass(limit);
      answer = answering.join();
    }
    assertEquals("answered", answer.text());
    assertEquals(List.of("The tool failed: The tool timed out after 1000 ms"), results(answer));
    assertTrue(interrupted.await(60, TimeUnit.SECONDS));
  }

  @Test
  @DisplayName("C4 offered tools come back as calls")
  void offered() {
    script(call("a", "pay", "{}"));
    Agent agent = wire.muster
        .agent("openai::gpt-4o-mini")
        .tool(own("pay"))
        .toolExecution(ToolExecution.MANUAL)
        .build();
    AgentResponse answer = agent.chat("go").execute();
    assertEquals("pay", answer.response().toolCalls().get(0).name());
    assertEquals(List.of(), answer.toolRuns());
    assertEquals(1, wire.server.requestCount());
  }

  @Test
  @DisplayName("C5 the limit of rounds is a typed failure with the history")
  void limit() {
    wire.server.otherwise(FakeReply.toolCall("c", "again", "{}").usage(10, 1));
    Agent agent = wire.muster
        .agent("openai::gpt-4o-mini")
        .tool(own("again"))
        .maxToolRounds(2)
        .build();
    ToolLoopLimitException e =
        assertThrows(ToolLoopLimitException.class, () -> agent.ask("go").execute());
    assertEquals(2, e.toolRuns().size());
    assertEquals(5, e.history().size());
    assertEquals(33, e.partialUsage().totalTokens());
    assertEquals(3, wire.server.requestCount());
  }

  @Test
  @DisplayName("A17 events through a round of tools, in order")
  void streamed() {
    script(call("a", "own", "{}"));
    List<AgentEvent> events = agent(own("own")).stream("go").toList().execute();
    assertEquals(
        List.of("ToolStarted", "ToolFinished", "TextDelta", "Finished"),
        events.stream().map(it -> it.getClass().getSimpleName()).distinct().toList());
    assertTrue(events.get(events.size() - 1) instanceof AgentEvent.Finished);
    assertEquals(
        "answered",
        String.join("", agent(own("own")).stream("go").text().toList().execute()));
  }

  @Test
  @DisplayName("B25 cancelling the future interrupts blocking tools and cancels futures and calls")
  void cancelReachesEveryKind() throws InterruptedException {
    wire.server.onPrompt("inner").reply(FakeReply.hang());
    script(call("a", "slow", "{}"), call("b", "stage", "{}"), call("c", "call", "{}"));
    CountDownLatch entered = new CountDownLatch(2);
    CountDownLatch interrupted = new CountDownLatch(1);
    CompletableFuture<String> stage = new CompletableFuture<>();
    CallFuture<String> future = agent(
            blocked(entered, interrupted),
            Tools.async("stage", "", Nothing.class, it -> {
              entered.countDown();
              return stage;
            }),
            Tools.call("call", "", Nothing.class, it -> wire.model().ask("inner")))
        .ask("go")
        .executeAsync();
    assertTrue(entered.await(60, TimeUnit.SECONDS));
    wire.server.awaitRequests(2, Wire.SOON);
    future.cancel(true);
    assertTrue(interrupted.await(60, TimeUnit.SECONDS));
    wire.server.awaitDisconnects(1, Wire.SOON);
    assertThrows(CancellationException.class, future::join);
    assertThrows(CancellationException.class, () -> stage.get(60, TimeUnit.SECONDS));
    assertEquals(2, wire.server.requestCount());
  }

  @Test
  @DisplayName("A11 closing the client ends the tools that run for its agents")
  void closeReachesTools() throws InterruptedException {
    script(call("a", "slow", "{}"));
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    CallFuture<String> future = agent(blocked(entered, interrupted)).ask("go").executeAsync();
    assertTrue(entered.await(60, TimeUnit.SECONDS));
    wire.muster.close();
    assertTrue(interrupted.await(60, TimeUnit.SECONDS));
    Throwable failure = future.handle((value, e) -> e).join();
    assertEquals("ClientClosedException", failure.getClass().getSimpleName());
  }

  @Test
  @DisplayName("B29 tools run on the client's executor, unless the call names another")
  void executors() {
    script(call("a", "where", "{}"));
    AtomicReference<String> seen = new AtomicReference<>();
    AgentTool where = Tools.of("where", "", Nothing.class, it -> {
      seen.set(Thread.currentThread().getName());
      return null;
    });
    try (Muster muster =
        Wire.builder(wire.server).callbackExecutor(named("client")).build()) {
      Agent agent = muster.agent("openai::gpt-4o-mini").tool(where).build();
      agent.ask("go").execute();
      assertEquals("client", seen.get());
      script(call("a", "where", "{}"));
      agent.stream("go").toList().execute();
      assertEquals("client", seen.get());
      script(call("a", "where", "{}"));
      agent.ask("go").callbacksOn(named("call")).execute();
      assertEquals("call", seen.get());
      script(call("a", "where", "{}"));
      agent.stream("go").callbacksOn(named("stream")).toList().execute();
      assertEquals("stream", seen.get());
    }
    script(call("a", "where", "{}"));
    agent(where).ask("go").execute();
    assertTrue(seen.get().startsWith("muster-callback"), seen.get());
    assertFalse(seen.get().startsWith("Default"));
  }

  private static Executor named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      thread.start();
    };
  }

  /** A tool named slow that blocks until it is interrupted. */
  private static AgentTool blocked(CountDownLatch entered, CountDownLatch interrupted) {
    Function<Nothing, Object> body = it -> {
      entered.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.countDown();
      }
      return null;
    };
    return Tools.of("slow", "", Nothing.class, body);
  }

  private static AgentTool own(String name) {
    return Tools.of(new ToolDefinition(name, "", Map.of("type", "object")), call -> "done");
  }

  private Agent agent(AgentTool... tools) {
    return wire.muster.agent("openai::gpt-4o-mini").tools(tools).build();
  }

  private static FakeToolCall call(String id, String name, String arguments) {
    return new FakeToolCall(id, name, arguments);
  }

  /** The model makes these calls and then responds. */
  private void script(FakeToolCall... calls) {
    wire.server.onPrompt("go").reply(it -> reply(it, calls));
    wire.server.onPrompt("Weather in Paris?").reply(it -> reply(it, calls));
  }

  private static FakeReply reply(FakeRequest request, FakeToolCall... calls) {
    boolean isAnswered =
        request.messages().get(request.messages().size() - 1).role().equals("tool");
    return isAnswered ? FakeReply.text("answered") : FakeReply.toolCalls(calls);
  }

  private static List<String> results(AgentResponse answer) {
    return answer.toolRuns().stream().map(ToolRun::result).toList();
  }

  private static List<String> names(List<AgentTool> tools) {
    return tools.stream().map(AgentTool::name).toList();
  }
}
