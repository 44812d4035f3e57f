package dev.muster.java;

import dev.muster.agent.OutputType;
import java.util.Objects;

/** The types that answers are asked for in. */
final class Answers {
  private Answers() {}

  /**
   * The output type of {@code type}.
   *
   * @throws IllegalStateException where Jackson or victools is not on the class path
   * @throws IllegalArgumentException where {@code type} has no JSON schema
   */
  static <T> OutputType<T> of(Class<T> type) {
    Objects.requireNonNull(type, "type");
    JsonBinding json = JsonBinding.get();
    return OutputType.of(type.getSimpleName(), json.schema(type), text -> json.<T>read(text, type));
  }
}
