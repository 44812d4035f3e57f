package dev.muster.java;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The libraries that Java classes as answers and tools need, which do not come with this one; and
 * what to say where they are missing or do not fit. Names no class of theirs.
 */
final class Libraries {
  /** The versions to add where there is none to go by: those that the tests run with. */
  static final String JACKSON = "2.22.1";

  static final String VICTOOLS = "4.38.0";

  private static final String DATABIND = "com.fasterxml.jackson.core:jackson-databind";
  private static final String GENERATOR = "com.github.victools:jsonschema-generator";
  private static final String MODULE = "com.github.victools:jsonschema-module-jackson";
  private static final String MAPPER = "com.fasterxml.jackson.databind.ObjectMapper";
  private static final String CONFIG =
      "com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder";

  private Libraries() {}

  /** What to say where {@code failure} came of the libraries that are on the class path. */
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
      return "jsonschema-generator" + said(victools)
          + " needs Jackson 3, which Muster does not use. Replace it with " + GENERATOR + ":"
          + VICTOOLS + " and " + MODULE + ":" + VICTOOLS;
    }
    return "jackson-databind" + said(jackson) + " and jsonschema-generator" + said(victools)
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
    // Its only class that all versions have.
    if (find("com.github.victools.jsonschema.module.jackson.JacksonOption") == null) {
      missing.add(MODULE + ":" + VICTOOLS);
    }
    return missing;
  }

  /** The module of Jackson's for the types {@code name} stands for, in the version that is beside it. */
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
      // It names a class of another Jackson, which is not there.
      return true;
    }
  }

  /** Whether no class of the {@code name} is on the class path. */
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

  private static String said(@Nullable String version) {
    return version == null ? "" : " " + version;
  }

  /** As the jar says it, or null. */
  private static @Nullable String version(String artifact) {
    String file = "META-INF/maven/" + artifact.replace(':', '/') + "/pom.properties";
    try (InputStream in = Libraries.class.getClassLoader().getResourceAsStream(file)) {
      if (in == null) return null;
      Properties said = new Properties();
      said.load(in);
      return said.getProperty("version");
    } catch (IOException e) {
      // It is only told beside what to add, which is known.
      return null;
    }
  }
}
