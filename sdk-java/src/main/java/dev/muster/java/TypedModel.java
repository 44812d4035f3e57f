package dev.muster.java;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.OutputType;
import dev.muster.agent.StructuredResponse;
import dev.muster.agent.TypedChatModel;
import dev.muster.chat.ChatRequest;
import dev.muster.chat.Message;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Model} whose calls give objects of one type. Created by {@link Model#returning(Class)}.
 * Immutable and thread-safe.
 *
 * <p>A record component or field is required unless it is an {@code Optional} or {@code @Nullable}.
 * If a response does not match the type, it is sent back to the model with the validation error, up
 * to 2 times. After that the call fails with {@link
 * dev.muster.error.StructuredOutputException}. To change the number, use {@link
 * Agent.Builder#structuredRetries} and {@link Agent#returning(Class)}.
 *
 * <pre>{@code
 * TypedModel<Recipe> cook = model.returning(Recipe.class);
 * List<Recipe> menu = Calls.gather(dishes, cook::ask).execute();
 * }</pre>
 *
 * @param <T> the type of the responses
 */
@CheckReturnValue
public final class TypedModel<T> {
  private final TypedChatModel<T> model;
  private final @Nullable Executor executor;

  TypedModel(TypedChatModel<T> model, @Nullable Executor executor) {
    this.model = model;
    this.executor = executor;
  }

  /** Returns the type of the responses. */
  public OutputType<T> type() {
    return model.getType();
  }

  /** Returns a call that sends {@code prompt} and gives the response as an object. */
  public Call<T> ask(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return Call.ofExchange(k -> model.ask(prompt, k), executor);
  }

  /**
   * Returns a call that sends {@code message}, which may contain images, and gives the response as
   * an object. The call fails with {@link dev.muster.error.InvalidRequestException} if {@code
   * message} is not a user message.
   */
  public Call<T> ask(Message message) {
    Objects.requireNonNull(message, "message");
    return Call.ofExchange(k -> model.ask(message, k), executor);
  }

  /**
   * Returns a call that sends {@code request} and gives the response as an object. The type
   * replaces the {@link ChatRequest#responseFormat} of the request.
   */
  public Call<T> ask(ChatRequest request) {
    Objects.requireNonNull(request, "request");
    return Call.ofExchange(k -> model.ask(request, k), executor);
  }

  /**
   * Returns a call that sends {@code prompt} and gives the object together with the whole response.
   */
  public Call<StructuredResponse<T>> chat(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return Call.ofExchange(k -> model.chat(prompt, k), executor);
  }

  /**
   * Returns a call that sends {@code message} and gives the object together with the whole
   * response. See {@link #ask(Message)}.
   */
  public Call<StructuredResponse<T>> chat(Message message) {
    Objects.requireNonNull(message, "message");
    return Call.ofExchange(k -> model.chat(message, k), executor);
  }

  /**
   * Returns a call that sends {@code request} and gives the object together with the whole
   * response. See {@link #ask(ChatRequest)}.
   */
  public Call<StructuredResponse<T>> chat(ChatRequest request) {
    Objects.requireNonNull(request, "request");
    return Call.ofExchange(k -> model.chat(request, k), executor);
  }

  /**
   * Returns a call that streams the response to {@code prompt}. The last event is {@link
   * AgentEvent.Finished}, whose {@code structured} has the object. If a response does not match the
   * type, its text was already streamed when the model is asked again.
   */
  public EventStreamCall<AgentEvent> stream(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return EventStreamCall.ofAgent(StreamCall.ofEvents(() -> model.stream(prompt), executor));
  }

  /**
   * Returns a call that streams the response to {@code message}. See {@link #stream(String)} and
   * {@link #ask(Message)}.
   */
  public EventStreamCall<AgentEvent> stream(Message message) {
    Objects.requireNonNull(message, "message");
    return EventStreamCall.ofAgent(StreamCall.ofEvents(() -> model.stream(message), executor));
  }

  /**
   * Returns a call that streams the response to {@code request}. See {@link #stream(String)} and
   * {@link #ask(ChatRequest)}.
   */
  public EventStreamCall<AgentEvent> stream(ChatRequest request) {
    Objects.requireNonNull(request, "request");
    return EventStreamCall.ofAgent(StreamCall.ofEvents(() -> model.stream(request), executor));
  }

  @Override
  public String toString() {
    return "TypedModel(" + type().name() + " of " + model.getModel().getId() + ")";
  }
}
