package dev.muster.java;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.OutputType;
import dev.muster.agent.StructuredResponse;
import dev.muster.agent.TypedChatAgent;
import dev.muster.chat.Message;
import java.util.Objects;

/**
 * An {@link Agent} whose calls give objects of one type. Created by {@link Agent#returning(Class)}.
 * Immutable and thread-safe.
 *
 * <p>A record component or field is required unless it is an {@code Optional} or {@code @Nullable}.
 * If the response does not match the type, it is sent back to the model with the validation error,
 * up to {@link Agent.Builder#structuredRetries} times. After that the call fails with {@link
 * dev.muster.error.StructuredOutputException}.
 *
 * <pre>{@code
 * TypedAgent<Recipe> cook = agent.returning(Recipe.class);
 * System.out.println(cook.ask("A soup for tonight").execute().name());
 * }</pre>
 *
 * @param <T> the type of the responses
 */
@CheckReturnValue
public final class TypedAgent<T> {
  private final Agent agent;
  private final TypedChatAgent<T> typed;

  TypedAgent(Agent agent, TypedChatAgent<T> typed) {
    this.agent = agent;
    this.typed = typed;
  }

  /** Returns the type of the responses. */
  public OutputType<T> type() {
    return typed.getType();
  }

  /** Returns a call that sends {@code prompt} and gives the response as an object. */
  public Call<T> ask(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return agent.exchange(k -> typed.ask(prompt, k));
  }

  /**
   * Returns a call that sends {@code message}, which may contain images, and gives the response as
   * an object. The call fails with {@link dev.muster.error.InvalidRequestException} if {@code
   * message} is not a user message.
   */
  public Call<T> ask(Message message) {
    Objects.requireNonNull(message, "message");
    return agent.exchange(k -> typed.ask(message, k));
  }

  /**
   * Returns a call that sends {@code prompt} and gives the object together with the whole response:
   * tool runs, rounds and usage.
   */
  public Call<StructuredResponse<T>> chat(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return agent.exchange(k -> typed.chat(prompt, k));
  }

  /**
   * Returns a call that sends {@code message} and gives the object together with the whole
   * response. See {@link #ask(Message)}.
   */
  public Call<StructuredResponse<T>> chat(Message message) {
    Objects.requireNonNull(message, "message");
    return agent.exchange(k -> typed.chat(message, k));
  }

  /**
   * Returns a call that streams the response to {@code prompt}, like {@link Agent#stream(String)}.
   * The last event is {@link AgentEvent.Finished}, whose {@code structured} has the object. If a
   * response does not match the type, its text was already streamed when the model is asked again.
   */
  public EventStreamCall<AgentEvent> stream(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return agent.events(() -> typed.stream(prompt));
  }

  /**
   * Returns a call that streams the response to {@code message}. See {@link #stream(String)} and
   * {@link #ask(Message)}.
   */
  public EventStreamCall<AgentEvent> stream(Message message) {
    Objects.requireNonNull(message, "message");
    return agent.events(() -> typed.stream(message));
  }

  @Override
  public String toString() {
    return "TypedAgent(" + type().name() + " of " + agent + ")";
  }
}
