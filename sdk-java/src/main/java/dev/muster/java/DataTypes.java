package dev.muster.java;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.cfg.PackageVersion;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import org.jspecify.annotations.Nullable;

/** Types that Jackson reads and writes with a module only, and what to say of those it does not know at all. */
final class DataTypes {
  private DataTypes() {}

  /**
   * What to throw where Jackson does not know {@code type}, at {@code path}; {@code why} is what it
   * says of it, if anything.
   */
  static RuntimeException refusal(JavaType type, String path, @Nullable JsonMappingException why) {
    Class<?> unknown =
        why instanceof InvalidDefinitionException definition && definition.getType() != null
            ? definition.getType().getRawClass()
            : type.getRawClass();
    String module = module(unknown);
    if (module != null) {
      return new IllegalStateException(
          "Jackson needs a module for " + unknown.getName() + " (" + path + "): add "
              + Libraries.datatype(module, PackageVersion.VERSION.toString())
              + " to the class path",
          why);
    }
    return new IllegalArgumentException(
        "Jackson does not support " + unknown.getName() + " (" + path + "): "
            + (why == null ? reason(type) : why.getOriginalMessage()),
        why);
  }

  private static String reason(JavaType type) {
    return type.isAbstract()
        ? "it is abstract; use a class, a record or a sealed type, or mark the property @JsonIgnore"
        : "it has no constructor to use; use a record, or add a constructor without parameters";
  }

  private static @Nullable String module(Class<?> type) {
    if (JavaTypes.OPTIONALS.contains(type)) return "jdk8";
    String name = type.getName();
    if (name.startsWith("java.time.")) return "jsr310";
    return name.startsWith("org.joda.time.") ? "joda" : null;
  }
}
