package dev.muster.java;

import dev.muster.chat.ChatRequest;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Turns a prompt into a text: a model, an agent or custom code. For code that should not depend on
 * which one it is. {@code agent::ask}, {@code model::ask} and {@code conversation::ask} are
 * executors. {@code executor::execute} can be passed to every operator of {@link Calls}.
 *
 * <pre>{@code
 * List<PromptExecutor> executors = List.of(
 *     PromptExecutor.simple(model, "Be concise."),
 *     PromptExecutor.agent(agent),
 *     PromptExecutor.of(prompt -> prompt.toUpperCase(Locale.ROOT)));
 * List<String> answers =
 *     Calls.gather(executors, it -> it.execute("What is 2 + 2?")).execute();
 * System.out.println(answers);
 * }</pre>
 */
@FunctionalInterface
public interface PromptExecutor {
  /**
   * Returns a call that gives the text for {@code prompt}. Nothing runs before that call is
   * executed.
   */
  @CheckReturnValue
  Call<String> execute(String prompt);

  /** Returns an executor that asks {@code model}. */
  static PromptExecutor simple(Model model) {
    Objects.requireNonNull(model, "model");
    return model::ask;
  }

  /**
   * Returns an executor that asks {@code model}, with {@code systemPrompt} before each prompt
   * unless it is blank.
   */
  static PromptExecutor simple(Model model, String systemPrompt) {
    Objects.requireNonNull(model, "model");
    if (systemPrompt.isBlank()) return model::ask;
    return prompt ->
        model.ask(ChatRequest.builder().system(systemPrompt).user(prompt).build());
  }

  /** Returns an executor that asks {@code agent}, which runs its tools. Its calls share nothing. */
  static PromptExecutor agent(Agent agent) {
    Objects.requireNonNull(agent, "agent");
    return agent::ask;
  }

  /**
   * Returns an executor that runs {@code body} on a callback thread. {@code body} may block. See
   * {@link Call#of(java.util.concurrent.Callable)}.
   */
  static PromptExecutor of(Function<? super String, String> body) {
    Objects.requireNonNull(body, "body");
    return prompt -> {
      Objects.requireNonNull(prompt, "prompt");
      return Call.of(() -> body.apply(prompt));
    };
  }

  /**
   * Returns an executor that waits for the stage returned by {@code body}. Cancelling the call
   * cancels the stage. See {@link Call#fromFuture}.
   */
  static PromptExecutor async(Function<? super String, ? extends CompletionStage<String>> body) {
    Objects.requireNonNull(body, "body");
    return prompt -> {
      Objects.requireNonNull(prompt, "prompt");
      return Call.fromFuture(() -> body.apply(prompt));
    };
  }
}
