package dev.muster.java.json;

import dev.muster.annotation.ExperimentalMusterApi;
import java.lang.reflect.Type;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts Java objects to and from JSON and generates their JSON schemas. {@link
 * dev.muster.java.OutputTypes} and {@link dev.muster.java.Tools} use it for classes. {@code
 * muster-jackson} implements it with Jackson 2, {@code muster-jackson3} with Jackson 3.
 *
 * <p>{@link java.util.ServiceLoader} finds the implementation. It needs a public constructor
 * without parameters and the file {@code META-INF/services/dev.muster.java.json.JsonBinding}. Its
 * methods may run on several threads at once. There may be only one implementation on the class
 * path.
 */
@ExperimentalMusterApi
public interface JsonBinding {
  /**
   * Returns the JSON schema of {@code type}, made of maps, lists, strings, numbers, booleans and
   * nulls. A property is required unless it is an {@code Optional} or {@code @Nullable}. Recursive
   * types are in {@code $defs}; all other types are inlined.
   *
   * @throws IllegalArgumentException if the type has no JSON schema, or {@link #read} could not
   *     read a value that matches it
   * @throws IllegalStateException if a library to read the type is missing; the message says what
   *     to add
   */
  Map<String, @Nullable Object> schema(Type type);

  /**
   * Parses {@code json} as a {@code type}. Unknown properties are ignored. An {@code Error} that a
   * constructor of the type throws is thrown unchanged.
   *
   * @throws IllegalArgumentException if {@code json} is not a valid value; the message can be sent
   *     to the model
   * @throws IllegalStateException if the type cannot be created from any JSON
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
   * @throws IllegalStateException if a library to write them is missing; the message says what to
   *     add
   */
  void checkResult(Type type);

  /**
   * Returns {@code value} as JSON.
   *
   * @throws IllegalArgumentException if the value cannot be written
   * @throws IllegalStateException if no value of its class can be written
   */
  String write(@Nullable Object value);
}
