package dev.muster.java;

import dev.muster.agent.AgentTool;
import dev.muster.agent.ToolArgumentsException;
import dev.muster.agent.ToolFunctions;
import dev.muster.agent.ToolInvocation;
import dev.muster.chat.ToolDefinition;
import dev.muster.java.Bridge.SuspendCall;
import dev.muster.spi.Composition;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes tools for agents.
 *
 * <pre>{@code
 * Agent agent = muster
 *     .agent("openai::gpt-4o-mini")
 *     .tool(Tools.of("weather", "Tells the weather", City.class, city -> forecast(city.name())))
 *     .build();
 * }</pre>
 *
 * <p>The arguments are a record, or another class that Jackson reads, which is also where their
 * schema comes from ({@link dev.muster.agent.Description} says what a component means). The model
 * is told a {@code String} as it is, {@code Done.} of null, and all else as JSON. What a tool throws
 * is told to the model by its message.
 *
 * <p>Functions may block, and may execute calls: they run where the functions of a {@link Call} do.
 * Where the call around them is cancelled, and where their time is up, they are interrupted; code
 * that does not obey within 100 ms is left behind. Futures are cancelled then, and so are calls,
 * with their exchanges. An agent may run a tool any number of times at once.
 *
 * <p>Classes need Jackson and the schema generator on the class path; {@link #of(ToolDefinition,
 * Function)} does not.
 */
public final class Tools {
  private static final Logger LOG = LoggerFactory.getLogger(Tools.class);

  private Tools() {}

  /**
   * A tool that is a function, which may block.
   *
   * @throws IllegalArgumentException where {@code arguments} has no JSON schema, or one of no object
   * @throws IllegalStateException where Jackson, the schema generator or a module of Jackson's for a
   *     type in {@code arguments} is not on the class path; the message says what to add
   */
  public static <A> AgentTool of(
      String name,
      String description,
      Class<A> arguments,
      Function<? super A, ? extends @Nullable Object> body) {
    Objects.requireNonNull(body, "body");
    JsonBinding json = JsonBinding.get();
    ToolDefinition definition =
        new ToolDefinition(name, description, objectSchema(json, name, arguments));
    return make(
        definition,
        null,
        json,
        call -> body.apply(Tools.<A>read(json, call.arguments(), arguments)));
  }

  /**
   * A tool whose result is that of a stage, otherwise as {@link #of(String, String, Class,
   * Function)}. Cancelling reaches as far as the stage's maker has provided for.
   */
  public static <A> AgentTool async(
      String name,
      String description,
      Class<A> arguments,
      Function<? super A, ? extends CompletionStage<?>> body) {
    Objects.requireNonNull(body, "body");
    return of(
        name,
        description,
        arguments,
        it -> Objects.requireNonNull(body.apply(it), "The function gave no stage"));
  }

  /**
   * A tool whose result is that of a call, such as one of another agent, otherwise as {@link
   * #of(String, String, Class, Function)}.
   */
  public static <A> AgentTool call(
      String name,
      String description,
      Class<A> arguments,
      Function<? super A, ? extends Call<?>> body) {
    Objects.requireNonNull(body, "body");
    return of(
        name,
        description,
        arguments,
        it -> Objects.requireNonNull(body.apply(it), "The function gave no call"));
  }

  /**
   * A tool with a schema of your own: {@code body} is given the arguments as JSON that this schema
   * allows, and gives what the model is told. It may block.
   */
  public static AgentTool of(
      ToolDefinition definition, Function<? super ToolInvocation, String> body) {
    Objects.requireNonNull(definition, "definition");
    Objects.requireNonNull(body, "body");
    return make(definition, null, null, body::apply);
  }

  /**
   * The methods of {@code holder} that are marked {@link Tool}, of whatever visibility, in the order
   * of their names. Their parameters are the arguments: required, unless they are {@code Optional} or
   * {@code @Nullable}, which may be left out or null. They may give a value, a {@code CompletionStage} or a {@link Call}.
   *
   * @throws IllegalArgumentException where there are none, or one cannot be a tool; the message says
   *     why
   * @throws IllegalStateException where Jackson, the schema generator or a module of Jackson's for a
   *     parameter or a result is not on the class path; the message says what to add
   */
  public static List<AgentTool> from(Object holder) {
    Objects.requireNonNull(holder, "holder");
    List<AgentTool> tools = ToolMethod.of(holder).stream().map(ToolMethod::tool).toList();
    if (tools.isEmpty()) {
      throw new IllegalArgumentException(
          "No method of " + holder.getClass().getName() + " is marked @Tool");
    }
    return tools;
  }

  /** What runs for a call: it may give a value, a stage or a call. */
  @FunctionalInterface
  interface Body {
    @Nullable
    Object run(ToolInvocation call) throws Exception;
  }

  /** Without {@code json} the results are text. */
  static AgentTool make(
      ToolDefinition definition,
      @Nullable Duration timeout,
      @Nullable JsonBinding json,
      Body body) {
    AgentTool tool = ToolFunctions.tool(
        definition,
        timeout,
        (call, k) -> Composition.<Object, String>chained(
            j -> Bridge.callback(null, running(json, body, call), j),
            (result, j) -> ended(json, result),
            k));
    // The arguments of a class are read like answers; a custom schema is kept to.
    return json == null ? tool : tool.withLenientArguments();
  }

  private static Callable<Object> running(
      @Nullable JsonBinding json, Body body, ToolInvocation call) {
    return () -> begun(json, body.run(call));
  }

  /** What is there already is made ready for the model where the user's code runs. */
  private static Object begun(@Nullable JsonBinding json, @Nullable Object result) {
    boolean isPending = result instanceof Call<?> || result instanceof CompletionStage<?>;
    return isPending ? result : told(json, result);
  }

  private static SuspendCall<String> ended(@Nullable JsonBinding json, Object result) {
    if (result instanceof Call<?> call) return answering(json, Call.<Object>made(call));
    if (result instanceof CompletionStage<?> stage) return answering(json, waiting(stage));
    String told = (String) result;
    return k -> told;
  }

  private static SuspendCall<Object> waiting(CompletionStage<?> stage) {
    @SuppressWarnings("unchecked") // A stage only gives values.
    CompletionStage<Object> any = (CompletionStage<Object>) stage;
    return k -> Composition.<Object>stageOf(j -> any, k);
  }

  private static SuspendCall<String> answering(
      @Nullable JsonBinding json, SuspendCall<Object> pending) {
    return k -> Composition.<Object, String>mapped(
        pending, (value, j) -> Bridge.callback(null, telling(json, value), j), k);
  }

  private static Callable<String> telling(@Nullable JsonBinding json, @Nullable Object value) {
    return () -> told(json, value);
  }

  private static String told(@Nullable JsonBinding json, @Nullable Object value) {
    if (value == null) return "Done.";
    if (value instanceof String text) return text;
    if (json == null) return value.toString();
    try {
      return json.write(value);
    } catch (IllegalStateException e) {
      throw noticed(e);
    }
  }

  static <A> A read(JsonBinding json, String arguments, Type type) {
    return read(() -> json.<A>read(arguments, type));
  }

  /** What {@code reading} reads of the arguments that a model has written. */
  static <A> A read(Supplier<A> reading) {
    try {
      return reading.get();
    } catch (IllegalArgumentException e) {
      throw new ToolArgumentsException(String.valueOf(e.getMessage()), e);
    } catch (IllegalStateException e) {
      throw noticed(e);
    }
  }

  /** The model can do nothing about it, and each run would fail as this one. */
  private static IllegalStateException noticed(IllegalStateException failure) {
    LOG.warn("A tool fails whatever its arguments are: {}", failure.getMessage());
    return failure;
  }

  private static Map<String, @Nullable Object> objectSchema(
      JsonBinding json, String name, Class<?> arguments) {
    Map<String, @Nullable Object> schema = json.schema(arguments);
    if (!"object".equals(schema.get("type"))) {
      throw new IllegalArgumentException("The arguments of the tool " + name
          + " are no object: give a record, not " + arguments.getName());
    }
    return schema;
  }
}
