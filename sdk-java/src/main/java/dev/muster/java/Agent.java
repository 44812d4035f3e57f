package dev.muster.java;

import dev.muster.agent.AgentResponse;
import dev.muster.agent.ChatAgent;
import dev.muster.agent.OutputType;
import dev.muster.agent.StructuredResponse;
import dev.muster.chat.ChatEvent;
import dev.muster.chat.ChatModel;
import dev.muster.chat.ModelId;
import dev.muster.chat.ToolDefinition;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A model with a role: a system prompt and settings that every call carries. Stateless and
 * thread-safe: its calls share nothing, and any number may run at once.
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
    return Call.ofExchange(k -> agent.ask(prompt, k), executor);
  }

  /** The whole answer to {@code prompt}. */
  @CheckReturnValue
  public Call<AgentResponse> chat(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return Call.ofExchange(k -> agent.chat(prompt, k), executor);
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
    Objects.requireNonNull(prompt, "prompt");
    OutputType<T> output = Answers.of(type);
    return Call.ofExchange(k -> agent.ask(prompt, output, k), executor);
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
    Objects.requireNonNull(prompt, "prompt");
    OutputType<T> output = Answers.of(type);
    return Call.ofExchange(k -> agent.chat(prompt, output, k), executor);
  }

  /** The answer to {@code prompt} as it is written; see {@link Model#stream(String)}. */
  @CheckReturnValue
  public StreamCall<ChatEvent> stream(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return StreamCall.ofEvents(() -> agent.stream(prompt), executor);
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

    /** Sets the most tokens an answer may have; without it the provider's default holds. */
    public Builder maxTokens(int maxTokens) {
      builder.maxTokens(maxTokens);
      return this;
    }

    /** Sets the tools that are offered to the model. They are not run. */
    public Builder tools(List<ToolDefinition> tools) {
      builder.tools(tools);
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
