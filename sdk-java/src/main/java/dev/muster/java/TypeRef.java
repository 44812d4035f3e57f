package dev.muster.java;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * Holds a generic type, which a {@code Class} cannot express. See {@link OutputTypes#of(TypeRef)}.
 * Instantiate it as an anonymous subclass (note the braces): only a class records its type
 * arguments.
 *
 * <pre>{@code
 * OutputType<Map<String, Recipe>> week = OutputTypes.of(new TypeRef<Map<String, Recipe>>() {});
 * Map<String, Recipe> soups =
 *     model.returning(week).ask("A soup for each weekday").execute();
 * }</pre>
 *
 * @param <T> the type to hold
 */
public abstract class TypeRef<T> {
  private final Type type;

  /**
   * Reads the type argument of the subclass.
   *
   * @throws IllegalArgumentException if it has no type argument
   */
  protected TypeRef() {
    Class<?> direct = getClass();
    while (direct.getSuperclass() != TypeRef.class) direct = direct.getSuperclass();
    if (!(direct.getGenericSuperclass() instanceof ParameterizedType generic)) {
      throw new IllegalArgumentException(
          direct.getName() + " has no type argument: write new TypeRef<List<Recipe>>() {}");
    }
    type = generic.getActualTypeArguments()[0];
  }

  /** Returns the type. */
  public final Type type() {
    return type;
  }

  @Override
  public final String toString() {
    return "TypeRef(" + type.getTypeName() + ")";
  }
}
