package dev.muster.java;

import dev.muster.chat.ChatRequest;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Whatever turns a prompt into a text: a model, an agent, or code of one's own. For code that should
 * not know which. {@code agent::ask}, {@code model::ask} and {@code conversation::ask} are executors
 * as they stand; {@code executor::execute} fits every operator.
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
  /** A call that gives the text for {@code prompt}. Nothing runs before that call does. */
  @CheckReturnValue
  Call<String> execute(String prompt);

  /** Asks {@code model}. */
  static PromptExecutor simple(Model model) {
    Objects.requireNonNull(model, "model");
    return model::ask;
  }

  /** Asks {@code model}, with {@code systemPrompt} above each prompt, unless it is blank. */
  static PromptExecutor simple(Model model, String systemPrompt) {
    Objects.requireNonNull(model, "model");
    if (systemPrompt.isBlank()) return model::ask;
    return prompt ->
        model.ask(ChatRequest.builder().system(systemPrompt).user(prompt).build());
  }

  /** Asks {@code agent}, which runs its tools; calls share nothing. */
  static PromptExecutor agent(Agent agent) {
    Objects.requireNonNull(agent, "agent");
    return agent::ask;
  }

  /**
   * Runs {@code body}, which may block, on a thread for callbacks: see {@link
   * Call#of(java.util.concurrent.Callable)}.
   */
  static PromptExecutor of(Function<? super String, String> body) {
    Objects.requireNonNull(body, "body");
    return prompt -> {
      Objects.requireNonNull(prompt, "prompt");
      return Call.of(() -> body.apply(prompt));
    };
  }

  /**
   * Waits for the stage that {@code body} gives, which is cancelled where the call is: see {@link
   * Call#fromFuture}.
   */
  static PromptExecutor async(Function<? super String, ? extends CompletionStage<String>> body) {
    Objects.requireNonNull(body, "body");
    return prompt -> {
      Objects.requireNonNull(prompt, "prompt");
      return Call.fromFuture(() -> body.apply(prompt));
    };
  }
}
