package dev.muster.java;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.AgentResponse;
import dev.muster.agent.ChatConversation;
import dev.muster.agent.HistoryWindow;
import dev.muster.agent.OutputType;
import dev.muster.agent.StructuredResponse;
import dev.muster.chat.Message;
import java.util.List;
import java.util.Objects;

/**
 * Turns with an agent that remembers what was said: each sends the {@link #history} and adds to it.
 * Thread-safe.
 *
 * <p>One turn at a time: one that is started meanwhile waits, in the order of starting, and holds no
 * thread. A turn is whole or has not been: one that fails, is cancelled (while it waits, too) or is
 * left early leaves the history as it was. What a turn adds is the prompt, the calls of tools and
 * their results, and the answer. A call that is executed twice is two turns.
 *
 * <p>A turn of a conversation that a tool starts which runs for a turn of the same conversation would
 * wait for itself. It fails with an {@link IllegalStateException} at once, in whichever way it is
 * started; a tool may {@link #fork} the conversation.
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

  /** The agent that answers. */
  public Agent agent() {
    return agent;
  }

  /** What of the history is sent. */
  public HistoryWindow window() {
    return conversation.getWindow();
  }

  /**
   * What has been said in whole turns, the messages given at the start first; the agent's system
   * prompt is none of them. A copy: it does not change.
   */
  public List<Message> history() {
    return conversation.getHistory();
  }

  /** The text of the answer to {@code prompt}. */
  @CheckReturnValue
  public Call<String> ask(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return agent.exchange(k -> conversation.ask(prompt, k));
  }

  /** The text of the answer to {@code message}, which may show images. */
  @CheckReturnValue
  public Call<String> ask(Message message) {
    Objects.requireNonNull(message, "message");
    return agent.exchange(k -> conversation.ask(message, k));
  }

  /**
   * The answer to {@code prompt} as an object of {@code type}; see {@link Agent#chat(String, Class)}.
   *
   * @throws IllegalStateException where Jackson or the schema generator is not on the class path
   * @throws IllegalArgumentException where {@code type} has no JSON schema
   */
  @CheckReturnValue
  public <T> Call<T> ask(String prompt, Class<T> type) {
    return ask(Message.user(prompt), type);
  }

  /** The answer to {@code message} as an object; see {@link #ask(String, Class)}. */
  @CheckReturnValue
  public <T> Call<T> ask(Message message, Class<T> type) {
    return ask(message, Answers.of(type));
  }

  /** The answer to {@code prompt} as {@code type}, such as a list; see {@link Answers}. */
  @CheckReturnValue
  public <T> Call<T> ask(String prompt, OutputType<T> type) {
    return ask(Message.user(prompt), type);
  }

  /** The answer to {@code message} as {@code type}, such as a list; see {@link Answers}. */
  @CheckReturnValue
  public <T> Call<T> ask(Message message, OutputType<T> type) {
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(type, "type");
    return agent.exchange(k -> conversation.ask(message, type, k));
  }

  /** The whole answer to {@code prompt}. */
  @CheckReturnValue
  public Call<AgentResponse> chat(String prompt) {
    return chat(Message.user(prompt));
  }

  /** The whole answer to {@code message}, which may show images. */
  @CheckReturnValue
  public Call<AgentResponse> chat(Message message) {
    return chat(List.of(message));
  }

  /**
   * The whole answer to {@code messages}, such as the results of tools that the agent does not run.
   *
   * @throws IllegalArgumentException where there are none
   */
  @CheckReturnValue
  public Call<AgentResponse> chat(List<Message> messages) {
    List<Message> prompt = some(messages);
    return agent.exchange(k -> conversation.chat(prompt, k));
  }

  /** The answer to {@code prompt} as an object, and how it came about; see {@link #ask(String, Class)}. */
  @CheckReturnValue
  public <T> Call<StructuredResponse<T>> chat(String prompt, Class<T> type) {
    return chat(Message.user(prompt), type);
  }

  /** The answer to {@code message} as an object, and how it came about; see {@link #ask(String, Class)}. */
  @CheckReturnValue
  public <T> Call<StructuredResponse<T>> chat(Message message, Class<T> type) {
    return chat(message, Answers.of(type));
  }

  /** The answer to {@code prompt} as {@code type}, and how it came about; see {@link Answers}. */
  @CheckReturnValue
  public <T> Call<StructuredResponse<T>> chat(String prompt, OutputType<T> type) {
    return chat(Message.user(prompt), type);
  }

  /** The answer to {@code message} as {@code type}, and how it came about; see {@link Answers}. */
  @CheckReturnValue
  public <T> Call<StructuredResponse<T>> chat(Message message, OutputType<T> type) {
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(type, "type");
    return agent.exchange(k -> conversation.chat(message, type, k));
  }

  /**
   * The answer to {@code prompt} as it is written; see {@link Agent#stream(String)}. The turn lasts
   * until the stream is read to its end or closed: another one waits as long. The history has it from
   * the last event on; leaving before it has changed nothing. Events are read as they are taken.
   */
  @CheckReturnValue
  public StreamCall<AgentEvent> stream(String prompt) {
    return stream(Message.user(prompt));
  }

  /** The answer to {@code message} as it is written, as {@link #stream(String)}. */
  @CheckReturnValue
  public StreamCall<AgentEvent> stream(Message message) {
    return stream(List.of(message));
  }

  /**
   * The answer to {@code messages} as it is written, as {@link #stream(String)}.
   *
   * @throws IllegalArgumentException where there are none
   */
  @CheckReturnValue
  public StreamCall<AgentEvent> stream(List<Message> messages) {
    List<Message> prompt = some(messages);
    return agent.eventsTaken(() -> conversation.stream(prompt));
  }

  /**
   * The answer to {@code prompt} as it is written, with the object that it is in the last event; as
   * {@link #stream(String)}.
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
   * as {@link #stream(String)}. See {@link Answers}.
   */
  @CheckReturnValue
  public <T> StreamCall<AgentEvent> stream(String prompt, OutputType<T> type) {
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(type, "type");
    return agent.eventsTaken(() -> conversation.stream(prompt, type));
  }

  /**
   * Another conversation with the same agent that begins with this history as it is now. From here on
   * neither sees the other; a turn that has not ended is not in it.
   */
  public Conversation fork() {
    return new Conversation(agent, conversation.fork());
  }

  /**
   * Forgets all messages, those given at the start, too. A turn that is under way ends as it would
   * have, and is forgotten as well; those that wait begin with nothing.
   */
  public void reset() {
    conversation.reset();
  }

  /**
   * The {@link #history} as JSON, for {@link Agent#loadConversation(String)}: all kinds of content,
   * bytes of images too. It is as private as what was said.
   */
  public String save() {
    return conversation.save();
  }

  /** Says how much there is, not what. */
  @Override
  public String toString() {
    return "Conversation(" + history().size() + " messages, " + agent + ")";
  }

  private static List<Message> some(List<Message> messages) {
    List<Message> copy = List.copyOf(messages);
    if (copy.isEmpty()) {
      throw new IllegalArgumentException("A turn has to say something: there are no messages");
    }
    return copy;
  }
}
