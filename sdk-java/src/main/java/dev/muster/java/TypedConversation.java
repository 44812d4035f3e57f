package dev.muster.java;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.OutputType;
import dev.muster.agent.StructuredResponse;
import dev.muster.agent.TypedChatConversation;
import dev.muster.chat.Message;
import java.util.Objects;

/**
 * A {@link Conversation} whose turns give objects of one type; see {@link TypedAgent}. Created by
 * {@link Conversation#returning(Class)}. It has no history of its own: its turns are turns of the
 * conversation.
 *
 * <pre>{@code
 * TypedConversation<Recipe> recipes = conversation.returning(Recipe.class);
 * conversation.ask("I have rice, lemons and an onion.").execute();
 * System.out.println(recipes.ask("What can I cook?").execute().name());
 * System.out.println(recipes.ask("And without the onion?").execute().name());
 * }</pre>
 *
 * @param <T> the type of the responses
 */
@CheckReturnValue
public final class TypedConversation<T> {
  private final Agent agent;
  private final TypedChatConversation<T> typed;

  TypedConversation(Agent agent, TypedChatConversation<T> typed) {
    this.agent = agent;
    this.typed = typed;
  }

  /** Returns the type of the responses. */
  public OutputType<T> type() {
    return typed.getType();
  }

  /** Returns a call that runs a turn with {@code prompt} and gives the response as an object. */
  public Call<T> ask(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return agent.exchange(k -> typed.ask(prompt, k));
  }

  /**
   * Returns a call that runs a turn with {@code message}, which may contain images, and gives the
   * response as an object. The call fails with {@link dev.muster.error.InvalidRequestException} if
   * {@code message} is not a user message.
   */
  public Call<T> ask(Message message) {
    Objects.requireNonNull(message, "message");
    return agent.exchange(k -> typed.ask(message, k));
  }

  /**
   * Returns a call that runs a turn with {@code prompt} and gives the object together with the
   * whole response: tool runs, rounds and usage.
   */
  public Call<StructuredResponse<T>> chat(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return agent.exchange(k -> typed.chat(prompt, k));
  }

  /**
   * Returns a call that runs a turn with {@code message} and gives the object together with the
   * whole response. See {@link #ask(Message)}.
   */
  public Call<StructuredResponse<T>> chat(Message message) {
    Objects.requireNonNull(message, "message");
    return agent.exchange(k -> typed.chat(message, k));
  }

  /**
   * Returns a call that streams the response to {@code prompt}, like {@link
   * Conversation#stream(String)}. The last event is {@link AgentEvent.Finished}, whose {@code
   * structured} has the object. If a response does not match the type, its text was already
   * streamed when the model is asked again.
   */
  public EventStreamCall<AgentEvent> stream(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return agent.eventsTaken(() -> typed.stream(prompt));
  }

  /**
   * Returns a call that streams the response to {@code message}. See {@link #stream(String)} and
   * {@link #ask(Message)}.
   */
  public EventStreamCall<AgentEvent> stream(Message message) {
    Objects.requireNonNull(message, "message");
    return agent.eventsTaken(() -> typed.stream(message));
  }

  @Override
  public String toString() {
    return "TypedConversation(" + type().name() + " of "
        + typed.getConversation().getHistory().size() + " messages, " + agent + ")";
  }
}
