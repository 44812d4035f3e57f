package dev.muster.jackson;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The messages for libraries of this module that are missing on the class path, because a build
 * excludes them, or incompatible. This class must not reference a class of these libraries.
 */
final class Libraries {
  /** The versions to suggest if none is on the class path: those used by the tests. */
  static final String JACKSON = "2.22.1";

  static final String VICTOOLS = "4.38.0";

  private static final String DATABIND = "com.fasterxml.jackson.core:jackson-databind";
  private static final String GENERATOR = "com.github.victools:jsonschema-generator";
  private static final String MODULE = "com.github.victools:jsonschema-module-jackson";
  private static final String MAPPER = "com.fasterxml.jackson.databind.ObjectMapper";
  private static final String CONFIG =
      "com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder";

  private Libraries() {}

  /** Returns the exception for a {@code failure} caused by the libraries on the class path. */
  static IllegalStateException refusal(LinkageError failure) {
    return new IllegalStateException(
        "Structured output and tools with Java classes need Jackson 2 and victools 4: "
            + fault(failure),
        failure);
  }

  private static String fault(LinkageError failure) {
    List<String> missing = missing();
    if (!missing.isEmpty()) return "add " + String.join(", ", missing) + " to the class path";
    String jackson = version(DATABIND);
    String victools = version(GENERATOR);
    if (needsJackson3()) {
      return "jsonschema-generator" + suffix(victools)
          + " needs Jackson 3, which muster-jackson does not use. Replace it with " + GENERATOR
          + ":" + VICTOOLS + " and " + MODULE + ":" + VICTOOLS
          + ", or replace muster-jackson with muster-jackson3";
    }
    return "jackson-databind" + suffix(jackson) + " and jsonschema-generator" + suffix(victools)
        + " do not work together (" + failure + "). Use " + DATABIND
        + " 2.16 or newer, with jackson-core and jackson-annotations of the same version, and "
        + GENERATOR + ":" + VICTOOLS + " and " + MODULE + ":" + VICTOOLS;
  }

  private static List<String> missing() {
    List<String> missing = new ArrayList<>();
    if (find(MAPPER) == null) {
      missing.add(DATABIND + ":" + JACKSON);
      for (String module : List.of("jdk8", "jsr310")) missing.add(datatype(module, null));
    }
    if (find(CONFIG) == null) missing.add(GENERATOR + ":" + VICTOOLS);
    // The only class of this module that exists in all versions.
    if (find("com.github.victools.jsonschema.module.jackson.JacksonOption") == null) {
      missing.add(MODULE + ":" + VICTOOLS);
    }
    return missing;
  }

  /** Returns the Jackson module {@code name}, in the version of the Jackson on the class path. */
  static String datatype(String name, @Nullable String version) {
    return "com.fasterxml.jackson.datatype:jackson-datatype-" + name + ":"
        + (version == null ? JACKSON : version);
  }

  private static boolean needsJackson3() {
    Class<?> config = find(CONFIG);
    if (config == null) return false;
    try {
      return Arrays.stream(config.getConstructors())
          .map(Constructor::getParameterTypes)
          .noneMatch(types -> types.length > 0 && types[0].getName().equals(MAPPER));
    } catch (LinkageError e) {
      // It refers to a class of another Jackson version, which is missing.
      return true;
    }
  }

  /** Returns whether the class {@code name} is not on the class path. */
  static boolean lacks(String name) {
    return find(name) == null;
  }

  private static @Nullable Class<?> find(String name) {
    try {
      return Class.forName(name, false, Libraries.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      return null;
    }
  }

  private static String suffix(@Nullable String version) {
    return version == null ? "" : " " + version;
  }

  /** Returns the version stored in the jar, or null. */
  private static @Nullable String version(String artifact) {
    String file = "META-INF/maven/" + artifact.replace(':', '/') + "/pom.properties";
    try (InputStream in = Libraries.class.getClassLoader().getResourceAsStream(file)) {
      if (in == null) return null;
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      // The version is optional in the message.
      return null;
    }
  }
}
