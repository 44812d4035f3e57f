package dev.muster.jackson.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.muster.agent.OutputType;
import dev.muster.agent.StructuredResponse;
import dev.muster.chat.ToolRun;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeToolCall;
import dev.muster.java.Agent;
import dev.muster.java.OutputTypes;
import dev.muster.java.Param;
import dev.muster.java.Tool;
import dev.muster.java.Tools;
import dev.muster.java.TypeRef;
import dev.muster.java.json.JsonBinding;
import java.math.BigDecimal;
import java.net.URI;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Currency;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What each binding must do: how values of a type are read, which values a type rejects itself, and
 * what a tool accepts and returns.
 */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
public abstract class TypeReadingContract {
  private final JsonBinding json = Bound.binding();
  private final Wire wire = new Wire();

  @AfterEach
  void close() {
    wire.close();
  }

  /** Fails by itself, in one way or another. */
  protected static void check(String how) {
    switch (how) {
      case "argument" -> throw new IllegalArgumentException("no argument");
      case "state" -> throw new IllegalStateException("no state");
      case "time" -> LocalDate.parse("someday");
      case "index" -> List.of().get(7);
      case "null" -> Objects.requireNonNull(null, "nothing there");
      case "unsupported" -> throw new UnsupportedOperationException("not this one");
      case "cancel" -> throw new CancellationException("over");
      case "error" -> throw new AssertionError("the program is wrong");
      default -> {}
    }
  }

  record ByConstructor(String how) {
    ByConstructor {
      check(how);
    }
  }

  static final class BySetter {
    private String how = "";

    @JsonProperty("how")
    void setHow(String how) {
      check(how);
      this.how = how;
    }
  }

  static final class ByFactory {
    private final String how;

    private ByFactory(String how) {
      this.how = how;
    }

    @JsonCreator
    static ByFactory of(@JsonProperty("how") String how) {
      check(how);
      return new ByFactory(how);
    }
  }

  /**
   * Returns a class with a custom deserializer that calls {@link #check} with the text of the
   * property {@code how}.
   */
  protected abstract Class<?> byReader();

  record Outer(List<ByConstructor> inner) {}

  @ParameterizedTest
  @CsvSource({
    "argument, no argument",
    "state, no state",
    "time, someday",
    "index, 7",
    "null, nothing there",
    "unsupported, not this one"
  })
  void c9WhatATypeRefusesByItselfIsToldToTheModelInItsOwnWords(String how, String words) {
    String own = "{\"how\":\"" + how + "\"}";
    for (Class<?> type :
        List.of(ByConstructor.class, BySetter.class, ByFactory.class, byReader())) {
      assertRefuses(words, own, type);
    }
    assertRefuses(words, "{\"inner\":[" + own + "]}", Outer.class);
  }

  private void assertRefuses(String words, String text, Class<?> type) {
    OutputType<?> answer = OutputTypes.of(type);
    String said = assertThrows(
            IllegalArgumentException.class, () -> answer.decode(text), type::getName)
        .getMessage();
    assertTrue(said.contains(words), said);
  }

  @Test
  void c9AnErrorOrCancellationOfATypeIsNotTheModels() {
    for (Class<?> type :
        List.of(ByConstructor.class, BySetter.class, ByFactory.class, byReader())) {
      assertThrows(
          AssertionError.class, () -> json.read("{\"how\":\"error\"}", type), type::getName);
      assertThrows(
          CancellationException.class,
          () -> json.read("{\"how\":\"cancel\"}", type),
          type::getName);
    }
  }

  @Test
  void c9AModelIsAskedAgainForWhatTheTypeHasRefused() {
    wire.server
        .onModel("gpt-4o-mini")
        .replies(FakeReply.text("{\"how\":\"state\"}"), FakeReply.text("{\"how\":\"well\"}"));
    StructuredResponse<ByConstructor> answer = wire.muster
        .agent("openai::gpt-4o-mini")
        .build()
        .returning(ByConstructor.class)
        .chat("Well?")
        .execute();
    assertEquals(new ByConstructor("well"), answer.value());
    assertEquals(2, answer.tries());
    assertTrue(wire.server.requests().get(1).body().contains("no state"));
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        LocalDate.class,
        YearMonth.class,
        ZoneId.class,
        UUID.class,
        URI.class,
        Locale.class,
        Currency.class
      })
  void c9AnEmptyTextIsNoValueAndNoNull(Class<?> type) {
    Class<?> list = type.arrayType();
    for (String empty : List.of("[\"\"]", "[\" \"]")) {
      assertThrows(IllegalArgumentException.class, () -> json.read(empty, list), type::getName);
    }
  }

  record Ignoring(
      int n,
      @JsonIgnore @Nullable String secret,
      @JsonIgnore int count) {}

  @Test
  void c9AnIgnoredComponentIsNeitherAskedForNorRead() {
    OutputType<Ignoring> type = OutputTypes.of(Ignoring.class);
    assertEquals(List.of("n"), type.schema().get("required"));
    assertEquals(new Ignoring(7, null, 0), type.decode("{\"n\":7,\"secret\":\"x\",\"count\":3}"));
  }

  record ReadOnly(
      int n,

      @JsonProperty(access = JsonProperty.Access.READ_ONLY) @Nullable
      String id) {}

  record WriteOnly(
      @JsonProperty(access = JsonProperty.Access.WRITE_ONLY) int n) {}

  @Test
  void c9AccessSaysWhatAModelIsAskedFor() {
    OutputType<ReadOnly> readOnly = OutputTypes.of(ReadOnly.class);
    assertEquals(List.of("n"), readOnly.schema().get("required"));
    assertEquals(new ReadOnly(7, null), readOnly.decode("{\"n\":7}"));
    assertEquals(new WriteOnly(7), OutputTypes.of(WriteOnly.class).decode("{\"n\":7}"));
    assertEquals("{}", json.write(new WriteOnly(7)));
  }

  @JsonFormat(shape = JsonFormat.Shape.OBJECT)
  enum Told {
    ONE,
    TWO
  }

  @Test
  void c7AnEnumThatIsWrittenAsItIsNotReadIsAskedForByItsNames() {
    OutputType<Told> type = OutputTypes.of(Told.class);
    assertTrue(type.schema().toString().contains("[ONE, TWO]"), type.schema()::toString);
    assertEquals(Told.TWO, type.decode("\"TWO\""));
  }

  record Bytes(byte signed, int[] many) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"signed\":200,\"many\":[]}",
        "{\"signed\":null,\"many\":[]}",
        "{\"signed\":1,\"many\":[null]}",
        "{\"signed\":1,\"many\":[99999999999]}",
        "{\"signed\":1.5,\"many\":[]}"
      })
  void c9WhatANumberCannotHoldIsNotChangedIntoWhatItCan(String text) {
    OutputType<Bytes> type = OutputTypes.of(Bytes.class);
    assertThrows(IllegalArgumentException.class, () -> type.decode(text));
  }

  enum Size {
    SMALL,
    LARGE
  }

  record Sku(String code) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    Sku {}
  }

  static final class Shop {
    @Tool("Adds")
    List<Object> add(
        @Param(name = "price") BigDecimal price,
        @Param(name = "id") long id,
        @Param(name = "month") YearMonth month,
        @Param(name = "count") AtomicInteger count,
        @Param(name = "sku") Optional<Sku> sku,
        @Param(name = "skus") Iterable<Sku> skus,
        @Param(name = "stock") EnumMap<Size, Long> stock) {
      return List.of(price, id, month, count, sku, skus, stock);
    }
  }

  @Test
  void c1AToolTakesItsArgumentsToTheLastDigit() {
    String given =
        "{\"price\":0.12345678901234567890,\"id\":9007199254740993,\"month\":\"2026-11\","
            + "\"count\":7,\"sku\":\"a\",\"skus\":[\"b\"],\"stock\":{\"SMALL\":9007199254740993}}";
    ToolRun run = run(new Shop(), "add", given);
    assertEquals(
        "[0.12345678901234567890,9007199254740993,\"2026-11\",7,{\"code\":\"a\"},"
            + "[{\"code\":\"b\"}],{\"SMALL\":9007199254740993}]",
        run.result());
  }

  record Result(
      double share, @Nullable String note, Optional<String> more, List<@Nullable Integer> all) {}

  static final class Telling {
    @Tool("A number that is none")
    double none() {
      return Double.NaN;
    }

    @Tool("One of several")
    Result several() {
      return new Result(Double.POSITIVE_INFINITY, null, Optional.empty(), Arrays.asList(1, null));
    }

    @Tool("Nothing")
    @Nullable
    Result nothing() {
      return null;
    }

    @Tool("Nothing later")
    CompletionStage<@Nullable Result> later() {
      return CompletableFuture.completedFuture(null);
    }

    @Tool("Empty")
    Optional<String> empty() {
      return Optional.empty();
    }

    @Tool("Who knows of what class")
    Comparable<String> some() {
      return "some";
    }

    @Tool("A map with a key that is null")
    Map<String, Integer> keyless() {
      Map<String, Integer> map = new HashMap<>();
      map.put(null, 1);
      return map;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "none|\"NaN\"",
        "several|{\"share\":\"Infinity\",\"note\":null,\"more\":null,\"all\":[1,null]}",
        "nothing|Done.",
        "later|Done.",
        "empty|null",
        "some|some"
      })
  void c1WhatAToolTellsIsWhole(String name, String told) {
    ToolRun run = run(new Telling(), name, "{}");
    assertEquals(told, run.result());
    assertEquals(false, run.isError());
  }

  @Test
  void c3WhatCannotBeToldIsAnErrorThatSaysSo() {
    ToolRun run = run(new Telling(), "keyless", "{}");
    assertTrue(run.isError());
    assertTrue(run.result().contains("Null key"), run.result());
  }

  static final class TakesZone {
    @Tool("Takes")
    String take(@Param(name = "zone") TimeZone zone) {
      return zone.getID();
    }
  }

  static final class TakesTwice {
    @Tool("Takes")
    String take(@Param(name = "it") Optional<Optional<String>> it) {
      return it.toString();
    }
  }

  static final class GivesBits {
    @Tool("Gives")
    CompletionStage<List<BitSet>> give() {
      return CompletableFuture.completedFuture(List.of());
    }
  }

  record Zoned(TimeZone zone) {}

  @Test
  void c1AToolWhoseTypesAreNeverReadOrWrittenIsRefusedWhenItIsMade() {
    assertToolRefused("use java.time.ZoneId", () -> Tools.from(new TakesZone()));
    assertToolRefused("which is empty", () -> Tools.from(new TakesTwice()));
    assertToolRefused("use a record", () -> Tools.from(new GivesBits()));
    assertToolRefused(
        "use java.time.ZoneId", () -> Tools.of("t", "T", Zoned.class, Zoned::toString));
    assertToolRefused("are not an object", () -> Tools.of("t", "T", Sku.class, Sku::code));
  }

  private static void assertToolRefused(
      String why, org.junit.jupiter.api.function.Executable make) {
    String said = assertThrows(IllegalArgumentException.class, make).getMessage();
    assertTrue(said.contains(why), said);
  }

  @Test
  void c7AKotlinClassWithoutItsModuleIsRefusedWithTheModuleToAdd() {
    IllegalStateException missing = assertThrows(
        IllegalStateException.class,
        () -> OutputTypes.of(new TypeRef<kotlin.Pair<String, Integer>>() {}));
    assertTrue(missing.getMessage().contains("jackson-module-kotlin"), missing::getMessage);
  }

  private ToolRun run(Object holder, String name, String arguments) {
    wire.server
        .onPrompt("go")
        .replies(
            FakeReply.toolCalls(new FakeToolCall("call_1", name, arguments)),
            FakeReply.text("done"));
    Agent agent =
        wire.muster.agent("openai::gpt-4o-mini").tools(Tools.from(holder)).build();
    List<ToolRun> runs = agent.chat("go").execute().toolRuns();
    assertEquals(1, runs.size());
    return runs.get(0);
  }
}
