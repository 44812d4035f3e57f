package dev.muster.java;

import java.lang.reflect.Type;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Java objects as JSON: their schemas, for a model to write them, and both ways between text and
 * object. By Jackson and victools, which are not among the dependencies that come with this
 * library: who gives no class does without them.
 */
interface JsonBinding {
  /**
   * The one there is.
   *
   * @throws IllegalStateException where Jackson or victools is not on the class path; the message
   *     names what to add
   */
  static JsonBinding get() {
    try {
      return JacksonBinding.shared();
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException(
          "Java classes for answers and tools need Jackson and the schema generator on the class"
              + " path: add com.fasterxml.jackson.core:jackson-databind,"
              + " com.fasterxml.jackson.datatype:jackson-datatype-jdk8,"
              + " com.github.victools:jsonschema-generator and"
              + " com.github.victools:jsonschema-module-jackson",
          e);
    }
  }

  /**
   * The JSON schema of {@code type}: of maps, lists, strings, numbers, booleans and nulls. A property
   * is required unless it is an {@code Optional} or {@code @Nullable}. What contains itself stands in
   * {@code $defs}, all else where it is used.
   *
   * @throws IllegalArgumentException where it has none
   */
  Map<String, @Nullable Object> schema(Type type);

  /**
   * The object of {@code type} that {@code json} says; unknown properties are passed over.
   *
   * @throws IllegalArgumentException where it says none; the message is fit for the model
   * @throws IllegalStateException where no text could say one: Jackson does not know how to make it
   */
  <T> T read(String json, Type type);

  /**
   * {@code value} as JSON.
   *
   * @throws IllegalArgumentException where it cannot be written
   */
  String write(@Nullable Object value);
}
