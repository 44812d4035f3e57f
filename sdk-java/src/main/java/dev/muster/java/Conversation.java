package dev.muster.java;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.AgentResponse;
import dev.muster.agent.ChatConversation;
import dev.muster.agent.HistoryWindow;
import dev.muster.agent.OutputType;
import dev.muster.chat.Message;
import java.util.List;
import java.util.Objects;

/**
 * A conversation with an agent. Each turn sends the {@link #history} and adds to it. Thread-safe.
 *
 * <p>Turns run one at a time. A turn that is started during another waits, in the order of
 * starting, and holds no thread. A turn that fails, is cancelled (even while it waits) or is left
 * early does not change the history. A completed turn adds the prompt, the tool calls with their
 * results, and the response. Executing a call twice runs two turns.
 *
 * <p>A tool must not start another turn of the conversation it runs for; that would deadlock, so it
 * fails at once with an {@link IllegalStateException}, whether it blocks or not. A tool may {@link
 * #fork} the conversation instead.
 *
 * <pre>{@code
 * Conversation conversation = agent.conversation();
 * conversation.ask("My name is Ada.").execute();
 * System.out.println(conversation.ask("What is my name?").execute());
 * }</pre>
 */
public final class Conversation {
  private final Agent agent;
  private final ChatConversation conversation;

  Conversation(Agent agent, ChatConversation conversation) {
    this.agent = agent;
    this.conversation = conversation;
  }

  /** Returns the agent of this conversation. */
  public Agent agent() {
    return agent;
  }

  /** Returns which part of the history is sent. */
  public HistoryWindow window() {
    return conversation.getWindow();
  }

  /**
   * Returns the messages of all completed turns, preceded by the messages given at the start,
   * without the agent's system prompt. The list is a copy and does not change.
   */
  public List<Message> history() {
    return conversation.getHistory();
  }

  /** Returns a call that sends {@code prompt} and gives the text of the response. */
  @CheckReturnValue
  public Call<String> ask(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return agent.exchange(k -> conversation.ask(prompt, k));
  }

  /**
   * Returns a call that sends {@code message}, which may contain images, and gives the text of the
   * response. The call fails with {@link dev.muster.error.InvalidRequestException} if {@code
   * message} is not a user message.
   */
  @CheckReturnValue
  public Call<String> ask(Message message) {
    Objects.requireNonNull(message, "message");
    return agent.exchange(k -> conversation.ask(message, k));
  }

  /** Returns a call that sends {@code prompt} and gives the whole response. */
  @CheckReturnValue
  public Call<AgentResponse> chat(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return agent.exchange(k -> conversation.chat(prompt, k));
  }

  /**
   * Returns a call that sends {@code message} and gives the whole response. See {@link
   * #ask(Message)}. Pass tool results in a list.
   */
  @CheckReturnValue
  public Call<AgentResponse> chat(Message message) {
    Objects.requireNonNull(message, "message");
    return agent.exchange(k -> conversation.chat(message, k));
  }

  /**
   * Returns a call that sends {@code messages}, for example the results of tools that the agent
   * does not run, and gives the whole response.
   *
   * @throws IllegalArgumentException if {@code messages} is empty
   */
  @CheckReturnValue
  public Call<AgentResponse> chat(List<Message> messages) {
    List<Message> prompt = some(messages);
    return agent.exchange(k -> conversation.chat(prompt, k));
  }

  /**
   * Returns a call that streams the response to {@code prompt}. See {@link Agent#stream(String)}.
   *
   * <p>The turn lasts until the stream is read to its end or closed; other turns wait until then.
   * The last event adds the turn to the history. Closing the stream before it leaves the history
   * unchanged. No event is read before it is taken.
   */
  @CheckReturnValue
  public EventStreamCall<AgentEvent> stream(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return agent.eventsTaken(() -> conversation.stream(prompt));
  }

  /**
   * Returns a call that streams the response to {@code message}. See {@link #stream(String)} and
   * {@link #ask(Message)}. Pass tool results in a list.
   */
  @CheckReturnValue
  public EventStreamCall<AgentEvent> stream(Message message) {
    Objects.requireNonNull(message, "message");
    return agent.eventsTaken(() -> conversation.stream(message));
  }

  /**
   * Returns a call that streams the response to {@code messages}. See {@link #stream(String)}.
   *
   * @throws IllegalArgumentException if {@code messages} is empty
   */
  @CheckReturnValue
  public EventStreamCall<AgentEvent> stream(List<Message> messages) {
    List<Message> prompt = some(messages);
    return agent.eventsTaken(() -> conversation.stream(prompt));
  }

  /**
   * Returns a view of this conversation whose turns give the response as a {@code type}, a record
   * or another class that Jackson can read: {@code conversation.returning(Recipe.class).ask("And
   * with rice?")}. Its turns are turns of this conversation. This generates the schema of the type,
   * so keep the view if you need it often. Sends nothing.
   *
   * @throws IllegalStateException if {@code muster-jackson} is not on the class path
   * @throws IllegalArgumentException if {@code type} has no JSON schema
   */
  @CheckReturnValue
  public <T> TypedConversation<T> returning(Class<T> type) {
    return returning(OutputTypes.of(type));
  }

  /**
   * Returns a view of this conversation whose turns give the response as a {@code type}, for
   * example a list. See {@link OutputTypes}. Sends nothing.
   */
  @CheckReturnValue
  public <T> TypedConversation<T> returning(OutputType<T> type) {
    Objects.requireNonNull(type, "type");
    return new TypedConversation<>(agent, conversation.returning(type));
  }

  /**
   * Returns a new conversation with the same agent, which starts with a copy of the current
   * history. Later turns of one do not affect the other. A turn that has not ended is not included.
   */
  public Conversation fork() {
    return new Conversation(agent, conversation.fork());
  }

  /**
   * Removes all messages, including those given at the start. A running turn ends normally and is
   * not added to the history. Waiting turns start with an empty history.
   */
  public void reset() {
    conversation.reset();
  }

  /**
   * Returns the {@link #history} as JSON for {@link Agent#loadConversation(String)}, including all
   * kinds of content, such as the bytes of images. The JSON is as private as the messages.
   */
  public String save() {
    return conversation.save();
  }

  /** Contains the number of messages but not their content. */
  @Override
  public String toString() {
    return "Conversation(" + history().size() + " messages, " + agent + ")";
  }

  private static List<Message> some(List<Message> messages) {
    List<Message> copy = List.copyOf(messages);
    if (copy.isEmpty()) {
      throw new IllegalArgumentException("A turn needs at least one message: the list is empty");
    }
    return copy;
  }
}
