package dev.muster.java;

import java.lang.reflect.Type;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts Java objects to and from JSON and generates their JSON schemas. Uses Jackson and
 * victools, which are not transitive dependencies of this library: users who pass no class do not
 * need them.
 */
interface JsonBinding {
  /**
   * Returns the shared instance.
   *
   * @throws IllegalStateException if Jackson or victools is not on the class path or has an
   *     unsupported version; the message says what to add
   */
  static JsonBinding get() {
    try {
      return JacksonBinding.shared();
    } catch (LinkageError e) {
      throw Libraries.refusal(e);
    }
  }

  /**
   * Returns the JSON schema of {@code type}, made of maps, lists, strings, numbers, booleans and
   * nulls. A property is required unless it is an {@code Optional} or {@code @Nullable}. Recursive
   * types are in {@code $defs}; all other types are inlined.
   *
   * @throws IllegalArgumentException if the type has no JSON schema, or Jackson could not read a
   *     value that matches it
   * @throws IllegalStateException if Jackson lacks a module to read the type; the message says what
   *     to add
   */
  Map<String, @Nullable Object> schema(Type type);

  /**
   * Parses {@code json} as a {@code type}. Unknown properties are ignored.
   *
   * @throws IllegalArgumentException if {@code json} is not a valid value; the message can be sent
   *     to the model
   * @throws IllegalStateException if Jackson cannot create the type from any JSON
   */
  <T> T read(String json, Type type);

  /**
   * Returns the properties of the object {@code json}, each as JSON, without those that are null.
   * Numbers keep their notation.
   *
   * @throws IllegalArgumentException if {@code json} is not JSON
   */
  Map<String, String> members(String json);

  /**
   * Checks that values of {@code type} can be written, as far as the static type tells.
   *
   * @throws IllegalArgumentException if they cannot be written
   * @throws IllegalStateException if Jackson lacks a module to write them; the message says what to
   *     add
   */
  void checkResult(Type type);

  /**
   * Returns {@code value} as JSON.
   *
   * @throws IllegalArgumentException if the value cannot be written
   * @throws IllegalStateException if Jackson cannot write any value of its class
   */
  String write(@Nullable Object value);
}
