package dev.muster.java;

import dev.muster.agent.OutputType;
import dev.muster.agent.StructuredAnswers;
import dev.muster.chat.ChatEvent;
import dev.muster.chat.ChatModel;
import dev.muster.chat.ChatRequest;
import dev.muster.chat.ChatResponse;
import dev.muster.chat.ModelId;
import dev.muster.spi.Composition;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A model of a provider. Thread-safe; its calls share nothing but connections.
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

  /** Which model this is. */
  public ModelId id() {
    return model.getId();
  }

  /**
   * The text of the answer to {@code prompt}. Fails with {@link
   * dev.muster.error.IncompleteAnswerException} where there is more to the answer than a text, or not
   * all of it.
   */
  public Call<String> ask(String prompt) {
    return ask(ChatRequest.of(prompt));
  }

  Call<String> ask(ChatRequest request) {
    return Call.ofExchange(k -> Composition.textOf(model, request, k), executor);
  }

  /**
   * The answer to {@code prompt} as an object of {@code type}, a record or another class that Jackson
   * reads; see {@link Agent#chat(String, Class)}.
   *
   * @throws IllegalStateException where Jackson or the schema generator is not on the class path
   * @throws IllegalArgumentException where {@code type} has no JSON schema
   */
  public <T> Call<T> ask(String prompt, Class<T> type) {
    return ask(prompt, Answers.of(type));
  }

  /**
   * The answer to {@code prompt} as {@code type}, such as a list; see {@link Answers} and {@link
   * Agent#chat(String, Class)}.
   */
  public <T> Call<T> ask(String prompt, OutputType<T> type) {
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(type, "type");
    return Call.ofExchange(k -> StructuredAnswers.ask(model, prompt, type, k), executor);
  }

  /** The whole answer to {@code prompt}: text, usage, finish reason and more. */
  public Call<ChatResponse> chat(String prompt) {
    return chat(ChatRequest.of(prompt));
  }

  /** The whole answer to {@code request}. */
  public Call<ChatResponse> chat(ChatRequest request) {
    Objects.requireNonNull(request, "request");
    return Call.ofExchange(k -> model.chat(request, k), executor);
  }

  /** The answer to {@code prompt} as it is written. */
  public StreamCall<ChatEvent> stream(String prompt) {
    return stream(ChatRequest.of(prompt));
  }

  /**
   * The answer to {@code request} as it is written. The last event is {@link ChatEvent.Finished}; an
   * answer that the transport cuts off ends in {@link
   * dev.muster.error.StreamTruncatedException} with the text so far.
   */
  public StreamCall<ChatEvent> stream(ChatRequest request) {
    Objects.requireNonNull(request, "request");
    return StreamCall.ofEvents(() -> model.stream(request), executor);
  }

  @Override
  public String toString() {
    return "Model(" + id() + ")";
  }
}
