package dev.muster.java.json;

import dev.muster.annotation.ExperimentalMusterApi;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Converts a generated schema to the subset that every provider accepts: references only for
 * recursive types, no {@code const}, and objects without additional properties. For authors of a
 * {@link JsonBinding}.
 */
@ExperimentalMusterApi
public final class SchemaTree {
  private static final String REFERENCE = "$ref";
  private static final String DEFINITIONS = "$defs";
  private static final Map<String, Object> NULL = Map.of("type", "null");
  private static final List<String> PLAIN = List.of("string", "integer", "number", "boolean");

  private final Map<String, Object> definitions = new LinkedHashMap<>();
  private final Set<String> recursive = new HashSet<>();
  private final String rootName;

  private SchemaTree(Map<String, @Nullable Object> root, String rootName) {
    if (root.get(DEFINITIONS) instanceof Map<?, ?> defined) {
      defined.forEach((key, schema) -> definitions.put("#/" + DEFINITIONS + "/" + key, schema));
    }
    String free = "#/" + DEFINITIONS + "/" + rootName;
    // Another class may have the same name.
    while (definitions.containsKey(free)) free += "_";
    this.rootName = free;
    Map<String, @Nullable Object> body = new LinkedHashMap<>(root);
    body.remove(DEFINITIONS);
    definitions.put("#", body);
    definitions.keySet().forEach(name -> {
      if (reaches(definitions.get(name), name, new HashSet<>())) recursive.add(name);
    });
  }

  /**
   * Returns {@code schema} in that subset. Does not change {@code schema}.
   *
   * @param schema a JSON schema whose definitions are in {@code $defs}; {@code #} refers to the
   *     schema itself
   * @param type the type that the schema describes; if it contains itself, its definition gets the
   *     simple name of its class
   */
  public static Map<String, @Nullable Object> plain(
      Map<String, @Nullable Object> schema, Type type) {
    String name = type instanceof Class<?> of ? of.getSimpleName() : "Root";
    SchemaTree tree = new SchemaTree(schema, name.replaceAll("\\W", ""));
    Map<String, @Nullable Object> plain = tree.object((Map<?, ?>) tree.definitions.get("#"));
    Map<String, Object> kept = new LinkedHashMap<>();
    tree.recursive.forEach(reference -> kept.put(
        tree.target(reference).substring(("#/" + DEFINITIONS + "/").length()),
        tree.object((Map<?, ?>) tree.definitions.get(reference))));
    if (!kept.isEmpty()) plain.put(DEFINITIONS, kept);
    return plain;
  }

  private boolean reaches(@Nullable Object node, String name, Set<String> seen) {
    if (node instanceof List<?> list) {
      return list.stream().anyMatch(element -> reaches(element, name, seen));
    }
    if (!(node instanceof Map<?, ?> map)) return false;
    if (map.get(REFERENCE) instanceof String to) {
      if (to.equals(name)) return true;
      if (seen.add(to) && reaches(definitions.get(to), name, seen)) return true;
    }
    return map.values().stream().anyMatch(value -> reaches(value, name, seen));
  }

  private String target(String reference) {
    return reference.equals("#") ? rootName : reference;
  }

  private @Nullable Object value(@Nullable Object node) {
    if (node instanceof Map<?, ?> map) return object(map);
    if (!(node instanceof List<?> list)) return node;
    List<@Nullable Object> plain = new ArrayList<>();
    list.forEach(element -> plain.add(value(element)));
    return plain;
  }

  private Map<String, @Nullable Object> object(Map<?, ?> node) {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    node.forEach((key, value) -> {
      if (key.equals(REFERENCE)) {
        reference(value.toString(), plain);
      } else if (key.equals("const")) {
        plain.putIfAbsent("type", "string");
        plain.put("enum", List.of(value));
      } else if (key.equals("properties")) {
        plain.put("properties", properties((Map<?, ?>) value));
      } else if (key.equals("allOf")) {
        // A generator may wrap a reference in allOf, to add a description beside it.
        ((List<?>) value).forEach(part -> object((Map<?, ?>) part).forEach(plain::putIfAbsent));
      } else {
        plain.put((String) key, value(value));
      }
    });
    if (plain.containsKey("properties")) {
      plain.putIfAbsent("required", List.of());
      plain.putIfAbsent("additionalProperties", false);
    }
    // An empty schema allows anything, like no schema.
    plain.remove("additionalProperties", Map.of());
    if (plain.get("anyOf") instanceof List<?> options) mergeNull(options, plain);
    return plain.containsKey("enum") && plain.get("type") instanceof List<?> types
        ? enumOrNull(plain, types)
        : plain;
  }

  /** A single plain type or null does not need anyOf. */
  private static void mergeNull(List<?> options, Map<String, @Nullable Object> plain) {
    List<?> some = options.stream().filter(it -> !NULL.equals(it)).toList();
    if (some.size() != 1 || some.size() == options.size()) return;
    Map<?, ?> only = (Map<?, ?>) some.get(0);
    if (!PLAIN.contains(String.valueOf(only.get("type"))) || only.containsKey("enum")) return;
    plain.remove("anyOf");
    only.forEach((key, value) -> plain.putIfAbsent((String) key, value));
    plain.put("type", List.of(only.get("type"), "null"));
  }

  /** Some providers reject null among the values of an enum. */
  private static Map<String, @Nullable Object> enumOrNull(
      Map<String, @Nullable Object> schema, List<?> types) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>(schema);
    values.put("type", types.get(0));
    values.put(
        "enum", ((List<?>) schema.get("enum")).stream().filter(Objects::nonNull).toList());
    Object description = values.remove("description");
    Map<String, @Nullable Object> either = new LinkedHashMap<>();
    either.put("anyOf", List.of(values, NULL));
    if (description != null) either.put("description", description);
    return either;
  }

  /** Property names are chosen by the user and may equal schema keywords. */
  private Map<String, @Nullable Object> properties(Map<?, ?> properties) {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    properties.forEach((name, schema) -> plain.put((String) name, value(schema)));
    return plain;
  }

  private void reference(String to, Map<String, @Nullable Object> plain) {
    if (recursive.contains(to)) {
      plain.put(REFERENCE, target(to));
    } else {
      object((Map<?, ?>) definitions.get(to)).forEach(plain::putIfAbsent);
    }
  }
}
