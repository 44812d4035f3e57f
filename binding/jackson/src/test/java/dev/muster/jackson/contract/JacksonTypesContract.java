package dev.muster.jackson.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.muster.java.OutputTypes;
import dev.muster.java.Tools;
import dev.muster.java.json.JsonBinding;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What each binding must do: Jackson's annotations and the JDK's types have the same effect on the
 * schema and on reading.
 */
public abstract class JacksonTypesContract {
  /** The tested binding. */
  protected final JsonBinding json = Bound.binding();

  /** An enum with words of its own. */
  public enum Level {
    @JsonProperty("low")
    LOW,
    @JsonProperty("top most")
    HIGH
  }

  enum Grade {
    FIRST(1),
    SECOND(2);

    private final int number;

    Grade(int number) {
      this.number = number;
    }

    @JsonValue
    String said() {
      return "grade " + number;
    }
  }

  @JsonClassDescription("A place")
  record Place(
      @JsonProperty("zip_code") String zip,
      Level level,
      Optional<Level> other,
      Grade grade,
      @JsonIgnore @Nullable String secret) {}

  @Test
  void c7NamesOfPropertiesAndOfEnumsAreThoseThatJacksonReads() {
    Map<String, Object> schema = json.schema(Place.class);
    assertEquals("A place", schema.get("description"));
    Map<String, Object> properties = properties(schema);
    assertEquals(Set.of("zip_code", "level", "other", "grade"), properties.keySet());
    Map<String, Object> levels = Map.of("type", "string", "enum", List.of("low", "top most"));
    assertEquals(levels, properties.get("level"));
    assertEquals(Map.of("anyOf", List.of(Map.of("type", "null"), levels)), properties.get("other"));
    assertEquals(
        Map.of("type", "string", "enum", List.of("grade 1", "grade 2")), properties.get("grade"));
    assertEquals(
        new Place("8000", Level.HIGH, Optional.empty(), Grade.SECOND, null),
        json.read(
            "{\"zip_code\":\"8000\",\"level\":\"top most\",\"other\":null,\"grade\":\"grade 2\"}",
            Place.class));
  }

  record Times(LocalDate day, Instant moment, Duration length, UUID id) {}

  @Test
  void c7DatesAndIdsAreStrings() {
    properties(json.schema(Times.class))
        .forEach((name, schema) -> assertEquals("string", asMap(schema).get("type"), name));
    Times times = new Times(
        LocalDate.of(2026, 11, 21),
        Instant.ofEpochSecond(7),
        Duration.ofMinutes(3),
        new UUID(1, 2));
    assertEquals(times, json.read(json.write(times), Times.class));
    IllegalArgumentException wrong = assertThrows(
        IllegalArgumentException.class, () -> json.read("{\"day\":\"tomorrow\"}", Times.class));
    assertTrue(wrong.getMessage().startsWith("day: "), wrong::getMessage);
  }

  record Numbers(OptionalLong big, OptionalDouble exact, Optional<Integer> some, long whole) {}

  @Test
  void c7NumbersThatMayBeMissingAreWhatTheyCarryOrNull() {
    Map<String, Object> properties = properties(json.schema(Numbers.class));
    assertEquals(Map.of("type", List.of("integer", "null")), properties.get("big"));
    assertEquals(Map.of("type", List.of("number", "null")), properties.get("exact"));
    assertEquals(Map.of("type", List.of("integer", "null")), properties.get("some"));
    assertEquals(List.of("whole"), json.schema(Numbers.class).get("required"));
  }

  @Test
  void c9WholeNumbersMayBeWrittenWithAFractionAndMustFitTheirType() {
    Numbers read =
        json.read("{\"big\":7,\"exact\":null,\"some\":3.0,\"whole\":4e0}", Numbers.class);
    assertEquals(new Numbers(OptionalLong.of(7), OptionalDouble.empty(), Optional.of(3), 4), read);
    assertThrows(
        IllegalArgumentException.class, () -> json.read("{\"whole\":1e30}", Numbers.class));
    assertThrows(
        IllegalArgumentException.class, () -> json.read("{\"whole\":null}", Numbers.class));
  }

  record Page<T>(List<T> items, Optional<List<T>> more) {}

  record Word(String word) {}

  record Book(Page<Word> words, Page<Integer> numbers, Map<String, List<Word>> index, Word[] all) {}

  @Test
  void c7GenericTypesAreWhatTheyAreOf() {
    Map<String, Object> properties = properties(json.schema(Book.class));
    Map<String, Object> word = json.schema(Word.class);
    Map<String, Object> words = Map.of("type", "array", "items", word);
    assertEquals(words, properties(asMap(properties.get("words"))).get("items"));
    assertEquals(
        Map.of("type", "array", "items", Map.of("type", "integer")),
        properties(asMap(properties.get("numbers"))).get("items"));
    assertEquals(Map.of("type", "object", "additionalProperties", words), properties.get("index"));
    assertEquals(words, properties.get("all"));
    assertEquals(words, json.schema(Word[].class));
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({@JsonSubTypes.Type(Dog.class), @JsonSubTypes.Type(value = Owl.class, name = "owl")
  })
  sealed interface Pet permits Dog, Owl {}

  record Dog(String name) implements Pet {}

  record Owl(int nights) implements Pet {}

  record Home(Pet pet) {}

  @Test
  void c7SubtypesAreReadByTheNamesThatTheSchemaSays() {
    for (Pet pet : List.of(new Dog("Rex"), new Owl(3))) {
      String text = json.write(new Home(pet));
      assertEquals(new Home(pet), json.read(text, Home.class));
      String name = text.replaceAll(".*\"kind\":\"([^\"]*)\".*", "$1");
      String schema = json.schema(Home.class).toString();
      assertTrue(schema.contains("enum=[" + name + "]"), schema);
    }
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
  sealed interface ByClass permits One {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
  sealed interface Wrapped permits One {}

  record One(int n) implements ByClass, Wrapped {}

  @Test
  void c7WhatIsToldApartByItsClassOrAroundItHasNoSchema() {
    for (Class<?> type : List.of(ByClass.class, Wrapped.class)) {
      IllegalArgumentException none =
          assertThrows(IllegalArgumentException.class, () -> json.schema(type));
      assertTrue(none.getMessage().contains("subtypes by name"), none::getMessage);
    }
  }

  /** An interface that nothing implements. */
  public interface Vague {}

  /** Holds what Jackson cannot create. */
  public record Holder(List<Vague> vague) {}

  static final class Unmade {
    private final int n;

    Unmade(int n) {
      this.n = n;
    }
  }

  record Unmakable(Map<String, Unmade> unmade) {}

  static final class TwoSetters {
    public void setOne(Map<String, String> one) {}

    public void setOne(List<String> one) {}
  }

  @Test
  void c9WhatJacksonCannotMakeIsRefusedBeforeAModelIsAskedForIt() {
    assertTrue(refused(Holder.class).contains("Vague (Holder.vague)"));
    assertTrue(refused(Unmakable.class).contains("Unmade (Unmakable.unmade)"));
    assertTrue(refused(TwoSetters.class).contains("one"));
    assertTrue(refused(Vague.class).contains("it is abstract"));
    IllegalArgumentException tool = assertThrows(
        IllegalArgumentException.class, () -> Tools.of("t", "T", Holder.class, Holder::toString));
    assertTrue(tool.getMessage().contains("Vague"), tool::getMessage);
  }

  private String refused(Class<?> type) {
    return assertThrows(IllegalArgumentException.class, () -> OutputTypes.of(type), type::getName)
        .getMessage();
  }

  @Test
  void c9WhatJacksonCannotMakeIsNoFaultOfTheModel() {
    IllegalStateException cannot = assertThrows(
        IllegalStateException.class, () -> json.read("{\"vague\":[{}]}", Holder.class));
    assertTrue(cannot.getMessage().contains("Holder: vague[0]: "), cannot::getMessage);
  }

  record Positive(int n) {
    Positive {
      if (n < 1) throw new IllegalArgumentException("n must be positive");
    }
  }

  @Test
  void c9WhatTheTypeItselfRefusesIsToldToTheModel() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> json.read("{\"n\":0}", Positive.class));
    assertTrue(refused.getMessage().contains("n must be positive"), refused::getMessage);
  }

  static final class Names {
    record Node(List<Node> below) {}
  }

  record Node(Names.Node other, List<Node> next) {}

  static final class First {
    record Side(int left) {}
  }

  static final class Second {
    record Side(int right) {}
  }

  record Sides(First.Side a, First.Side b, Second.Side c, Second.Side d) {}

  @Test
  void c7ClassesOfOneNameThatAreUsedTwiceEachStayTwo() {
    Map<String, Object> properties = properties(json.schema(Sides.class));
    assertEquals(properties.get("a"), properties.get("b"));
    assertEquals(properties.get("c"), properties.get("d"));
    assertEquals(Set.of("left"), properties(asMap(properties.get("a"))).keySet());
    assertEquals(Set.of("right"), properties(asMap(properties.get("c"))).keySet());
  }

  @Test
  void c7TwoClassesOfOneNameThatContainThemselvesStayTwo() {
    Map<String, Object> schema = json.schema(Node.class);
    Map<String, Object> definitions = asMap(schema.get("$defs"));
    assertEquals(2, definitions.size(), schema::toString);
    String next =
        asMap(asMap(properties(schema).get("next")).get("items")).get("$ref").toString();
    String other = asMap(properties(schema).get("other")).get("$ref").toString();
    assertEquals(
        Set.of("other", "next"),
        properties(asMap(definitions.get(next.replace("#/$defs/", "")))).keySet());
    assertEquals(
        Set.of("below"),
        properties(asMap(definitions.get(other.replace("#/$defs/", "")))).keySet());
  }

  private static Map<String, Object> properties(Map<String, Object> schema) {
    return asMap(schema.get("properties"));
  }

  @SuppressWarnings("unchecked") // Safe: schemas consist of such maps.
  private static Map<String, Object> asMap(@Nullable Object value) {
    return (Map<String, Object>) value;
  }
}
