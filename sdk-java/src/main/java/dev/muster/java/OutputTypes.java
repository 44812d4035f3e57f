package dev.muster.java;

import dev.muster.agent.OutputType;
import dev.muster.java.json.JsonBinding;
import java.lang.reflect.Type;
import java.util.Objects;

/**
 * Creates output types for structured responses. A plain class can be passed to {@code returning}
 * directly. For a generic type, use a {@link TypeRef}:
 *
 * <pre>{@code
 * static final OutputType<List<Recipe>> RECIPES = OutputTypes.of(new TypeRef<List<Recipe>>() {});
 *
 * static Call<List<Recipe>> menu(Agent agent) {
 *   return agent.returning(RECIPES).ask("Three soups for this week");
 * }
 * }</pre>
 *
 * <p>This needs {@code dev.muster:muster-jackson} on the class path, or {@code muster-jackson3} with
 * Jackson 3. For a custom schema and parser, use {@link OutputType#of}, which needs neither.
 */
public final class OutputTypes {
  private OutputTypes() {}

  /**
   * Creates an output type for {@code type}, a record or another class that Jackson can read.
   *
   * @throws IllegalStateException if {@code muster-jackson} or a Jackson module for a type in it is
   *     not on the class path; the message says what to add
   * @throws IllegalArgumentException if {@code type} has no JSON schema, or Jackson cannot create
   *     it
   */
  public static <T> OutputType<T> of(Class<T> type) {
    Objects.requireNonNull(type, "type");
    return of(type.getSimpleName(), type);
  }

  /**
   * Creates an output type for a generic type, such as a list, a map or a record with type
   * parameters. This generates the schema each time, so keep the result in a constant.
   *
   * @throws IllegalStateException if {@code muster-jackson} or a Jackson module for a type in it is
   *     not on the class path; the message says what to add
   * @throws IllegalArgumentException if the type has no JSON schema, Jackson cannot create it, or
   *     it contains an unresolved type variable
   */
  public static <T> OutputType<T> of(TypeRef<T> type) {
    Objects.requireNonNull(type, "type");
    // Removes the package names.
    return of(type.type().getTypeName().replaceAll("[\\w.$]*[.$]", ""), type.type());
  }

  private static <T> OutputType<T> of(String name, Type type) {
    JsonBinding json = Bindings.get();
    return OutputType.of(name, json.schema(type), text -> json.<T>read(text, type));
  }
}
