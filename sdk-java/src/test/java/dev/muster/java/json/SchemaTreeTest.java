package dev.muster.java.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The part of a binding that no JSON library has a share in: the shape of its schemas. */
class SchemaTreeTest {
  private static final Map<String, Object> TEXT = Map.of("type", "string");
  private static final Map<String, Object> NULL = Map.of("type", "null");

  private static final class Tree {}

  @Test
  void c7AReferenceIsReplacedByWhatItStandsForAndKeepsTheDescriptionBesideIt() {
    Map<String, Object> wrapped = Map.of(
        "allOf", List.of(Map.of("$ref", "#/$defs/Step"), Map.of("description", "The last one")));
    Map<String, @Nullable Object> plain = plain(object(
        Map.of("last", wrapped),
        Map.of("Step", Map.of("type", "object", "properties", Map.of("text", TEXT)))));
    assertFalse(plain.containsKey("$defs"), plain::toString);
    assertEquals(
        Map.of(
            "type",
            "object",
            "properties",
            Map.of("text", TEXT),
            "required",
            List.of(),
            "additionalProperties",
            false,
            "description",
            "The last one"),
        properties(plain).get("last"));
  }

  @Test
  void c7WhatContainsItselfStaysADefinitionAndTheRootGetsTheNameOfItsClass() {
    Map<String, Object> below = Map.of("type", "array", "items", Map.of("$ref", "#"));
    Map<String, @Nullable Object> plain = plain(object(Map.of("below", below), Map.of()));
    Map<String, Object> toItself = Map.of("type", "array", "items", Map.of("$ref", "#/$defs/Tree"));
    assertEquals(toItself, properties(plain).get("below"));
    Map<?, ?> definition = (Map<?, ?>) ((Map<?, ?>) plain.get("$defs")).get("Tree");
    assertEquals(toItself, properties(definition).get("below"));
  }

  @Test
  void c7TheNameOfTheRootIsNotThatOfAnotherDefinition() {
    Map<String, Object> own = Map.of("type", "object", "properties", Map.of("a", ref("Tree")));
    Map<String, @Nullable Object> plain =
        plain(object(Map.of("me", Map.of("$ref", "#"), "it", ref("Tree")), Map.of("Tree", own)));
    assertEquals(ref("Tree_"), properties(plain).get("me"));
    assertEquals(ref("Tree"), properties(plain).get("it"));
  }

  @Test
  void c7AConstIsAnEnumOfOne() {
    assertEquals(
        Map.of("type", "string", "enum", List.of("cat")),
        properties(plain(object(Map.of("kind", Map.of("const", "cat")), Map.of())))
            .get("kind"));
  }

  @Test
  void c7APlainTypeOrNullNeedsNoAnyOfButAnEnumDoes() {
    Map<String, Object> enumOrNull = new LinkedHashMap<>();
    enumOrNull.put("type", List.of("string", "null"));
    enumOrNull.put("enum", Arrays.asList("A", null));
    enumOrNull.put("description", "Which");
    Map<?, ?> found = properties(plain(object(
        Map.of("text", Map.of("anyOf", List.of(NULL, TEXT)), "word", enumOrNull), Map.of())));
    assertEquals(Map.of("type", List.of("string", "null")), found.get("text"));
    assertEquals(
        Map.of(
            "anyOf",
            List.of(Map.of("type", "string", "enum", List.of("A")), NULL),
            "description",
            "Which"),
        found.get("word"));
  }

  @Test
  void c7APropertyMayHaveTheNameOfAKeyword() {
    Map<?, ?> found = properties(plain(object(Map.of("const", TEXT, "$ref", TEXT), Map.of())));
    assertEquals(Map.of("const", TEXT, "$ref", TEXT), found);
  }

  @Test
  void c9APartIsFoundByNameThroughReferencesAndWithoutNull() {
    Map<String, Object> circle = Map.of(
        "type",
        "object",
        "properties",
        Map.of("kind", Map.of("type", "string", "enum", List.of("circle")), "size", TEXT));
    Map<String, @Nullable Object> root = new LinkedHashMap<>(object(
        Map.of(
            "shape", Map.of("anyOf", List.of(circle, NULL)),
            "list", Map.of("type", "array", "items", ref("Leaf")),
            "map", Map.of("type", "object", "additionalProperties", TEXT)),
        Map.of("Leaf", Map.of("type", "object", "properties", Map.of("text", TEXT)))));
    SchemaPart part = SchemaPart.of(root);
    assertTrue(part.mayBe("object"));
    assertFalse(part.mayBe("array"));
    assertEquals(List.of("text"), part.property("list").items().names());
    assertTrue(part.property("map").values().mayBe("string"));
    SchemaPart option = part.property("shape").option("kind", "circle");
    assertEquals("kind", option.tag());
    assertTrue(option.names().containsAll(List.of("kind", "size")));
    assertNull(part.tag());
  }

  @Test
  void c9WhatIsNotThereIsUnknownAndAllowsEverything() {
    SchemaPart part = SchemaPart.of(new LinkedHashMap<>(TEXT));
    for (SchemaPart none : List.of(
        part.property("a"),
        part.items(),
        part.values(),
        part.option("kind", "circle"),
        part.option(null, "circle"),
        SchemaPart.UNKNOWN)) {
      assertTrue(none.isUnknown());
      assertTrue(none.mayBe("object") && none.mayBe("string"));
      assertEquals(List.of(), none.names());
    }
    assertFalse(part.isUnknown());
  }

  private static Map<String, @Nullable Object> plain(Map<String, @Nullable Object> schema) {
    return SchemaTree.plain(schema, Tree.class);
  }

  private static Map<String, @Nullable Object> object(
      Map<String, ?> properties, Map<String, ?> definitions) {
    Map<String, @Nullable Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    if (!definitions.isEmpty()) schema.put("$defs", definitions);
    return schema;
  }

  private static Map<String, Object> ref(String name) {
    return Map.of("$ref", "#/$defs/" + name);
  }

  private static Map<?, ?> properties(Map<?, ?> schema) {
    return (Map<?, ?>) schema.get("properties");
  }
}
