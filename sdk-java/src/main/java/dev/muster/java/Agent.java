package dev.muster.java;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.AgentResponse;
import dev.muster.agent.AgentTool;
import dev.muster.agent.ChatAgent;
import dev.muster.agent.HistoryWindow;
import dev.muster.agent.OutputType;
import dev.muster.agent.StructuredResponse;
import dev.muster.agent.ToolExecution;
import dev.muster.chat.ChatModel;
import dev.muster.chat.Message;
import dev.muster.chat.ModelId;
import dev.muster.chat.Reasoning;
import dev.muster.chat.ToolChoice;
import dev.muster.chat.ToolDefinition;
import dev.muster.java.Bridge.SuspendCall;
import dev.muster.spi.Composition;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import kotlinx.coroutines.flow.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A model with a role: a system prompt, settings and tools that every call carries. Stateless and
 * thread-safe: its calls share nothing, and any number may run at once.
 *
 * <p>Where the model calls tools, they are run, the model is told what came of it and asked again,
 * until it answers. A tool that fails, takes too long, does not exist or is given wrong arguments is
 * a result that says so to the model. A tool is never run again by a retry. Cancelling a call cancels
 * the tools that run for it.
 *
 * <pre>{@code
 * Agent agent =
 *     muster.agent("ollama::gemma3:latest").systemPrompt("Be concise.").build();
 * List<String> questions = List.of("What is 2 + 2?", "Who wrote Hamlet?");
 * List<String> answers = Calls.gather(questions, agent::ask).execute();
 * System.out.println(answers);
 * }</pre>
 */
public final class Agent {
  private final ChatAgent agent;
  private final @Nullable Executor executor;

  private Agent(ChatAgent agent, @Nullable Executor executor) {
    this.agent = agent;
    this.executor = executor;
  }

  /** The agent's name; the model's id where none was given. */
  public String name() {
    return agent.getName();
  }

  /** The model that answers. */
  public ModelId modelId() {
    return agent.getModel().getId();
  }

  /** The text of the answer to {@code prompt}. */
  @CheckReturnValue
  public Call<String> ask(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return exchange(k -> agent.ask(prompt, k));
  }

  /** The whole answer to {@code prompt}. */
  @CheckReturnValue
  public Call<AgentResponse> chat(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return exchange(k -> agent.chat(prompt, k));
  }

  /**
   * The answer to {@code prompt} as an object of {@code type}, a record or another class that Jackson
   * reads; see {@link #chat(String, Class)}.
   *
   * @throws IllegalStateException where Jackson or the schema generator is not on the class path
   * @throws IllegalArgumentException where {@code type} has no JSON schema
   */
  @CheckReturnValue
  public <T> Call<T> ask(String prompt, Class<T> type) {
    return ask(prompt, Answers.of(type));
  }

  /**
   * The answer to {@code prompt} as {@code type}, such as a list; see {@link Answers} and {@link
   * #chat(String, Class)}.
   */
  @CheckReturnValue
  public <T> Call<T> ask(String prompt, OutputType<T> type) {
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(type, "type");
    return exchange(k -> agent.ask(prompt, type, k));
  }

  /**
   * The answer to {@code prompt} as an object of {@code type}, and how it came about. A component or
   * field is required unless it is an {@code Optional} or {@code @Nullable}. An answer that does not
   * fit is shown to the model with what is wrong, {@link Builder#structuredRetries} times; then the
   * call fails with {@link dev.muster.error.StructuredOutputException}.
   *
   * @throws IllegalStateException where Jackson or the schema generator is not on the class path
   * @throws IllegalArgumentException where {@code type} has no JSON schema
   */
  @CheckReturnValue
  public <T> Call<StructuredResponse<T>> chat(String prompt, Class<T> type) {
    return chat(prompt, Answers.of(type));
  }

  /**
   * The answer to {@code prompt} as {@code type}, and how it came about; see {@link Answers} and {@link
   * #chat(String, Class)}.
   */
  @CheckReturnValue
  public <T> Call<StructuredResponse<T>> chat(String prompt, OutputType<T> type) {
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(type, "type");
    return exchange(k -> agent.chat(prompt, type, k));
  }

  /**
   * The answer to {@code prompt} as it is written, through all rounds of tools. The last event is
   * {@link AgentEvent.Finished}. Leaving early closes the exchange and cancels the tools that run.
   */
  @CheckReturnValue
  public StreamCall<AgentEvent> stream(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return events(() -> agent.stream(prompt));
  }

  /**
   * The answer to {@code prompt} as it is written, with the object of {@code type} that it is in the
   * last event; see {@link #chat(String, Class)}. The text of an answer that does not fit has flowed
   * when the model is asked again.
   *
   * @throws IllegalStateException where Jackson or the schema generator is not on the class path
   * @throws IllegalArgumentException where {@code type} has no JSON schema
   */
  @CheckReturnValue
  public <T> StreamCall<AgentEvent> stream(String prompt, Class<T> type) {
    return stream(prompt, Answers.of(type));
  }

  /**
   * The answer to {@code prompt} as it is written, with what it is as {@code type} in the last event;
   * see {@link Answers} and {@link #stream(String, Class)}.
   */
  @CheckReturnValue
  public <T> StreamCall<AgentEvent> stream(String prompt, OutputType<T> type) {
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(type, "type");
    return events(() -> agent.stream(prompt, type));
  }

  /** A conversation with this agent; nothing has been said yet, and each turn sends all of it. */
  public Conversation conversation() {
    return conversation(List.of());
  }

  /** A conversation with this agent, which goes on from {@code messages}. */
  public Conversation conversation(List<Message> messages) {
    return conversation(messages, HistoryWindow.ALL);
  }

  /** As {@link #conversation(List)}, where each turn sends what {@code window} leaves of it. */
  public Conversation conversation(List<Message> messages, HistoryWindow window) {
    Objects.requireNonNull(messages, "messages");
    Objects.requireNonNull(window, "window");
    return new Conversation(this, agent.conversation(messages, window));
  }

  /**
   * The conversation that {@code saved} is, which {@link Conversation#save} has given, by whichever
   * agent.
   *
   * @throws IllegalArgumentException where it is none, or was saved by a newer version of this SDK;
   *     the message repeats nothing of it
   */
  public Conversation loadConversation(String saved) {
    return loadConversation(saved, HistoryWindow.ALL);
  }

  /**
   * As {@link #loadConversation(String)}, where each turn sends what {@code window} leaves of it.
   *
   * @throws IllegalArgumentException as there
   */
  public Conversation loadConversation(String saved, HistoryWindow window) {
    Objects.requireNonNull(saved, "saved");
    Objects.requireNonNull(window, "window");
    return new Conversation(this, agent.loadConversation(saved, window));
  }

  /**
   * This agent as a tool of another one, which writes the prompt. Each run is a call of its own: it
   * remembers nothing. Where the other agent's call is cancelled, it is; what it uses counts into the
   * other one's usage. Its failures are told to the other's model, as those of all tools.
   *
   * @throws IllegalArgumentException where {@code name} or {@code description} is blank
   */
  public AgentTool asTool(String name, String description) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(description, "description");
    return agent.asTool(name, description);
  }

  /** Tools run on the client's threads for callbacks, unless the call says otherwise. */
  <T> Call<T> exchange(SuspendCall<T> body) {
    if (executor == null) return Call.ofExchange(body, null);
    Executor callbacks = Callbacks.on(executor);
    return Call.ofExchange(k -> Composition.withCallbacksFirstOn(callbacks, body, k), executor);
  }

  private StreamCall<AgentEvent> events(Supplier<Flow<AgentEvent>> body) {
    return StreamCall.ofEvents(withTools(body), executor);
  }

  /** As {@code events}, where nothing is read before it is taken. */
  StreamCall<AgentEvent> eventsTaken(Supplier<Flow<AgentEvent>> body) {
    return new StreamCall<>(withTools(body), executor);
  }

  private Supplier<Flow<AgentEvent>> withTools(Supplier<Flow<AgentEvent>> body) {
    if (executor == null) return body;
    Executor callbacks = Callbacks.on(executor);
    return () -> Composition.withCallbacksFirstOn(callbacks, body.get());
  }

  @Override
  public String toString() {
    return "Agent(" + name() + " on " + modelId() + ")";
  }

  /**
   * Builds an {@link Agent}; changing it later leaves agents already built as they are. Not
   * thread-safe.
   */
  public static final class Builder {
    private final ChatAgent.Builder builder;
    private final @Nullable Executor executor;

    Builder(ChatModel model, @Nullable Executor executor) {
      this.builder = ChatAgent.builder(model);
      this.executor = executor;
    }

    /** Sets the name, for people; the model does not see it. */
    public Builder name(String name) {
      builder.name(name);
      return this;
    }

    /** Sets the instructions that stand above every call. */
    public Builder systemPrompt(String text) {
      builder.systemPrompt(text);
      return this;
    }

    /** Sets the sampling temperature; without it the provider's default holds. */
    public Builder temperature(double temperature) {
      builder.temperature(temperature);
      return this;
    }

    /** Sets nucleus sampling; without it the provider's default holds. */
    public Builder topP(double topP) {
      builder.topP(topP);
      return this;
    }

    /** Sets the most tokens an answer may have; without it the provider's default holds. */
    public Builder maxTokens(int maxTokens) {
      builder.maxTokens(maxTokens);
      return this;
    }

    /** Sets the texts at which the model stops. */
    public Builder stop(List<String> stop) {
      builder.stop(stop);
      return this;
    }

    /** Sets the seed, for answers that are as alike as the provider can make them. */
    public Builder seed(long seed) {
      builder.seed(seed);
      return this;
    }

    /** Sets how much the model thinks before it answers; without it the model does as it always does. */
    public Builder reasoning(Reasoning reasoning) {
      builder.reasoning(reasoning);
      return this;
    }

    /**
     * Adds a tool for the model to call; see {@link Tools}.
     *
     * @throws IllegalArgumentException where another one has its name
     */
    public Builder tool(AgentTool tool) {
      builder.tool(tool);
      return this;
    }

    /** Adds {@code tools}, as {@link #tool} does. */
    public Builder tools(AgentTool... tools) {
      return tools(List.of(tools));
    }

    /** Adds {@code tools}, as {@link #tool} does. */
    public Builder tools(List<AgentTool> tools) {
      builder.tools(tools);
      return this;
    }

    /**
     * Offers a tool that the agent does not run: an answer that calls it ends the rounds, with none of
     * its calls run.
     *
     * @throws IllegalArgumentException where another one has its name
     */
    public Builder offer(ToolDefinition tool) {
      builder.offer(tool);
      return this;
    }

    /** How tools are run; by default those of one answer at the same time. */
    public Builder toolExecution(ToolExecution execution) {
      builder.toolExecution(execution);
      return this;
    }

    /** In how many rounds tools may be run for one call; 10 by default. */
    public Builder maxToolRounds(int rounds) {
      builder.maxToolRounds(rounds);
      return this;
    }

    /**
     * How long a run of a tool may take that has no timeout of its own; without it for as long as it
     * likes. The model is told of one that is passed.
     */
    public Builder toolTimeout(Duration timeout) {
      builder.toolTimeout(timeout);
      return this;
    }

    /** Whether the model may or must call tools in the first round; after it, it may answer. */
    public Builder toolChoice(ToolChoice choice) {
      builder.toolChoice(choice);
      return this;
    }

    /** Whether the model may ask for several tools in one answer; else the provider's default. */
    public Builder parallelToolCalls(boolean allowed) {
      builder.parallelToolCalls(allowed);
      return this;
    }

    /**
     * Sets how often an answer that is no object of the class it was asked for is shown to the model
     * and asked for again; 2 by default.
     */
    public Builder structuredRetries(int retries) {
      builder.structuredRetries(retries);
      return this;
    }

    /** Adds a field to the request's JSON, for what the provider offers and this class does not. */
    public Builder extra(String field, @Nullable Object value) {
      builder.extra(field, value);
      return this;
    }

    /** The agent as set so far. */
    public Agent build() {
      return new Agent(builder.build(), executor);
    }
  }
}
