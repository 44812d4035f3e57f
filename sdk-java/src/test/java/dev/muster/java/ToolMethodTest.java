package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.agent.AgentResponse;
import dev.muster.agent.AgentTool;
import dev.muster.chat.ToolRun;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeToolCall;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** The properties of methods annotated with {@link Tool}. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class ToolMethodTest {
  private final Wire wire = new Wire();

  @AfterEach
  void close() {
    wire.close();
  }

  static class Base {
    @Tool("From above")
    private String above() {
      return "above";
    }

    @Tool("Replaced")
    String replaced() {
      return "by nobody";
    }
  }

  static final class Derived extends Base {
    @Override
    @Tool(value = "Replaces", name = "other")
    String replaced() {
      return "replaced";
    }

    @Tool(value = "Adds up", timeoutMillis = 3_600_007)
    long add(@Param(value = "From here", name = "from") int left, @Param(name = "to") long right) {
      return left + right;
    }
  }

  @Test
  @DisplayName("C1 name, description and timeout are the annotation's, what a class extends counts")
  void whatTheAnnotationSays() {
    List<AgentTool> tools = Tools.from(new Derived());
    assertEquals(
        List.of("above", "add", "other"),
        tools.stream().map(AgentTool::name).sorted().toList());
    AgentTool add = named(tools, "add");
    assertEquals("Adds up", add.definition().description());
    assertEquals("Replaces", named(tools, "other").definition().description());
    assertEquals(Duration.ofMillis(3_600_007), add.timeout());
    assertNull(named(tools, "above").timeout());
    Map<?, ?> parameters = add.definition().parameters();
    assertEquals(List.of("from", "to"), parameters.get("required"));
    Map<?, ?> from = (Map<?, ?>) ((Map<?, ?>) parameters.get("properties")).get("from");
    assertEquals(Map.of("type", "integer", "description", "From here"), from);
    List<ToolRun> runs = run(
        new Derived(),
        call("above", "{}"),
        call("other", "{}"),
        call("add", "{\"from\":1,\"to\":2}"));
    assertEquals(List.of("above", "replaced", "3"), results(runs));
  }

  enum Way {
    UP,
    DOWN
  }

  static final class Optionals {
    @Tool("Shows")
    String show(
        @Param(name = "a") Optional<String> a,
        @Param(name = "b") OptionalInt b,
        @Param(name = "c") @Nullable Integer c,
        @Param(name = "d", value = "A way") Optional<Way> d) {
      return a + " " + b + " " + c + " " + d;
    }
  }

  @Test
  @DisplayName("C1 what is optional or nullable may be left out, or null")
  void whatIsOptional() {
    AgentTool tool = Tools.from(new Optionals()).get(0);
    assertEquals(List.of(), tool.definition().parameters().get("required"));
    List<ToolRun> runs = run(
        new Optionals(),
        call("show", "{}"),
        call("show", "{\"a\":null,\"b\":null,\"c\":null,\"d\":null}"),
        call("show", "{\"a\":\"x\",\"b\":1,\"c\":2,\"d\":\"UP\"}"),
        call("show", "{\"d\":\"LEFT\"}"));
    String nothing = "Optional.empty OptionalInt.empty null Optional.empty";
    String all = "Optional[x] OptionalInt[1] 2 Optional[UP]";
    assertEquals(List.of(nothing, nothing, all), results(runs).subList(0, 3));
    assertTrue(runs.get(3).isError());
    Map<?, ?> properties = (Map<?, ?>) tool.definition().parameters().get("properties");
    assertEquals("A way", ((Map<?, ?>) properties.get("d")).get("description"));
  }

  record Person(String name, int age) {}

  static final class People {
    @Tool("Counts the years")
    int years(
        @Param(name = "all", value = "Who") List<Person> all,
        @Param(name = "more") Optional<List<Person>> more,
        @Param(name = "ways") Map<String, Way> ways) {
      int years = 0;
      // A list of maps would fail here.
      for (Person person : all) years += person.age();
      for (Person person : more.orElse(List.of())) years += person.age();
      for (Way way : ways.values()) years += way.ordinal();
      return years;
    }
  }

  @Test
  @DisplayName("C1 a parameter may be a list or a map of records, optional or not")
  void genericParameters() {
    AgentTool tool = Tools.from(new People()).get(0);
    Map<?, ?> parameters = tool.definition().parameters();
    assertEquals(List.of("all", "ways"), parameters.get("required"));
    Map<?, ?> properties = (Map<?, ?>) parameters.get("properties");
    Map<String, Object> person = Bindings.get().schema(Person.class);
    assertEquals(
        Map.of("type", "array", "items", person, "description", "Who"), properties.get("all"));
    assertEquals(Map.of("type", List.of("array", "null"), "items", person), properties.get("more"));
    Map<?, ?> ways = (Map<?, ?>) properties.get("ways");
    assertEquals(
        Map.of("type", "string", "enum", List.of("UP", "DOWN")), ways.get("additionalProperties"));
    String ann = "{\"name\":\"Ann\",\"age\":40.0}";
    String bob = "{\"name\":\"Bob\",\"age\":2}";
    List<ToolRun> runs = run(
        new People(),
        call("years", "{\"all\":[" + ann + "," + bob + "],\"ways\":{\"a\":\"DOWN\"}}"),
        call("years", "{\"all\":[],\"more\":[" + ann + "],\"ways\":{}}"),
        call("years", "{\"all\":[{\"name\":\"Ann\"}],\"ways\":{}}"),
        call("years", "{\"all\":[],\"ways\":{\"a\":\"LEFT\"}}"));
    assertEquals(List.of("43", "40"), results(runs).subList(0, 2));
    assertTrue(runs.get(2).isError());
    assertTrue(results(runs).get(2).contains("all[0].age"), results(runs).get(2));
    assertTrue(runs.get(3).isError());
    assertTrue(results(runs).get(3).contains("ways"), results(runs).get(3));
  }

  static class Store<T> {
    @Tool("Stores")
    int store(@Param(name = "items") List<T> items) {
      return items.size();
    }
  }

  static final class Counting {
    int runs;

    @Tool("Counts")
    int count(@Param(name = "n") int n) {
      return runs += n;
    }
  }

  @Test
  @DisplayName("C3 arguments that do not fit are told to the model, and the method has not run")
  void argumentsThatDoNotFit() {
    Counting counting = new Counting();
    List<ToolRun> runs = run(
        counting,
        call("count", "{}"),
        call("count", "{\"n\":\"1\"}"),
        call("count", "{\"n\":99999999999}"),
        call("count", "{\"n\""));
    assertTrue(runs.stream().allMatch(ToolRun::isError));
    for (String result : results(runs)) {
      assertTrue(result.startsWith("The arguments are not valid: "), result);
    }
    assertEquals(0, counting.runs);
  }

  static final class Failing {
    @Tool("Throws a checked exception")
    void checked() throws Exception {
      throw new Exception("checked");
    }

    @Tool("Throws an unchecked one")
    void unchecked() {
      throw new IllegalStateException("unchecked");
    }

    @Tool("Gives no stage")
    @Nullable
    CompletionStage<String> nothing() {
      return null;
    }

    @Tool("Gives a stage that fails")
    CompletionStage<String> later() {
      return CompletableFuture.failedFuture(new IllegalStateException("later"));
    }

    @Tool("Gives a call that fails")
    Call<String> call() {
      return Call.failure(new IllegalStateException("call"));
    }
  }

  @Test
  @DisplayName("C3 what a method throws, at once or later, is told by its own message")
  void whatAMethodThrows() {
    List<ToolRun> runs = run(
        new Failing(),
        call("checked", "{}"),
        call("unchecked", "{}"),
        call("later", "{}"),
        call("call", "{}"),
        call("nothing", "{}"));
    assertEquals(
        List.of(
            "The tool failed: checked",
            "The tool failed: unchecked",
            "The tool failed: later",
            "The tool failed: call",
            "Done."),
        results(runs));
  }

  static final class Erring {
    static final Error ERROR = new AssertionError("the program is wrong");

    @Tool("Ends the call")
    void err() {
      throw ERROR;
    }
  }

  @Test
  @DisplayName("C3 an error that a method throws is the call's, the very instance")
  void anErrorIsTheCalls() {
    Error seen = assertThrows(AssertionError.class, () -> run(new Erring(), call("err", "{}")));
    assertSame(Erring.ERROR, seen);
  }

  record Nothing() {}

  @Test
  @DisplayName("C3 a function that gives no stage or no call is told so")
  void noStage() {
    List<AgentTool> tools = List.of(
        Tools.async("stage", "", Nothing.class, it -> null),
        Tools.call("call", "", Nothing.class, it -> null));
    assertEquals(
        List.of(
            "The tool failed: The function returned null instead of a CompletionStage",
            "The tool failed: The function returned null instead of a Call"),
        results(run(tools, call("stage", "{}"), call("call", "{}"))));
  }

  static final class Waiting {
    final CountDownLatch entered = new CountDownLatch(2);
    final CountDownLatch interrupted = new CountDownLatch(1);
    final CompletableFuture<String> stage = new CompletableFuture<>();

    @Tool("Blocks")
    void block() throws InterruptedException {
      entered.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.countDown();
        throw e;
      }
    }

    @Tool("Waits")
    CompletionStage<String> stage() {
      entered.countDown();
      return stage;
    }
  }

  @Test
  @DisplayName("B25 cancelling the call interrupts a method that blocks and cancels its stage")
  void cancelled() throws InterruptedException {
    Waiting waiting = new Waiting();
    script(call("block", "{}"), call("stage", "{}"));
    CallFuture<String> future = agent(Tools.from(waiting)).ask("go").executeAsync();
    assertTrue(waiting.entered.await(60, TimeUnit.SECONDS));
    future.cancel(true);
    assertTrue(waiting.interrupted.await(60, TimeUnit.SECONDS));
    assertThrows(CancellationException.class, () -> waiting.stage.get(60, TimeUnit.SECONDS));
    assertEquals(1, wire.server.requestCount());
  }

  static final class Nameless {
    @Tool("Has a parameter without a name")
    String nameless(String what) {
      return what;
    }
  }

  static final class Twice {
    @Tool("Has two parameters of one name")
    String twice(@Param(name = "a") int one, @Param(name = "a") int other) {
      return one + "" + other;
    }
  }

  static final class Backwards {
    @Tool(value = "Ends before it begins", timeoutMillis = -1)
    void backwards() {}
  }

  static final class Same {
    @Tool("One")
    void one() {}

    @Tool(value = "Another", name = "one")
    void another() {}
  }

  @Test
  @DisplayName("C1 a method that cannot be a tool is refused when it is made, and it is said why")
  void refused() {
    assertRefused("@Param(name = …)", new Nameless());
    assertRefused("two parameters with the same name", new Twice());
    assertRefused("negative timeoutMillis", new Backwards());
    assertRefused("java.util.List<T> has no JSON schema", new Store<Person>());
    assertRefused("is annotated with @Tool", new Object());
    List<AgentTool> same = Tools.from(new Same());
    assertThrows(IllegalArgumentException.class, () -> agent(same));
  }

  private static void assertRefused(String why, Object holder) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Tools.from(holder)).getMessage();
    assertTrue(message.contains(why), message);
  }

  private static AgentTool named(List<AgentTool> tools, String name) {
    return tools.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }

  private List<ToolRun> run(Object holder, FakeToolCall... calls) {
    return run(Tools.from(holder), calls);
  }

  private List<ToolRun> run(List<AgentTool> tools, FakeToolCall... calls) {
    script(calls);
    AgentResponse answer = agent(tools).chat("go").execute();
    assertEquals("answered", answer.text());
    return answer.toolRuns();
  }

  private Agent agent(List<AgentTool> tools) {
    return wire.muster.agent("openai::gpt-4o-mini").tools(tools).build();
  }

  private void script(FakeToolCall... calls) {
    wire.server.onPrompt("go").replies(FakeReply.toolCalls(calls), FakeReply.text("answered"));
  }

  private static FakeToolCall call(String name, String arguments) {
    return new FakeToolCall("c-" + name + "-" + arguments.hashCode(), name, arguments);
  }

  private static List<String> results(List<ToolRun> runs) {
    return runs.stream().map(ToolRun::result).toList();
  }
}
