package dev.muster.java;

import dev.muster.agent.OutputType;
import java.lang.reflect.Type;
import java.util.Objects;

/**
 * Makes the types that answers are asked for in. A class can be given to {@code ask}, {@code chat}
 * and {@code stream} as it is, a generic type is said by a {@link TypeRef}:
 *
 * <pre>{@code
 * static final OutputType<List<Recipe>> RECIPES = Answers.of(new TypeRef<List<Recipe>>() {});
 *
 * static Call<List<Recipe>> menu(Agent agent) {
 *   return agent.ask("Three soups for this week", RECIPES);
 * }
 * }</pre>
 *
 * <p>A type with a schema and a reading of your own is made by {@link OutputType#of}, which needs
 * neither Jackson nor the schema generator.
 */
public final class Answers {
  private Answers() {}

  /**
   * The output type of {@code type}, a record or another class that Jackson reads.
   *
   * @throws IllegalStateException where Jackson, the schema generator or a module of Jackson's for a
   *     type in it is not on the class path; the message says what to add
   * @throws IllegalArgumentException where {@code type} has no JSON schema, or Jackson cannot make it
   */
  public static <T> OutputType<T> of(Class<T> type) {
    Objects.requireNonNull(type, "type");
    return of(type.getSimpleName(), type);
  }

  /**
   * The output type of what {@code type} says, such as a list, a map or a record of one's own with type
   * parameters. The schema is made here: best once, for a constant.
   *
   * @throws IllegalStateException where Jackson, the schema generator or a module of Jackson's for a
   *     type in it is not on the class path; the message says what to add
   * @throws IllegalArgumentException where the type has no JSON schema, Jackson cannot make it, or a type variable stands in
   *     it, of which nobody knows what it is
   */
  public static <T> OutputType<T> of(TypeRef<T> type) {
    Objects.requireNonNull(type, "type");
    // Without the packages.
    return of(type.type().getTypeName().replaceAll("[\\w.$]*[.$]", ""), type.type());
  }

  private static <T> OutputType<T> of(String name, Type type) {
    JsonBinding json = JsonBinding.get();
    return OutputType.of(name, json.schema(type), text -> json.<T>read(text, type));
  }
}
