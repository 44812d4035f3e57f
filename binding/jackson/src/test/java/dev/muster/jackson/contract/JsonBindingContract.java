package dev.muster.jackson.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.muster.agent.Description;
import dev.muster.java.json.JsonBinding;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What each binding must do: schemas of classes, and reading and writing their objects. */
public abstract class JsonBindingContract {
  private final JsonBinding json = Bound.binding();

  @Description("A whole recipe")
  record Recipe(
      @Description("What it is called") String name,
      @JsonPropertyDescription("In minutes") int time,
      List<Step> steps,
      Mood mood,
      Map<String, Double> grams,
      Optional<String> note,
      OptionalInt serves,
      @Nullable Step last,
      LocalDate since) {}

  record Step(String text, boolean hard) {}

  enum Mood {
    GOOD,
    FAIR
  }

  static final class Pojo {
    private String title = "";
    public int pages;

    public String getTitle() {
      return title;
    }

    public void setTitle(String title) {
      this.title = title;
    }
  }

  sealed interface Shape permits Circle, Square {}

  record Circle(double radius) implements Shape {}

  @JsonTypeName("box")
  record Square(double side) implements Shape {}

  record Drawing(List<Shape> shapes) {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({@JsonSubTypes.Type(value = Cat.class, name = "cat")})
  interface Animal {}

  record Cat(int lives) implements Animal {}

  record Zoo(Animal star) {}

  record Tree(int value, List<Tree> children) {}

  record Wood(Tree oak, Tree elm) {}

  @Test
  void c7RecordHasItsPropertiesInOrderAndWhatIsNotOptionalIsRequired() {
    Map<String, Object> schema = json.schema(Recipe.class);
    assertEquals("A whole recipe", schema.get("description"));
    assertEquals(false, schema.get("additionalProperties"));
    assertEquals(
        List.of("name", "time", "steps", "mood", "grams", "note", "serves", "last", "since"),
        List.copyOf(properties(schema).keySet()));
    assertEquals(
        List.of("grams", "mood", "name", "since", "steps", "time"),
        ((List<?>) schema.get("required"))
            .stream().map(Object::toString).sorted().toList());
    Map<String, Object> step =
        object(Map.of("text", type("string"), "hard", type("boolean")), List.of("text", "hard"));
    assertEquals(
        Map.of("type", "string", "description", "What it is called"), property(schema, "name"));
    assertEquals(Map.of("type", "integer", "description", "In minutes"), property(schema, "time"));
    assertEquals(Map.of("type", "array", "items", step), property(schema, "steps"));
    assertEquals(
        Map.of("type", "string", "enum", List.of("GOOD", "FAIR")), property(schema, "mood"));
    assertEquals(
        Map.of("type", "object", "additionalProperties", type("number")),
        property(schema, "grams"));
    assertEquals(Map.of("type", List.of("string", "null")), property(schema, "note"));
    assertEquals(Map.of("type", List.of("integer", "null")), property(schema, "serves"));
    assertTrue(property(schema, "last").toString().contains("null"), schema::toString);
    assertEquals("string", property(schema, "since").get("type"));
  }

  @Test
  void c7RecordIsReadAndWritten() {
    Recipe recipe = json.read("""
        {"name":"Tea","time":4,"steps":[{"text":"Boil","hard":false}],"mood":"GOOD",
         "grams":{"leaves":2.5},"since":"2026-11-21","more":1}""", Recipe.class);
    assertEquals(
        new Recipe(
            "Tea",
            4,
            List.of(new Step("Boil", false)),
            Mood.GOOD,
            Map.of("leaves", 2.5),
            Optional.empty(),
            OptionalInt.empty(),
            null,
            LocalDate.of(2026, 11, 21)),
        recipe);
    assertEquals(recipe, json.read(json.write(recipe), Recipe.class));
  }

  @Test
  void c7PojoIsReadBySettersAndFields() {
    Map<String, Object> schema = json.schema(Pojo.class);
    assertEquals(Map.of("title", type("string"), "pages", type("integer")), properties(schema));
    Pojo pojo = json.read("{\"title\":\"Dune\",\"pages\":412}", Pojo.class);
    assertEquals("Dune", pojo.title);
    assertEquals(412, pojo.pages);
  }

  @Test
  void c7SealedTypeIsOneOfThosePermitted() {
    Map<String, Object> circle = object(
        Map.of("type", which("Circle"), "radius", type("number")), List.of("type", "radius"));
    Map<String, Object> square =
        object(Map.of("type", which("box"), "side", type("number")), List.of("type", "side"));
    assertEquals(Map.of("anyOf", List.of(circle, square)), json.schema(Shape.class));
    assertEquals(
        Map.of("type", "array", "items", json.schema(Shape.class)),
        property(json.schema(Drawing.class), "shapes"));
    Drawing drawing = new Drawing(List.of(new Circle(1), new Square(2)));
    String text = json.write(drawing);
    assertTrue(text.contains("\"type\":\"box\""), text);
    assertEquals(drawing, json.read(text, Drawing.class));
    assertEquals(new Circle(3), json.read("{\"type\":\"Circle\",\"radius\":3}", Shape.class));
  }

  @Test
  void c7AnnotatedSubtypesAreToldApartAsJacksonDoes() {
    Map<String, Object> star = property(json.schema(Zoo.class), "star");
    assertTrue(star.toString().contains("kind={type=string, enum=[cat]}"), star::toString);
    assertFalse(star.toString().contains("$ref"), star::toString);
    assertEquals(
        new Zoo(new Cat(9)), json.read("{\"star\":{\"kind\":\"cat\",\"lives\":9}}", Zoo.class));
  }

  @Test
  void c7WhatContainsItselfStandsAmongTheDefinitions() {
    Map<String, Object> tree = json.schema(Tree.class);
    assertEquals(
        Map.of("type", "array", "items", Map.of("$ref", "#/$defs/Tree")),
        property(tree, "children"));
    assertEquals(properties(tree), properties(asMap(asMap(tree.get("$defs")).get("Tree"))));
    Map<String, Object> wood = json.schema(Wood.class);
    assertEquals(Map.of("$ref", "#/$defs/Tree"), property(wood, "oak"));
    assertEquals(List.of("Tree"), List.copyOf(asMap(wood.get("$defs")).keySet()));
  }

  @Test
  void c9WhatDoesNotFitIsSaidSoThatTheModelCanMendIt() {
    String steps = "{\"name\":\"Tea\",\"steps\":[{\"text\":\"Boil\",\"hard\":\"ten\"}]}";
    IllegalArgumentException wrong =
        assertThrows(IllegalArgumentException.class, () -> json.read(steps, Recipe.class));
    assertTrue(wrong.getMessage().startsWith("steps[0].hard: "), wrong::getMessage);
    IllegalArgumentException missing = assertThrows(
        IllegalArgumentException.class, () -> json.read("{\"text\":\"Boil\"}", Step.class));
    assertTrue(missing.getMessage().contains("'hard'"), missing::getMessage);
    assertThrows(IllegalArgumentException.class, () -> json.read("{\"text\":", Step.class));
    assertThrows(IllegalArgumentException.class, () -> json.read("null", Step.class));
    String whole = "{\"text\":\"a\",\"hard\":true}";
    assertEquals(new Step("a", true), json.read(whole, Step.class));
    assertThrows(IllegalArgumentException.class, () -> json.read(whole + " b", Step.class));
  }

  private static Map<String, Object> object(Map<String, Object> properties, List<String> required) {
    return Map.of(
        "type",
        "object",
        "properties",
        properties,
        "required",
        required,
        "additionalProperties",
        false);
  }

  private static Map<String, Object> type(String name) {
    return Map.of("type", name);
  }

  private static Map<String, Object> which(String name) {
    return Map.of("type", "string", "enum", List.of(name));
  }

  private static Map<String, Object> properties(Map<String, Object> schema) {
    return asMap(schema.get("properties"));
  }

  private static Map<String, Object> property(Map<String, Object> schema, String name) {
    return asMap(properties(schema).get(name));
  }

  @SuppressWarnings("unchecked") // Safe: schemas consist of such maps.
  private static Map<String, Object> asMap(@Nullable Object value) {
    return (Map<String, Object>) value;
  }
}
