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
   * @throws IllegalStateException where Jackson or victools is not on the class path, or in a version
   *     that does not do; the message names what to add
   */
  static JsonBinding get() {
    try {
      return JacksonBinding.shared();
    } catch (LinkageError e) {
      throw Libraries.refusal(e);
    }
  }

  /**
   * The JSON schema of {@code type}: of maps, lists, strings, numbers, booleans and nulls. A property
   * is required unless it is an {@code Optional} or {@code @Nullable}. What contains itself stands in
   * {@code $defs}, all else where it is used.
   *
   * @throws IllegalArgumentException where it has none, or where what it says could not be read
   * @throws IllegalStateException where Jackson lacks a module to read it; the message names what to add
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
   * What the properties of the object {@code json} hold, each as JSON, with numbers as they are
   * written; without those that are null.
   *
   * @throws IllegalArgumentException where it is not JSON
   */
  Map<String, String> members(String json);

  /**
   * Whether values of {@code type} can be written, as far as the type tells.
   *
   * @throws IllegalArgumentException where they cannot
   * @throws IllegalStateException where Jackson lacks a module to write them; the message names what to
   *     add
   */
  void checkResult(Type type);

  /**
   * {@code value} as JSON.
   *
   * @throws IllegalArgumentException where it cannot be written
   * @throws IllegalStateException where no value of its class can be: Jackson does not know how
   */
  String write(@Nullable Object value);
}
