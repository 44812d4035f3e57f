package dev.muster.jackson.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.agent.OutputType;
import dev.muster.error.StructuredOutputException;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeRequest;
import dev.muster.java.Agent;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.java.OutputTypes;
import dev.muster.java.TypeRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each binding must do: structured responses as lists, maps and other generic types. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
public abstract class GenericTypesContract {
  private static final String ANN = "{\"name\":\"Ann\",\"age\":40}";
  private static final Person ann = new Person("Ann", 40);
  private static final OutputType<List<Person>> PEOPLE =
      OutputTypes.of(new TypeRef<List<Person>>() {});
  private static final OutputType<Map<String, Person>> BY_NAME =
      OutputTypes.of(new TypeRef<Map<String, Person>>() {});

  private final Wire wire = new Wire();
  private final Muster responses = Muster.builder()
      .environment(Map.of())
      .provider("openai-responses", it -> it.baseUrl(wire.server.openAiUrl()).apiKey("test-key"))
      .build();

  record Person(String name, int age) {}

  record Page<T>(List<T> items, Optional<T> best) {}

  record Tree(int value, List<Tree> below) {}

  sealed interface Pet permits Dog, Owl {}

  record Dog(String name) implements Pet {}

  record Owl(int nights) implements Pet {}

  @AfterEach
  void close() {
    responses.close();
    wire.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "openai::gpt-4o-mini",
        "openai-responses::gpt-4o-mini",
        "anthropic::claude-sonnet-4-5",
        "gemini::gemini-2.5-flash",
        "ollama::gemma3:latest"
      })
  @DisplayName("C7 a list stands in an object, a map is one, over each wire form")
  void overEachWireForm(String id) {
    Model model = id.startsWith("openai-r") ? responses.model(id) : wire.muster.model(id);
    assertEquals(List.of(ann), asked(model, "{\"value\":[" + ANN + "]}", PEOPLE));
    assertEquals(Map.of("a", ann), asked(model, "{\"a\":" + ANN + "}", BY_NAME));
  }

  private <T> T asked(Model model, String json, OutputType<T> type) {
    wire.server.reset();
    wire.server.otherwise(FakeReply.text(json));
    T answer = model.returning(type).ask("Who?").execute();
    FakeRequest seen = wire.server.requests().get(0);
    assertEquals(null, seen.rejection(), seen.body());
    assertTrue(seen.body().contains("age"), seen.body());
    return answer;
  }

  @Test
  @DisplayName("C7 a generic record, a set, an array, a wildcard and a sealed type in a list")
  void otherTypes() {
    String page = "{\"items\":[" + ANN + "],\"best\":" + ANN + "}";
    assertEquals(
        new Page<>(List.of(ann), Optional.of(ann)), read(new TypeRef<Page<Person>>() {}, page));
    assertEquals(
        List.of(new Page<>(List.of(1), Optional.empty())),
        read(new TypeRef<List<Page<Integer>>>() {}, "[{\"items\":[1.0]}]"));
    assertEquals(Set.of(ann), read(new TypeRef<Set<Person>>() {}, "[" + ANN + "]"));
    assertEquals(ann, read(new TypeRef<Person[]>() {}, "[" + ANN + "]")[0]);
    assertEquals(
        List.of(ann), read(new TypeRef<List<Person>[]>() {}, "{\"value\":[[" + ANN + "]]}")[0]);
    assertEquals(List.of(ann), read(new TypeRef<List<? extends Person>>() {}, "[" + ANN + "]"));
    assertEquals(
        List.of(new Owl(2), new Dog("Rex")),
        read(
            new TypeRef<List<Pet>>() {},
            "[{\"type\":\"Owl\",\"nights\":2},{\"type\":\"Dog\",\"name\":\"Rex\"}]"));
    assertEquals(
        Map.of("oak", List.of(new Tree(1, List.of(new Tree(2, List.of()))))),
        read(
            new TypeRef<Map<String, List<Tree>>>() {},
            "{\"oak\":[{\"value\":1,\"below\":[{\"value\":2,\"below\":[]}]}]}"));
    assertEquals(ann, read(new TypeRef<Person>() {}, ANN));
  }

  private static <T> T read(TypeRef<T> type, String json) {
    return OutputTypes.of(type).decode(json);
  }

  @Test
  @DisplayName("C7 a type's name is that of its classes, without their packages")
  void names() {
    assertEquals("ListPerson", PEOPLE.name());
    assertEquals("MapStringPerson", BY_NAME.name());
    assertEquals("Person", OutputTypes.of(Person.class).name());
    assertEquals(
        OutputTypes.of(Person.class).schema(),
        OutputTypes.of(new TypeRef<Person>() {}).schema());
  }

  @Test
  @DisplayName("C9 what does not fit is said with its place, and asked for again")
  void asksAgain() {
    assertFault("value[0].age is missing", "[{\"name\":\"Ann\"}]", PEOPLE);
    assertFault("value[0] must be object, not null", "[null]", PEOPLE);
    assertFault(
        "a.age must be integer, not string", "{\"a\":{\"name\":\"A\",\"age\":\"1\"}}", BY_NAME);
    wire.server.otherwise(FakeReply.text("{\"value\":[7]}"));
    Agent agent = wire.muster.agent("openai::gpt-4o-mini").structuredRetries(1).build();
    ExecutionException failed = assertThrows(
        ExecutionException.class,
        () -> agent.returning(PEOPLE).ask("Who?").executeAsync().get());
    StructuredOutputException why = (StructuredOutputException) failed.getCause();
    assertTrue(why.getMessage().contains("did not return a valid ListPerson"), why::getMessage);
    assertEquals(2, why.tries());
  }

  private static void assertFault(String fault, String json, OutputType<?> type) {
    IllegalArgumentException said =
        assertThrows(IllegalArgumentException.class, () -> type.decode(json));
    assertEquals(fault, said.getMessage());
  }

  @Test
  @DisplayName("C7 a type with a type variable is refused, and it is said why")
  void refused() {
    IllegalArgumentException unknown = assertThrows(
        IllegalArgumentException.class,
        () -> OutputTypes.of(GenericTypesContract.<Person>unknown()));
    assertTrue(unknown.getMessage().contains("contains a type variable"), unknown::getMessage);
  }

  private static <T> TypeRef<Map<String, List<? extends T[]>>> unknown() {
    return new TypeRef<>() {};
  }
}
