package dev.muster.jackson.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.agent.Description;
import dev.muster.agent.StructuredResponse;
import dev.muster.chat.Usage;
import dev.muster.error.StructuredOutputException;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeRequest;
import dev.muster.java.Agent;
import dev.muster.java.Calls;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/**
 * What each binding must do: structured responses as records, enums and lists of them, in each API
 * format.
 */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
public abstract class StructuredResponsesContract {
  private static final List<String> MODELS = List.of(
      "openai::gpt-4o-mini",
      "openai-responses::gpt-4o-mini",
      "anthropic::claude-sonnet-4-5",
      "gemini::gemini-2.5-flash",
      "ollama::gemma3:latest");

  private final Wire wire = new Wire();
  private final Muster responses = Muster.builder()
      .environment(Map.of())
      .provider("openai-responses", it -> it.baseUrl(wire.server.openAiUrl()).apiKey("test-key"))
      .build();

  record Order(String customer, Address to) {}

  record Address(String street, String city) {}

  record Menu(List<Dish> dishes) {}

  record Dish(String name, double price) {}

  enum Sky {
    CLEAR,
    RAIN
  }

  record Weather(Sky now, List<Sky> later) {}

  record Note(@Description("What the note says") String text, Optional<String> more) {}

  sealed interface Shape permits Square, Dot {}

  record Square(double side) implements Shape {}

  record Dot() implements Shape {}

  @AfterEach
  void close() {
    responses.close();
    wire.close();
  }

  @Test
  @DisplayName("C7 nested, listed, enumerated and optional things come back over each wire form")
  void roundTrips() {
    for (String model : MODELS) {
      roundTrip(model, new Order("Ann", new Address("Main St", "Ulm")), Order.class);
      roundTrip(model, new Menu(List.of(new Dish("soup", 3.5), new Dish("tea", 1))), Menu.class);
      roundTrip(model, new Weather(Sky.CLEAR, List.of(Sky.CLEAR, Sky.RAIN)), Weather.class);
      roundTrip(model, new Note("hi", Optional.empty()), Note.class);
      roundTrip(model, new Note("hi", Optional.of("there")), Note.class);
    }
  }

  private <T> void roundTrip(String model, T value, Class<T> type) {
    wire.server.reset();
    wire.server.otherwise(FakeReply.text(Bound.binding().write(value)));
    Model asked =
        model.startsWith("openai-responses") ? responses.model(model) : wire.muster.model(model);
    assertEquals(value, asked.returning(type).ask("Tell me").execute(), model);
    FakeRequest seen = wire.server.requests().get(0);
    assertEquals(null, seen.rejection(), seen.body());
    assertTrue(seen.body().contains("additionalProperties"), seen.body());
  }

  @Test
  @DisplayName("C7 a sealed type comes back as the one of its types that it is")
  void sealed() {
    wire.server.otherwise(FakeReply.text("{\"value\":{\"type\":\"Square\",\"side\":2}}"));
    assertEquals(new Square(2), wire.model().returning(Shape.class).ask("Draw").execute());
    assertEquals(null, wire.server.requests().get(0).rejection());
  }

  @Test
  @DisplayName("C7 a list is asked for as an array; an enum and a number stand in an object, too")
  void noObjects() {
    assertEquals(
        List.of(new Dish("soup", 3.5)),
        List.of(asked("[{\"name\":\"soup\",\"price\":3.5}]", Dish[].class)));
    assertEquals(Sky.RAIN, asked("\"RAIN\"", Sky.class));
    assertEquals(7, asked("7.0", Integer.class));
  }

  private <T> T asked(String json, Class<T> type) {
    wire.server.reset();
    wire.server.otherwise(FakeReply.text("{\"value\":" + json + "}"));
    T answer = wire.model().returning(type).ask("Tell me").execute();
    assertEquals(null, wire.server.requests().get(0).rejection());
    return answer;
  }

  @Test
  @DisplayName("C9 an agent asks again and says what all of it has used")
  void asksAgain() {
    wire.server
        .onModel("gpt-4o-mini")
        .replies(
            FakeReply.text("{\"customer\":7}").usage(10, 5),
            FakeReply.text("{\"customer\":\"Ann\",\"to\":{\"street\":\"A\",\"city\":\"B\"}}")
                .usage(20, 5));
    Agent agent = wire.muster.agent("openai::gpt-4o-mini").build();
    StructuredResponse<Order> answer =
        agent.returning(Order.class).chat("An order").execute();
    assertEquals("B", answer.value().to().city());
    assertEquals(2, answer.tries());
    assertEquals(40L, Usage.sum(List.of(answer)).totalTokens());
  }

  @Test
  @DisplayName("C9 what never fits is a typed failure, from a future as well")
  void neverFits() {
    wire.server.otherwise(FakeReply.text("No."));
    Agent agent = wire.muster.agent("openai::gpt-4o-mini").structuredRetries(1).build();
    StructuredOutputException blocking = assertThrows(
        StructuredOutputException.class,
        () -> agent.returning(Order.class).ask("An order").execute());
    assertEquals("No.", blocking.raw());
    assertEquals(2, blocking.tries());
    ExecutionException future = assertThrows(
        ExecutionException.class,
        () -> agent.returning(Order.class).ask("An order").executeAsync().get());
    assertEquals(StructuredOutputException.class, future.getCause().getClass());
    assertEquals(4, wire.server.requests().size());
  }

  @Test
  @DisplayName("C7 a hundred at once share nothing")
  void manyAtOnce() {
    wire.server.otherwise(it -> FakeReply.text("{\"text\":\"" + it.prompt() + "\"}"));
    List<String> prompts = IntStream.range(0, 100).mapToObj(i -> "note " + i).toList();
    List<Note> notes =
        Calls.gather(prompts, it -> wire.agent().returning(Note.class).ask(it)).execute();
    assertEquals(prompts, notes.stream().map(Note::text).toList());
  }
}
