package dev.muster.jackson3;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.PackageVersion;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Types that need a Jackson module, and the error messages for types that Jackson does not know or
 * that a model must not write.
 */
final class DataTypes {
  /**
   * Types that Jackson would read, but that a model must not choose or whose JSON is ambiguous;
   * with what to use instead.
   */
  private static final Map<Class<?>, String> INSTEAD = Map.of(
      TimeZone.class, "it accepts any text as a time zone; use java.time.ZoneId",
      Class.class, "a model must not choose which class is loaded; use an enum",
      JavaType.class, "a model must not choose which class is loaded; use an enum",
      InetAddress.class, "reading it can cause a network lookup; use a String",
      InetSocketAddress.class, "reading it can cause a network lookup; use a String",
      StackTraceElement.class, "it is not a data type; use a record",
      Map.Entry.class, "use a record with a key and a value",
      Void.class, "it has no value; remove it");

  private static final List<String> JDK = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.");

  private DataTypes() {}

  /**
   * Returns the exception for a {@code type}, at {@code path}, that Jackson does not know. {@code
   * why} is Jackson's own exception, if any.
   */
  static RuntimeException refusal(JavaType type, String path, @Nullable DatabindException why) {
    Class<?> unknown =
        why instanceof InvalidDefinitionException definition && definition.getType() != null
            ? definition.getType().getRawClass()
            : type.getRawClass();
    String module = module(unknown);
    if (module != null) {
      return new IllegalStateException(
          "Jackson needs a module for " + unknown.getName() + " (" + path + "): add " + module
              + " to the class path",
          why);
    }
    return refusal(unknown, path, why == null ? reason(type) : why.getOriginalMessage(), why);
  }

  /** Returns the exception for a {@code type}, at {@code path}, that is not supported. */
  static RuntimeException refusal(JavaType type, String path, String reason) {
    return refusal(type.getRawClass(), path, reason, null);
  }

  private static RuntimeException refusal(
      Class<?> type, String path, String reason, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "Jackson does not support " + type.getName() + " (" + path + "): " + reason, cause);
  }

  /**
   * Rejects types that a model must not write.
   *
   * @throws IllegalArgumentException if {@code type} is one of them; the message says what to use
   *     instead
   */
  static void refuseByName(JavaType type, String path) {
    Class<?> raw = type.getRawClass();
    String instead = INSTEAD.get(raw);
    if (instead != null) throw refusal(type, path, instead);
    boolean isNode = JsonNode.class.isAssignableFrom(raw);
    if (isNode && !List.of(JsonNode.class, ObjectNode.class, ArrayNode.class).contains(raw)) {
      throw refusal(type, path, "use JsonNode, ObjectNode or ArrayNode");
    }
  }

  /** Returns whether {@code type} belongs to the JDK: its fields are implementation details. */
  static boolean isJdk(Class<?> type) {
    return JDK.stream().anyMatch(type.getName()::startsWith);
  }

  private static String reason(JavaType type) {
    return type.isAbstract()
        ? "it is abstract; use a class, a record or a sealed type, or annotate the property with"
            + " @JsonIgnore"
        : "it has no usable constructor; use a record, or add a constructor without parameters";
  }

  private static @Nullable String module(Class<?> type) {
    String version = PackageVersion.VERSION.toString();
    if (type.getName().startsWith("org.joda.time.")) {
      return "tools.jackson.datatype:jackson-datatype-joda:" + version;
    }
    boolean isKotlin = Arrays.stream(type.getAnnotations())
        .anyMatch(it -> it.annotationType().getName().equals("kotlin.Metadata"));
    return isKotlin && Libraries.lacks("tools.jackson.module.kotlin.KotlinModule")
        ? "tools.jackson.module:jackson-module-kotlin:" + version
        : null;
  }
}
