package dev.muster.java;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * Says a generic type, for which there is no {@code Class}; see {@link Answers#of(TypeRef)}. It is
 * made with braces behind it, as a class of its own: only classes remember what they are of.
 *
 * <pre>{@code
 * OutputType<Map<String, Recipe>> week = Answers.of(new TypeRef<Map<String, Recipe>>() {});
 * Map<String, Recipe> soups = model.ask("A soup for each weekday", week).execute();
 * }</pre>
 *
 * @param <T> the type that is said
 */
public abstract class TypeRef<T> {
  private final Type type;

  /**
   * Reads the type that stands in the angle brackets.
   *
   * @throws IllegalArgumentException where none stands there
   */
  protected TypeRef() {
    Class<?> direct = getClass();
    while (direct.getSuperclass() != TypeRef.class) direct = direct.getSuperclass();
    if (!(direct.getGenericSuperclass() instanceof ParameterizedType said)) {
      throw new IllegalArgumentException(
          direct.getName() + " says no type: write new TypeRef<List<Recipe>>() {}");
    }
    type = said.getActualTypeArguments()[0];
  }

  /** The type that is said. */
  public final Type type() {
    return type;
  }

  @Override
  public final String toString() {
    return "TypeRef(" + type.getTypeName() + ")";
  }
}
