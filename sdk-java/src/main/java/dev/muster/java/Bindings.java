package dev.muster.java;

import dev.muster.java.json.JsonBinding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds the {@link JsonBinding} on the class path. */
final class Bindings {
  private static volatile @Nullable JsonBinding known;

  private Bindings() {}

  /**
   * Returns the binding.
   *
   * @throws IllegalStateException if there is none, or more than one; the message says what to do
   */
  static JsonBinding get() {
    JsonBinding before = known;
    if (before != null) return before;
    JsonBinding beside =
        only(ServiceLoader.load(JsonBinding.class, Bindings.class.getClassLoader()));
    if (beside != null) {
      known = beside;
      return beside;
    }
    // A server may load this class for several programs, each with a binding of its own.
    JsonBinding ofProgram = only(ServiceLoader.load(JsonBinding.class));
    if (ofProgram != null) return ofProgram;
    throw new IllegalStateException(
        "Structured output and tools with Java classes need a JSON binding: add"
            + " dev.muster:muster-jackson:" + version()
            + " to the class path. With Jackson 3, as in"
            + " Spring Boot 4, add dev.muster:muster-jackson3 instead");
  }

  private static @Nullable JsonBinding only(ServiceLoader<JsonBinding> loader) {
    List<JsonBinding> found = new ArrayList<>();
    loader.forEach(found::add);
    if (found.size() < 2) return found.isEmpty() ? null : found.get(0);
    List<String> names =
        found.stream().map(it -> it.getClass().getName()).sorted().toList();
    throw new IllegalStateException("The class path has more than one JSON binding: "
        + String.join(", ", names) + ". Remove all but one");
  }

  /** Returns the version of this library, which the build writes into a file beside this class. */
  private static String version() {
    Properties properties = new Properties();
    try (InputStream file = Bindings.class.getResourceAsStream("version.properties")) {
      properties.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
