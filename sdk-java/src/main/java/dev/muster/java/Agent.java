package dev.muster.java;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.AgentResponse;
import dev.muster.agent.AgentTool;
import dev.muster.agent.ChatAgent;
import dev.muster.agent.HistoryWindow;
import dev.muster.agent.OutputType;
import dev.muster.agent.ToolExecution;
import dev.muster.chat.ChatRequest;
import dev.muster.chat.GenerationSettings;
import dev.muster.chat.Message;
import dev.muster.chat.ModelId;
import dev.muster.chat.ToolDefinition;
import dev.muster.facade.CallbackExecution;
import dev.muster.java.internal.Bridge.SuspendCall;
import dev.muster.java.internal.Callbacks;
import dev.muster.model.ChatModel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import kotlinx.coroutines.flow.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A model with a system prompt, settings and tools that apply to every call. Stateless and
 * thread-safe: its calls share nothing, and any number can run at the same time.
 *
 * <p>If the model calls tools, the agent runs them and sends the results to the model, and repeats
 * this until the model gives a final response. A tool that fails, times out, does not exist or gets
 * invalid arguments produces a result that tells the model so. A retry never runs a tool again.
 * Cancelling a call cancels the tools that run for it.
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

  /** Returns the agent's name. Default: the id of the model. */
  public String name() {
    return agent.getName();
  }

  /** Returns the id of the agent's model. */
  public ModelId modelId() {
    return agent.getModel().getId();
  }

  /** Returns the settings that every call sends. */
  public GenerationSettings settings() {
    return agent.getSettings();
  }

  /**
   * Returns this agent with {@code settings} for all its calls and conversations: those that are
   * set replace the agent's, see {@link GenerationSettings#over}. This agent does not change. Cheap
   * enough for each call: {@code agent.with(settings).ask(prompt)}.
   */
  @CheckReturnValue
  public Agent with(GenerationSettings settings) {
    Objects.requireNonNull(settings, "settings");
    return new Agent(agent.with(settings), executor);
  }

  /** Returns a call that sends {@code prompt} and gives the text of the response. */
  @CheckReturnValue
  public Call<String> ask(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return exchange(k -> agent.ask(prompt, k));
  }

  /**
   * Returns a call that sends {@code message}, which may contain images, and gives the text of the
   * response. The call fails with {@link dev.muster.error.InvalidRequestException} if {@code
   * message} is not a user message.
   */
  @CheckReturnValue
  public Call<String> ask(Message message) {
    Objects.requireNonNull(message, "message");
    return exchange(k -> agent.ask(message, k));
  }

  /** Returns a call that sends {@code prompt} and gives the whole response. */
  @CheckReturnValue
  public Call<AgentResponse> chat(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return exchange(k -> agent.chat(prompt, k));
  }

  /**
   * Returns a call that sends {@code message} and gives the whole response. See {@link
   * #ask(Message)}.
   */
  @CheckReturnValue
  public Call<AgentResponse> chat(Message message) {
    Objects.requireNonNull(message, "message");
    return exchange(k -> agent.chat(message, k));
  }

  /**
   * Returns a call that streams the response to {@code prompt} through all tool rounds. The last
   * event is {@link AgentEvent.Finished}. Closing the stream early closes the HTTP exchange and
   * cancels running tools.
   */
  @CheckReturnValue
  public EventStreamCall<AgentEvent> stream(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return events(() -> agent.stream(prompt));
  }

  /**
   * Returns a call that streams the response to {@code message}. See {@link #stream(String)} and
   * {@link #ask(Message)}.
   */
  @CheckReturnValue
  public EventStreamCall<AgentEvent> stream(Message message) {
    Objects.requireNonNull(message, "message");
    return events(() -> agent.stream(message));
  }

  /**
   * Returns a view of this agent whose calls give the response as a {@code type}, a record or
   * another class that Jackson can read: {@code agent.returning(Recipe.class).ask("A soup")}. This
   * generates the schema of the type, so keep the view if you need it often. Sends nothing.
   *
   * @throws IllegalStateException if {@code muster-jackson} is not on the class path
   * @throws IllegalArgumentException if {@code type} has no JSON schema
   */
  @CheckReturnValue
  public <T> TypedAgent<T> returning(Class<T> type) {
    return returning(OutputTypes.of(type));
  }

  /**
   * Returns a view of this agent whose calls give the response as a {@code type}, for example a
   * list. See {@link OutputTypes}. Sends nothing.
   */
  @CheckReturnValue
  public <T> TypedAgent<T> returning(OutputType<T> type) {
    Objects.requireNonNull(type, "type");
    return new TypedAgent<>(this, agent.returning(type));
  }

  /** Returns the first request that this agent sends for {@code prompt}. Sends nothing. */
  public ChatRequest request(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return agent.request(prompt);
  }

  /**
   * Returns the first request that this agent sends for {@code message}. Sends nothing.
   *
   * @throws dev.muster.error.InvalidRequestException if {@code message} is not a user message
   */
  public ChatRequest request(Message message) {
    Objects.requireNonNull(message, "message");
    return agent.request(message);
  }

  /** Starts an empty conversation with this agent. Each turn sends the whole history. */
  public Conversation conversation() {
    return conversation(List.of());
  }

  /**
   * Starts a conversation with this agent that continues from {@code messages}. Each turn sends the
   * whole history.
   */
  public Conversation conversation(List<Message> messages) {
    return conversation(messages, HistoryWindow.ALL);
  }

  /**
   * Like {@link #conversation(List)}, but each turn sends only the part of the history that {@code
   * window} keeps.
   */
  public Conversation conversation(List<Message> messages, HistoryWindow window) {
    Objects.requireNonNull(messages, "messages");
    Objects.requireNonNull(window, "window");
    return new Conversation(this, agent.conversation(messages, window));
  }

  /**
   * Restores a conversation from the result of {@link Conversation#save}. It may have been saved by
   * another agent.
   *
   * @throws IllegalArgumentException if {@code saved} is not a saved conversation or was saved by a
   *     newer version of this SDK; the message does not quote the content
   */
  public Conversation loadConversation(String saved) {
    return loadConversation(saved, HistoryWindow.ALL);
  }

  /**
   * Like {@link #loadConversation(String)}, but each turn sends only the part of the history that
   * {@code window} keeps.
   *
   * @throws IllegalArgumentException see {@link #loadConversation(String)}
   */
  public Conversation loadConversation(String saved, HistoryWindow window) {
    Objects.requireNonNull(saved, "saved");
    Objects.requireNonNull(window, "window");
    return new Conversation(this, agent.loadConversation(saved, window));
  }

  /**
   * Returns this agent as a tool for another agent, whose model writes the prompt. Each run is a
   * separate call without memory of earlier runs. Cancelling the other agent's call cancels this
   * agent's call. The usage counts towards the other agent's usage. Failures are reported to the
   * other agent's model, like those of any tool.
   *
   * @throws IllegalArgumentException if {@code name} or {@code description} is blank
   */
  public AgentTool asTool(String name, String description) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(description, "description");
    return agent.asTool(name, description);
  }

  /** Runs tools on the client's callback threads unless the call sets its own executor. */
  <T> Call<T> exchange(SuspendCall<T> body) {
    if (executor == null) return Call.ofExchange(body, null);
    Executor callbacks = Callbacks.on(executor);
    return Call.ofExchange(
        k -> CallbackExecution.withCallbacksFirstOn(callbacks, body, k), executor);
  }

  /** Streams events, and reads them ahead. */
  EventStreamCall<AgentEvent> events(Supplier<Flow<AgentEvent>> body) {
    return EventStreamCall.ofAgent(StreamCall.ofEvents(withTools(body), executor));
  }

  /** Like {@code events}, but reads no event ahead. */
  EventStreamCall<AgentEvent> eventsTaken(Supplier<Flow<AgentEvent>> body) {
    return EventStreamCall.ofAgent(new StreamCall<>(withTools(body), executor));
  }

  private Supplier<Flow<AgentEvent>> withTools(Supplier<Flow<AgentEvent>> body) {
    if (executor == null) return body;
    Executor callbacks = Callbacks.on(executor);
    return () -> CallbackExecution.withCallbacksFirstOn(callbacks, body.get());
  }

  @Override
  public String toString() {
    return "Agent(" + name() + " on " + modelId() + ")";
  }

  /**
   * Builds an {@link Agent}. The setters of temperature, token limit and the like are those of
   * {@link GenerationSettings}. Later changes to the builder do not affect agents already built.
   * Not thread-safe.
   */
  public static final class Builder extends GenerationSettings.Setters<Builder> {
    private final ChatAgent.Builder builder;
    private final @Nullable Executor executor;

    Builder(ChatModel model, @Nullable Executor executor) {
      this.builder = ChatAgent.builder(model);
      this.executor = executor;
    }

    /** Sets the agent's name. It is not sent to the model. Default: the id of the model. */
    public Builder name(String name) {
      builder.name(name);
      return this;
    }

    /** Sets the system prompt, which precedes every call. Null or blank: none, the default. */
    public Builder systemPrompt(@Nullable String text) {
      builder.systemPrompt(text);
      return this;
    }

    /**
     * Adds a tool that the model can call. See {@link Tools}.
     *
     * @throws IllegalArgumentException if another tool has the same name
     */
    public Builder tool(AgentTool tool) {
      builder.tool(tool);
      return this;
    }

    /** Adds {@code tools}. See {@link #tool}. */
    public Builder tools(AgentTool... tools) {
      return tools(List.of(tools));
    }

    /** Adds {@code tools}. See {@link #tool}. */
    public Builder tools(List<AgentTool> tools) {
      builder.tools(tools);
      return this;
    }

    /**
     * Offers a tool that the agent does not run. A response that calls it ends the rounds, and none
     * of the tool calls in that response are run.
     *
     * @throws IllegalArgumentException if another tool has the same name
     */
    public Builder toolDefinition(ToolDefinition tool) {
      builder.toolDefinition(tool);
      return this;
    }

    /** Sets how tools are run. Default: the tool calls of one response run at the same time. */
    public Builder toolExecution(ToolExecution execution) {
      builder.toolExecution(execution);
      return this;
    }

    /**
     * Sets the maximum number of tool rounds for one call, including rounds in which the model
     * pauses. Default: 10.
     */
    public Builder maxToolRounds(int rounds) {
      builder.maxToolRounds(rounds);
      return this;
    }

    /**
     * Sets the timeout of one tool run, for tools without their own timeout. If it passes, the
     * model is told so. Default: null, no timeout.
     *
     * @throws IllegalArgumentException if {@code timeout} is not positive
     */
    public Builder toolTimeout(@Nullable Duration timeout) {
      builder.toolTimeout(timeout);
      return this;
    }

    /**
     * Sets how often a response that does not match the requested type is sent back to the model
     * with the validation error. Default: 2.
     */
    public Builder structuredRetries(int retries) {
      builder.structuredRetries(retries);
      return this;
    }

    /** Builds an agent with the current settings. */
    public Agent build() {
      return new Agent(builder.build().with(settings()), executor);
    }
  }
}
