package dev.muster.java;

import dev.muster.agent.OutputType;
import dev.muster.agent.TypedChatModels;
import dev.muster.chat.ChatEvent;
import dev.muster.chat.ChatRequest;
import dev.muster.chat.ChatResponse;
import dev.muster.chat.GenerationSettings;
import dev.muster.chat.Message;
import dev.muster.chat.ModelId;
import dev.muster.chat.StructuredOutputMode;
import dev.muster.model.ChatModel;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A model of a provider. Thread-safe. Its calls share nothing but connections.
 *
 * <pre>{@code
 * String answer = model.ask("What is 2 + 2?").execute();
 * long tokens = model.chat("Name a prime.").execute().usage().totalTokens();
 * System.out.println(answer + ", " + tokens + " tokens");
 * }</pre>
 */
@CheckReturnValue
public final class Model {
  private final ChatModel model;
  private final @Nullable Executor executor;

  Model(ChatModel model, @Nullable Executor executor) {
    this.model = model;
    this.executor = executor;
  }

  /** Returns the id of this model. */
  public ModelId id() {
    return model.getId();
  }

  /**
   * Returns a call that sends {@code prompt} and gives the text of the response.
   *
   * <p>The call fails with {@link dev.muster.error.IncompleteResponseException} if the model paused
   * before the response was complete, or if the response contains other parts, such as an image,
   * and no text.
   */
  public Call<String> ask(String prompt) {
    return ask(ChatRequest.of(prompt));
  }

  /**
   * Returns a call that sends {@code message}, which may contain images, and gives the text of the
   * response. See {@link #ask(String)}. The call fails with {@link
   * dev.muster.error.InvalidRequestException} if {@code message} is not a user message.
   */
  public Call<String> ask(Message message) {
    Objects.requireNonNull(message, "message");
    return Call.ofExchange(k -> model.ask(message, k), executor);
  }

  /**
   * Returns a call that sends {@code request} and gives the text of the response. See {@link
   * #ask(String)}.
   */
  public Call<String> ask(ChatRequest request) {
    Objects.requireNonNull(request, "request");
    return Call.ofExchange(k -> model.ask(request, k), executor);
  }

  /**
   * Returns a call that sends {@code prompt} and gives the whole response: text, usage, finish
   * reason and more.
   */
  public Call<ChatResponse> chat(String prompt) {
    return chat(ChatRequest.of(prompt));
  }

  /**
   * Returns a call that sends {@code message}, which may contain images, and gives the whole
   * response. The call fails with {@link dev.muster.error.InvalidRequestException} if {@code
   * message} is not a user message.
   */
  public Call<ChatResponse> chat(Message message) {
    Objects.requireNonNull(message, "message");
    return Call.ofExchange(k -> model.chat(message, k), executor);
  }

  /** Returns a call that sends {@code request} and gives the whole response. */
  public Call<ChatResponse> chat(ChatRequest request) {
    Objects.requireNonNull(request, "request");
    return Call.ofExchange(k -> model.chat(request, k), executor);
  }

  /**
   * Returns a call that streams the response to {@code prompt}. See {@link #stream(ChatRequest)}.
   */
  public EventStreamCall<ChatEvent> stream(String prompt) {
    return stream(ChatRequest.of(prompt));
  }

  /**
   * Returns a call that streams the response to {@code message}, which may contain images. See
   * {@link #stream(ChatRequest)}. The stream fails with {@link
   * dev.muster.error.InvalidRequestException} if {@code message} is not a user message.
   */
  public EventStreamCall<ChatEvent> stream(Message message) {
    Objects.requireNonNull(message, "message");
    return EventStreamCall.ofModel(StreamCall.ofEvents(() -> model.stream(message), executor));
  }

  /**
   * Returns a call that streams the response to {@code request}. The last event is {@link
   * ChatEvent.Finished}. If the connection ends before the response is complete, the stream fails
   * with {@link dev.muster.error.StreamTruncatedException}, which has the text so far.
   */
  public EventStreamCall<ChatEvent> stream(ChatRequest request) {
    Objects.requireNonNull(request, "request");
    return EventStreamCall.ofModel(StreamCall.ofEvents(() -> model.stream(request), executor));
  }

  /**
   * Returns how this model can best be made to respond to {@code request} in its {@link
   * ChatRequest#responseFormat}. Sends nothing. The result may depend on the format and on the rest
   * of the request.
   */
  public StructuredOutputMode structuredOutput(ChatRequest request) {
    Objects.requireNonNull(request, "request");
    return model.structuredOutput(request);
  }

  /**
   * Returns this model with {@code settings} for all its requests. A setting of a request goes
   * before that of {@code settings}; see {@link GenerationSettings#over}. This model does not
   * change.
   */
  public Model with(GenerationSettings settings) {
    Objects.requireNonNull(settings, "settings");
    return new Model(model.with(settings), executor);
  }

  /**
   * Returns a view of this model whose calls give the response as a {@code type}, a record or
   * another class that Jackson can read: {@code model.returning(Recipe.class).ask("A soup")}. This
   * generates the schema of the type, so keep the view if you need it often. Sends nothing.
   *
   * @throws IllegalStateException if {@code muster-jackson} is not on the class path
   * @throws IllegalArgumentException if {@code type} has no JSON schema
   */
  public <T> TypedModel<T> returning(Class<T> type) {
    return returning(OutputTypes.of(type));
  }

  /**
   * Returns a view of this model whose calls give the response as a {@code type}, for example a
   * list. See {@link OutputTypes}. Sends nothing.
   */
  public <T> TypedModel<T> returning(OutputType<T> type) {
    Objects.requireNonNull(type, "type");
    return new TypedModel<>(TypedChatModels.returning(model, type), executor);
  }

  @Override
  public String toString() {
    return "Model(" + id() + ")";
  }
}
