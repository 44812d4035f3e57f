package dev.muster.java.json;

import dev.muster.annotation.ExperimentalMusterApi;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of a schema from {@link SchemaTree}, ignoring the option of null. For authors of a {@link
 * JsonBinding}, to compare a schema with what a JSON library reads.
 */
@ExperimentalMusterApi
public final class SchemaPart {
  /** A part about which nothing is known. It allows everything and has no properties. */
  public static final SchemaPart UNKNOWN = new SchemaPart(Map.of(), Map.of(), null);

  private final Map<?, ?> root;
  private final Map<?, ?> own;
  private final @Nullable String tag;

  private SchemaPart(Map<?, ?> root, Map<?, ?> own, @Nullable String tag) {
    this.root = root;
    this.own = own;
    this.tag = tag;
  }

  /** Returns the whole schema {@code root}, which {@link SchemaTree#plain} has returned. */
  public static SchemaPart of(Map<String, @Nullable Object> root) {
    return new SchemaPart(root, root, null).part(root);
  }

  private SchemaPart part(@Nullable Object schema) {
    if (!(schema instanceof Map<?, ?> map)) return UNKNOWN;
    if (map.get("$ref") instanceof String to) {
      Map<?, ?> definitions = (Map<?, ?>) root.get("$defs");
      return part(definitions.get(to.substring(to.lastIndexOf('/') + 1)));
    }
    List<?> some = withoutNull(map);
    return some.size() == 1 ? part(some.get(0)) : new SchemaPart(root, map, null);
  }

  private static List<?> withoutNull(Map<?, ?> schema) {
    if (!(schema.get("anyOf") instanceof List<?> options)) return List.of();
    return options.stream().filter(it -> !Map.of("type", "null").equals(it)).toList();
  }

  /** Returns whether nothing is known about this part. */
  public boolean isUnknown() {
    return own.isEmpty();
  }

  /** Returns whether the schema allows values of the JSON type {@code type}. */
  public boolean mayBe(String type) {
    Object declared = own.get("type");
    return declared == null
        || (declared instanceof List<?> types ? types.contains(type) : declared.equals(type));
  }

  /** Returns the names of the properties, in their order. Empty if this is not an object. */
  public List<String> names() {
    if (!(own.get("properties") instanceof Map<?, ?> properties)) return List.of();
    return properties.keySet().stream().map(Object::toString).toList();
  }

  /** Returns the property {@code name}, or {@link #UNKNOWN} if there is none. */
  public SchemaPart property(String name) {
    return own.get("properties") instanceof Map<?, ?> of ? part(of.get(name)) : UNKNOWN;
  }

  /** Returns the elements of an array, or {@link #UNKNOWN}. */
  public SchemaPart items() {
    return part(own.get("items"));
  }

  /** Returns the values of a map, or {@link #UNKNOWN}. */
  public SchemaPart values() {
    return part(own.get("additionalProperties"));
  }

  /** Returns the property that identifies this option of several, or null. */
  public @Nullable String tag() {
    return tag;
  }

  /** Returns the option whose {@code property} is {@code name}, or {@link #UNKNOWN}. */
  public SchemaPart option(@Nullable String property, @Nullable String name) {
    if (property == null || name == null) return UNKNOWN;
    List<?> options = own.get("anyOf") instanceof List<?> some ? some : List.of(own);
    for (Object option : options) {
      SchemaPart part = part(option);
      if (part.property(property).own.get("enum") instanceof List<?> names
          && names.contains(name)) {
        return new SchemaPart(root, part.own, property);
      }
    }
    return UNKNOWN;
  }
}
