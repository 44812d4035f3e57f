package dev.muster.java;

import dev.muster.agent.AgentTool;
import dev.muster.agent.ToolArgumentsException;
import dev.muster.agent.ToolFunctions;
import dev.muster.agent.ToolInvocation;
import dev.muster.chat.ToolDefinition;
import dev.muster.facade.Composition;
import dev.muster.java.internal.Bridge;
import dev.muster.java.internal.Bridge.SuspendCall;
import dev.muster.java.json.JsonBinding;
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
 * Creates tools for agents.
 *
 * <pre>{@code
 * Agent agent = muster
 *     .agent("openai::gpt-4o-mini")
 *     .tool(Tools.of("weather", "Tells the weather", City.class, city -> forecast(city.name())))
 *     .build();
 * }</pre>
 *
 * <p>The arguments of a tool are a record or another class that Jackson can read. Their JSON schema
 * is generated from it ({@link dev.muster.agent.Description} documents a component for the model).
 * A {@code String} result is sent to the model unchanged, null as {@code Done.}, and any other
 * value as JSON. If a tool throws, the exception's message is sent to the model.
 *
 * <p>Functions run on the same threads as the functions of a {@link Call}, and may block or execute
 * calls. If the surrounding call is cancelled or the tool's timeout passes, the thread is
 * interrupted; the agent goes on without code that ignores the interrupt for 100 ms. Futures and
 * calls are cancelled then, which closes the HTTP exchanges of the calls. An agent may run a tool
 * several times at once.
 *
 * <p>Classes as arguments, and methods as tools, require {@code dev.muster:muster-jackson} on the
 * class path, or {@code muster-jackson3} with Jackson 3; {@link #of(ToolDefinition, Function)} does
 * not.
 */
public final class Tools {
  private static final Logger LOG = LoggerFactory.getLogger(Tools.class);

  private Tools() {}

  /**
   * Creates a tool from a function, which may block.
   *
   * @throws IllegalArgumentException if {@code arguments} has no JSON schema, or its schema is not
   *     an object
   * @throws IllegalStateException if {@code muster-jackson} or a Jackson module for a type in
   *     {@code arguments} is not on the class path; the message says what to add
   */
  public static <A> AgentTool of(
      String name,
      String description,
      Class<A> arguments,
      Function<? super A, ? extends @Nullable Object> body) {
    Objects.requireNonNull(body, "body");
    JsonBinding json = Bindings.get();
    ToolDefinition definition =
        new ToolDefinition(name, description, objectSchema(json, name, arguments));
    return make(
        definition,
        null,
        json,
        call -> body.apply(Tools.<A>read(json, call.arguments(), arguments)));
  }

  /**
   * Creates a tool whose function returns a stage. Otherwise like {@link #of(String, String, Class,
   * Function)}. Cancelling the tool cancels the stage; whether that stops the work behind it
   * depends on the code that created the stage.
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
        it -> Objects.requireNonNull(
            body.apply(it), "The function returned null instead of a CompletionStage"));
  }

  /**
   * Creates a tool whose function returns a call, for example a call of another agent. Otherwise
   * like {@link #of(String, String, Class, Function)}.
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
        it ->
            Objects.requireNonNull(body.apply(it), "The function returned null instead of a Call"));
  }

  /**
   * Creates a tool with a custom schema. {@code body} gets the arguments as JSON that is valid for
   * this schema, and returns the text for the model. It may block.
   */
  public static AgentTool of(
      ToolDefinition definition, Function<? super ToolInvocation, String> body) {
    Objects.requireNonNull(definition, "definition");
    Objects.requireNonNull(body, "body");
    return make(definition, null, null, body::apply);
  }

  /**
   * Creates a tool from each method of {@code holder} that is annotated with {@link Tool}, of any
   * visibility, sorted by method name. The parameters of a method are the tool's arguments. They
   * are required, except {@code Optional} and {@code @Nullable} ones, which may be missing or null.
   * A method may return a value, a {@code CompletionStage} or a {@link Call}.
   *
   * @throws IllegalArgumentException if there are no such methods, or if a method cannot be a tool;
   *     the message says why
   * @throws IllegalStateException if {@code muster-jackson} or a Jackson module for a parameter or
   *     result is not on the class path; the message says what to add
   */
  public static List<AgentTool> from(Object holder) {
    Objects.requireNonNull(holder, "holder");
    List<AgentTool> tools = ToolMethod.of(holder).stream().map(ToolMethod::tool).toList();
    if (tools.isEmpty()) {
      throw new IllegalArgumentException(
          "No method of " + holder.getClass().getName() + " is annotated with @Tool");
    }
    return tools;
  }

  /** The code of a tool. May return a value, a stage or a call. */
  @FunctionalInterface
  interface Body {
    @Nullable
    Object run(ToolInvocation call) throws Exception;
  }

  /** Creates a tool. Without {@code json}, its results are text. */
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
    // Class arguments are checked as leniently as structured responses; a custom schema is enforced
    // as it is.
    return json == null ? tool : tool.withLenientArguments();
  }

  private static Callable<Object> running(
      @Nullable JsonBinding json, Body body, ToolInvocation call) {
    return () -> begun(json, body.run(call));
  }

  /** Converts a value that is already available on the thread of the user's code. */
  private static Object begun(@Nullable JsonBinding json, @Nullable Object result) {
    boolean isPending = result instanceof Call<?> || result instanceof CompletionStage<?>;
    return isPending ? result : toText(json, result);
  }

  private static SuspendCall<String> ended(@Nullable JsonBinding json, Object result) {
    if (result instanceof Call<?> call) return answering(json, Call.<Object>made(call));
    if (result instanceof CompletionStage<?> stage) return answering(json, waiting(stage));
    String text = (String) result;
    return k -> text;
  }

  private static SuspendCall<Object> waiting(CompletionStage<?> stage) {
    @SuppressWarnings("unchecked") // Safe: a stage only produces values.
    CompletionStage<Object> any = (CompletionStage<Object>) stage;
    return k -> Composition.<Object>stageOf(j -> any, k);
  }

  private static SuspendCall<String> answering(
      @Nullable JsonBinding json, SuspendCall<Object> pending) {
    return k -> Composition.<Object, String>mapped(
        pending, (value, j) -> Bridge.callback(null, writing(json, value), j), k);
  }

  private static Callable<String> writing(@Nullable JsonBinding json, @Nullable Object value) {
    return () -> toText(json, value);
  }

  private static String toText(@Nullable JsonBinding json, @Nullable Object value) {
    if (value == null) return "Done.";
    if (value instanceof String text) return text;
    if (json == null) return value.toString();
    try {
      return json.write(value);
    } catch (IllegalStateException e) {
      throw logged(e);
    }
  }

  static <A> A read(JsonBinding json, String arguments, Type type) {
    return read(() -> json.<A>read(arguments, type));
  }

  /** Runs {@code reading}, which parses arguments written by the model. */
  static <A> A read(Supplier<A> reading) {
    try {
      return reading.get();
    } catch (IllegalArgumentException e) {
      throw new ToolArgumentsException(String.valueOf(e.getMessage()), e);
    } catch (IllegalStateException e) {
      throw logged(e);
    }
  }

  /** Logs a failure that the model cannot fix and that every run of the tool would repeat. */
  private static IllegalStateException logged(IllegalStateException failure) {
    LOG.warn("A tool fails regardless of its arguments: {}", failure.getMessage());
    return failure;
  }

  private static Map<String, @Nullable Object> objectSchema(
      JsonBinding json, String name, Class<?> arguments) {
    Map<String, @Nullable Object> schema = json.schema(arguments);
    if (!"object".equals(schema.get("type"))) {
      throw new IllegalArgumentException("The arguments of the tool " + name
          + " are not an object: use a record, not " + arguments.getName());
    }
    return schema;
  }
}
