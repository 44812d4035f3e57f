package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.OutputType;
import dev.muster.agent.StructuredResponse;
import dev.muster.chat.Message;
import dev.muster.fake.FakeReply;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Generic types, and every method that takes one. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class TypeRefTest {
  private static final String ANN = "{\"name\":\"Ann\",\"age\":40}";
  private static final Person ann = new Person("Ann", 40);
  private static final OutputType<List<Person>> PEOPLE =
      OutputTypes.of(new TypeRef<List<Person>>() {});
  private static final OutputType<Map<String, Person>> BY_NAME =
      OutputTypes.of(new TypeRef<Map<String, Person>>() {});

  private final Wire wire = new Wire();

  record Person(String name, int age) {}

  @AfterEach
  void close() {
    wire.close();
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
  @DisplayName("C7 C14 agents and conversations take an output type wherever they take a class")
  void everyWay() {
    wire.server.otherwise(FakeReply.text("{\"value\":[" + ANN + "]}"));
    Agent agent = wire.agent();
    Conversation conversation = agent.conversation();
    Message who = Message.user("Who?");
    assertEquals(List.of(ann), agent.returning(PEOPLE).ask("Who?").execute());
    StructuredResponse<List<Person>> answer =
        agent.returning(PEOPLE).chat("Who?").execute();
    assertEquals(List.of(ann), answer.value());
    assertEquals(List.of(ann), last(agent.returning(PEOPLE).stream("Who?")));
    assertEquals(List.of(ann), conversation.returning(PEOPLE).ask("Who?").execute());
    assertEquals(List.of(ann), conversation.returning(PEOPLE).ask(who).execute());
    assertEquals(
        List.of(ann), conversation.returning(PEOPLE).chat("Who?").execute().value());
    assertEquals(
        List.of(ann), conversation.returning(PEOPLE).chat(who).execute().value());
    assertEquals(List.of(ann), last(conversation.returning(PEOPLE).stream("Who?")));
    assertEquals(10, conversation.history().size());
  }

  private static Object last(StreamCall<AgentEvent> stream) {
    List<AgentEvent> events = stream.toList().execute();
    return ((AgentEvent.Finished) events.get(events.size() - 1)).structured().value();
  }

  @Test
  @DisplayName("C7 an output type of one's own needs no class")
  void ownType() {
    wire.server.otherwise(FakeReply.text("{\"value\":\"ZRH-ULM\"}"));
    OutputType<List<String>> route = OutputType.of(
        "route",
        Map.of("type", "string"),
        json -> List.of(json.replace("\"", "").split("-")));
    assertEquals(
        List.of("ZRH", "ULM"), wire.model().returning(route).ask("Where?").execute());
  }

  static class Deep extends TypeRef<List<Person>> {}

  @Test
  @DisplayName("C7 a reference may be a class of a name, and be extended")
  void named() {
    assertEquals(PEOPLE.schema(), OutputTypes.of(new Deep() {}).schema());
    assertEquals("TypeRef(java.util.List<" + Person.class.getName() + ">)", new Deep().toString());
  }

  @Test
  @DisplayName("C7 a reference that says nothing, or not all, is refused, and it is said why")
  @SuppressWarnings("rawtypes") // Raw types are what is rejected here.
  void refused() {
    IllegalArgumentException nothing =
        assertThrows(IllegalArgumentException.class, () -> new TypeRef() {});
    assertTrue(nothing.getMessage().contains("has no type argument"), nothing::getMessage);
    IllegalArgumentException unknown = assertThrows(
        IllegalArgumentException.class, () -> OutputTypes.of(TypeRefTest.<Person>unknown()));
    assertTrue(unknown.getMessage().contains("has no JSON schema"), unknown::getMessage);
  }

  private static <T> TypeRef<Map<String, List<? extends T[]>>> unknown() {
    return new TypeRef<>() {};
  }
}
