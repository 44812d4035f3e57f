package dev.muster.jackson.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.muster.agent.OutputType;
import dev.muster.java.json.JsonBinding;
import java.io.File;
import java.io.InputStream;
import java.io.Serializable;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each binding must do. For each type: the schema that is sent and the value that is read, or
 * that the type is rejected, at the root or nested.
 */
public abstract class TypeTableContract {
  protected static final String TEXT = "{'type':'string'}";
  protected static final String WHOLE = "{'type':'integer'}";
  private static final String NUMBER = "{'type':'number'}";
  private static final String FLAG = "{'type':'boolean'}";

  private final JsonBinding json = Bound.binding();

  static Stream<Arguments> read() {
    return Stream.of(
        // Numbers, texts, booleans.
        row(Integer.class, WHOLE, "7", 7),
        row(Long.class, WHOLE, "9007199254740993", 9_007_199_254_740_993L),
        row(Short.class, WHOLE, "-300", (short) -300),
        row(Byte.class, "{'type':'integer','minimum':-128,'maximum':127}", "-7", (byte) -7),
        row(Double.class, NUMBER, "2.5", 2.5),
        row(Float.class, NUMBER, "2.5", 2.5f),
        row(Number.class, NUMBER, "2.5", 2.5),
        row(BigInteger.class, WHOLE, "123456789012345678901", big("123456789012345678901")),
        row(BigDecimal.class, NUMBER, "0.12345678901234567890", dec("0.12345678901234567890")),
        row(AtomicInteger.class, WHOLE, "7", new AtomicInteger(7)),
        row(AtomicLong.class, WHOLE, "9007199254740993", new AtomicLong(9_007_199_254_740_993L)),
        row(AtomicBoolean.class, FLAG, "true", new AtomicBoolean(true)),
        row(Boolean.class, FLAG, "true", true),
        row(String.class, TEXT, "'a'", "a"),
        row(CharSequence.class, TEXT, "'a'", "a"),
        row(Serializable.class, "{}", "'a'", "a"),
        row(StringBuilder.class, TEXT, "'a'", new StringBuilder("a")),
        row(Character.class, text("One character"), "'a'", 'a'),
        row(char[].class, TEXT, "'ab'", new char[] {'a', 'b'}),
        row(byte[].class, text("In Base64"), "'AQI='", new byte[] {1, 2}),
        row(ByteBuffer.class, text("In Base64"), "'AQI='", ByteBuffer.wrap(new byte[] {1, 2})),
        // Times.
        row(LocalDate.class, format("date"), "'2026-11-28'", LocalDate.of(2026, 11, 28)),
        row(LocalTime.class, LOCAL_TIME, "'10:15:30'", LocalTime.of(10, 15, 30)),
        row(LocalDateTime.class, LOCAL, "'2026-11-28T10:15:30'", local("2026-11-28T10:15:30")),
        row(OffsetTime.class, text("Such as 10:15:00+01:00"), "'10:15:30+02:00'", offsetTime()),
        row(OffsetDateTime.class, format("date-time"), "'2026-11-28T10:15:30+02:00'", offset()),
        row(
            ZonedDateTime.class,
            format("date-time"),
            "'2026-11-28T10:15:30+01:00[Europe/Berlin]'",
            ZonedDateTime.of(local("2026-11-28T10:15:30"), ZoneId.of("Europe/Berlin"))),
        row(Instant.class, format("date-time"), "'2026-11-28T10:15:30Z'", moment()),
        row(Date.class, format("date-time"), "'2026-11-28T10:15:30Z'", Date.from(moment())),
        row(Duration.class, DURATION, "'PT1H30M'", Duration.ofMinutes(90)),
        row(Period.class, text("In ISO 8601: such as P1Y2M3D"), "'P2M'", Period.ofMonths(2)),
        row(Year.class, text("Such as 2026"), "'2026'", Year.of(2026)),
        row(YearMonth.class, text("Such as 2026-11"), "'2026-11'", YearMonth.of(2026, 11)),
        row(MonthDay.class, text("Such as --11-28"), "'--11-28'", MonthDay.of(11, 28)),
        row(ZoneId.class, text("Such as Europe/Berlin"), "'Asia/Tokyo'", ZoneId.of("Asia/Tokyo")),
        row(ZoneOffset.class, text("Such as +01:00"), "'+02:00'", ZoneOffset.ofHours(2)),
        row(Month.class, words(Month.values()), "'MAY'", Month.MAY),
        row(DayOfWeek.class, words(DayOfWeek.values()), "'FRIDAY'", DayOfWeek.FRIDAY),
        // Types that are written as a text.
        row(UUID.class, format("uuid"), "'" + new UUID(1, 2) + "'", new UUID(1, 2)),
        row(URI.class, TEXT, "'https://a.example/b'", URI.create("https://a.example/b")),
        row(URL.class, TEXT, "'file:/a/b'", url("file:/a/b")),
        row(File.class, TEXT, "'/a/b.txt'", new File("/a/b.txt")),
        row(Path.class, TEXT, "'/a/b.txt'", Path.of("/a/b.txt")),
        row(Locale.class, text("A language tag, such as de-CH"), "'de-CH'", swiss()),
        row(Currency.class, CURRENCY, "'EUR'", Currency.getInstance("EUR")),
        row(Charset.class, text("Such as UTF-8"), "'UTF-8'", StandardCharsets.UTF_8),
        row(Pattern.class, text("A regular expression"), "'a+ '", Pattern.compile("a+ ")),
        // Lists, maps and other containers.
        row(generic(Collection.class, Long.class), list(WHOLE), "[7]", List.of(7L)),
        row(generic(Iterable.class, Long.class), list(WHOLE), "[7]", List.of(7L)),
        row(
            generic(Set.class, Year.class),
            list(text("Such as 2026")),
            "['1']",
            Set.of(Year.of(1))),
        row(generic(Deque.class, Long.class), list(WHOLE), "[7]", new ArrayDeque<>(List.of(7L))),
        row(generic(List.class, generic(List.class, Long.class)), LISTS, "[[7]]", lists()),
        row(EnumSet.class, Level.class, list(LEVEL), "['low']", EnumSet.of(Level.LOW)),
        row(int[].class, list(WHOLE), "[7]", new int[] {7}),
        row(String[][].class, list(list(TEXT)), "[['a']]", new String[][] {{"a"}}),
        row(List.class, list("{}"), "[7,'a']", List.of(7, "a")),
        row(Map.class, MAP, "{'a':[7]}", Map.of("a", List.of(7))),
        row(Object.class, "{}", "{'a':[7]}", Map.of("a", List.of(7))),
        row(Properties.class, MAP, "{'a':'b'}", Map.of("a", "b")),
        row(SortedMap.class, String.class, map(WHOLE), "{'a':7}", new TreeMap<>(Map.of("a", 7L))),
        row(Map.class, LocalDate.class, map(WHOLE), "{'2026-11-28':7}", byDay()),
        row(EnumMap.class, Level.class, KEYS, "{'low':7}", new EnumMap<>(Map.of(Level.LOW, 7L))),
        row(generic(AtomicReference.class, Year.class), text("Such as 2026"), "'7'", atomic()),
        row(
            generic(Optional.class, Long.class),
            "{'type':['integer','null']}",
            "7",
            Optional.of(7L)),
        row(
            generic(Optional.class, Long.class),
            "{'type':['integer','null']}",
            "null",
            Optional.empty()),
        row(
            generic(Optional.class, Word.class),
            EITHER,
            "{'word':'a'}",
            Optional.of(new Word("a"))),
        row(OptionalLong.class, "{'type':['integer','null']}", "null", OptionalLong.empty()),
        row(OptionalDouble.class, "{'type':['number','null']}", "2.5", OptionalDouble.of(2.5)),
        // Classes that define their own JSON.
        row(Level.class, LEVEL, "'top most'", Level.TOP),
        row(Stars.class, "{'type':'integer','enum':[1,2]}", "2", Stars.TWO),
        row(Sku.class, TEXT, "'a-1'", new Sku("a-1")),
        row(Amount.class, WHOLE, "7", new Amount(7)),
        row(Tags.class, map(WHOLE), "{'a':7}", new Tags(Map.of("a", 7L))),
        row(Secretive.class, object("'n':" + WHOLE, "'n'"), "{'n':7}", new Secretive(7, null)),
        row(generic(Page.class, Word.class), PAGE, "{'items':[{'word':'a'}]}", page()),
        row(Maybe.class, MAYBE, "{'a':null,'c':7,'e':[null,'x']}", maybe()),
        row(Animal.class, CAT, "{'kind':'cat','lives':9}", new Cat("cat", 9)),
        row(Shape.class, SHAPE, "{'type':'Dot','at':'2026-11'}", new Dot(YearMonth.of(2026, 11))));
  }

  private static final String LOCAL_TIME = text("Such as 10:15:00, without an offset");
  private static final String LOCAL = text("Such as 2026-11-28T10:15:00, without an offset");
  private static final String DURATION = text("In ISO 8601: such as PT1H30M, or P2D for days");
  private static final String CURRENCY = text("An ISO 4217 code, such as EUR");
  protected static final String MAP = "{'type':'object'}";
  private static final String LISTS = list(list(WHOLE));
  private static final String LEVEL = "{'type':'string','enum':['low','top most']}";
  private static final String KEYS =
      map(WHOLE).replace("}}", "},'description':'The keys: low, top most'}");
  private static final String PAGE =
      object("'items':" + list(object("'word':" + TEXT, "'word'")), "'items'");
  private static final String MAYBE = object(
      "'a':{'type':['string','null']},'b':{'type':['integer','null']},'c':{'type':['integer','null']},"
          + "'d':{'type':['number','null']},'e':" + list("{'type':['string','null']}"),
      "'e'");
  private static final String CAT =
      object("'kind':" + TEXT + ",'lives':" + WHOLE, "'kind','lives'");
  private static final String EITHER =
      "{'anyOf':[" + object("'word':" + TEXT, "'word'") + ",{'type':'null'}]}";
  private static final String SHAPE = "{'anyOf':["
      + object(
          "'type':{'type':'string','enum':['Dot']},'at':" + text("Such as 2026-11"), "'type','at'")
      + "," + object("'type':{'type':'string','enum':['Line']}", "'type'") + "]}";

  /** Types of the tested Jackson, or with its annotations, as {@link #row} makes them. */
  protected abstract Stream<Arguments> ownRead();

  /** Refused types of the tested version of Jackson, as {@link #none} makes them. */
  protected abstract Stream<Arguments> ownRefused();

  @TestFactory
  Stream<DynamicTest> c7SchemaAsksForWhatIsReadOfJacksonsOwnTypes() {
    return ownRead()
        .map(it -> dynamicTest(it.get()[0].toString(), () -> {
          Object[] row = it.get();
          c7SchemaAsksForWhatIsRead((Type) row[0], (String) row[1], (String) row[2], row[3]);
        }));
  }

  @TestFactory
  Stream<DynamicTest> c9JacksonsOwnTypesThatAreNeverReadAreRefused() {
    return ownRefused()
        .map(it -> dynamicTest(it.get()[0].toString(), () -> {
          Object[] row = it.get();
          c9WhatIsNeverReadIsRefusedAtOnceWithWhatToDo((Type) row[0], (String) row[1]);
        }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("read")
  void c7SchemaAsksForWhatIsRead(Type type, String schema, String text, Object value) {
    Map<String, Object> own = json.schema(type);
    assertEquals(parsed(schema), own);
    assertSame(value, answer(type, own).decode(plain(text)));
    // Also as a component, the value of a map and the element of a list.
    Type deep = generic(Box.class, generic(Map.class, String.class, generic(List.class, type)));
    Map<String, Object> around = json.schema(deep);
    assertEquals(parsed(object("'it':" + map(list(schema)), "'it'")), around);
    Box<?> box = (Box<?>) answer(deep, around).decode(plain("{'it':{'k':[" + text + "]}}"));
    assertSame(value, ((List<?>) ((Map<?, ?>) box.it()).get("k")).get(0));
    // The JSON of a tool result is read back as the same value.
    json.checkResult(type);
    assertSame(value, json.read(json.write(value), type));
  }

  private OutputType<Object> answer(Type type, Map<String, Object> schema) {
    return OutputType.of("it", schema, text -> json.read(text, type));
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        none(TimeZone.class, "use java.time.ZoneId"),
        none(Class.class, "use an enum"),
        none(InetAddress.class, "use a String"),
        none(generic(Map.Entry.class, String.class, Long.class), "use a record"),
        none(Void.class, "remove it"),
        none(generic(Optional.class, generic(Optional.class, String.class)), "use only one"),
        none(generic(Optional.class, OptionalInt.class), "use only one"),
        none(generic(AtomicReference.class, OptionalInt.class), "use only one"),
        none(BitSet.class, "use a record"),
        none(LongAdder.class, "use a record"),
        none(Random.class, "use a record"),
        none(Exception.class, "use a record"),
        none(Thread.class, "Thread"),
        none(InputStream.class, "it is abstract"),
        none(generic(Iterator.class, String.class), "it is abstract"),
        none(generic(Stream.class, String.class), "it is abstract"),
        none(generic(Supplier.class, String.class), "it is abstract"),
        none(Runnable.class, "it is abstract"),
        none(Comparable.class, "it is abstract"),
        none(Unwrapped.class, "@JsonUnwrapped"),
        none(Injected.class, ".n)"),
        none(TwoNames.class, ".name)"),
        none(AsArray.class, "OutputType.of"),
        none(Mute.class, "@JsonProperty"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void c9WhatIsNeverReadIsRefusedAtOnceWithWhatToDo(Type type, String advice) {
    Type deep = generic(Box.class, generic(Map.class, String.class, generic(List.class, type)));
    for (Type place : List.of(type, deep)) {
      String said = assertThrows(
              IllegalArgumentException.class, () -> json.schema(place), place::toString)
          .getMessage();
      assertTrue(said.contains(advice), said);
    }
  }

  // The classes of the table.

  record Box<T>(T it) {}

  enum Level {
    @JsonProperty("low")
    LOW,
    @JsonProperty("top most")
    TOP
  }

  enum Stars {
    ONE(1),
    TWO(2);

    private final int count;

    Stars(int count) {
      this.count = count;
    }

    @JsonValue
    int count() {
      return count;
    }
  }

  enum Mute {
    ONE,
    TWO;

    @JsonValue
    String said() {
      return "same";
    }
  }

  record Sku(@JsonValue String code) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    Sku {}
  }

  static final class Amount {
    private final long cents;

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    Amount(long cents) {
      this.cents = cents;
    }

    @JsonValue
    long cents() {
      return cents;
    }

    @Override
    public String toString() {
      return "Amount " + cents;
    }
  }

  record Tags(@JsonValue Map<String, Long> all) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    Tags {}
  }

  record Secretive(int n, @JsonIgnore String secret) {}

  record Page<T>(List<T> items) {}

  record Word(String word) {}

  record Maybe(
      Optional<String> a,
      OptionalInt b,
      OptionalLong c,
      OptionalDouble d,
      List<Optional<String>> e) {}

  sealed interface Shape permits Dot, Line {}

  record Dot(YearMonth at) implements Shape {}

  record Line() implements Shape {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind", visible = true)
  @JsonSubTypes(@JsonSubTypes.Type(value = Cat.class, name = "cat"))
  interface Animal {}

  record Cat(String kind, int lives) implements Animal {}

  record Unwrapped(@JsonUnwrapped Word word) {}

  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  record AsArray(int n) {}

  record Injected(@JacksonInject int n) {}

  static final class TwoNames {
    private final String title;

    @JsonCreator
    TwoNames(@JsonProperty("name") String title) {
      this.title = title;
    }
  }

  // Helpers that build the table.

  /** A type, its schema, a JSON text without its double quotes, and the value that is read. */
  protected static Arguments row(Type type, String schema, String text, Object value) {
    return Arguments.of(type, schema, text, value);
  }

  /** A map of {@code key} to Long, or a collection of it. */
  private static Arguments row(
      Class<?> raw, Class<?> key, String schema, String text, Object value) {
    Type type = Map.class.isAssignableFrom(raw) ? generic(raw, key, Long.class) : generic(raw, key);
    return Arguments.of(type, schema, text, value);
  }

  /** A type that is refused, and words of the message. */
  protected static Arguments none(Type type, String advice) {
    return Arguments.of(type, advice);
  }

  protected static String text(String description) {
    return "{'type':'string','description':'" + description + "'}";
  }

  private static String format(String name) {
    return "{'type':'string','format':'" + name + "'}";
  }

  private static String words(Object[] words) {
    return "{'type':'string','enum':"
        + Stream.of(words).map(it -> "'" + it + "'").toList() + "}";
  }

  protected static String list(String items) {
    return "{'type':'array','items':" + items + "}";
  }

  private static String map(String values) {
    return values.equals("{}") ? MAP : "{'type':'object','additionalProperties':" + values + "}";
  }

  protected static String object(String properties, String required) {
    return "{'type':'object','properties':{" + properties + "},'required':[" + required
        + "],'additionalProperties':false}";
  }

  private static String plain(String text) {
    return text.replace('\'', '"');
  }

  private Map<?, ?> parsed(String schema) {
    return json.read(plain(schema), Map.class);
  }

  private static void assertSame(@Nullable Object expected, @Nullable Object actual) {
    // Not all of these types implement equals.
    assertEquals(shown(expected), shown(actual));
    if (expected instanceof Collection<?> || expected instanceof Map<?, ?>) return;
    assertEquals(
        Objects.requireNonNull(expected).getClass(),
        Objects.requireNonNull(actual).getClass());
  }

  private static String shown(@Nullable Object value) {
    return Arrays.deepToString(new Object[] {value});
  }

  private static BigInteger big(String number) {
    return new BigInteger(number);
  }

  private static BigDecimal dec(String number) {
    return new BigDecimal(number);
  }

  private static LocalDateTime local(String text) {
    return LocalDateTime.parse(text);
  }

  private static OffsetTime offsetTime() {
    return OffsetTime.parse("10:15:30+02:00");
  }

  private static OffsetDateTime offset() {
    return OffsetDateTime.parse("2026-11-28T10:15:30+02:00");
  }

  private static Instant moment() {
    return Instant.parse("2026-11-28T10:15:30Z");
  }

  private static Locale swiss() {
    return Locale.forLanguageTag("de-CH");
  }

  private static URL url(String text) {
    try {
      return URI.create(text).toURL();
    } catch (java.net.MalformedURLException e) {
      throw new AssertionError(e);
    }
  }

  private static List<List<Long>> lists() {
    return List.of(List.of(7L));
  }

  private static Map<LocalDate, Long> byDay() {
    return Map.of(LocalDate.of(2026, 11, 28), 7L);
  }

  private static AtomicReference<Year> atomic() {
    return new AtomicReference<>(Year.of(7));
  }

  private static Page<Word> page() {
    return new Page<>(List.of(new Word("a")));
  }

  private static Maybe maybe() {
    return new Maybe(
        Optional.empty(),
        OptionalInt.empty(),
        OptionalLong.of(7),
        OptionalDouble.empty(),
        List.of(Optional.empty(), Optional.of("x")));
  }

  /** Creates a generic type with the arguments {@code of}. */
  private static Type generic(Class<?> raw, Type... of) {
    return new Generic(raw, of);
  }

  private record Generic(Class<?> raw, Type[] of) implements ParameterizedType {
    @Override
    public Type[] getActualTypeArguments() {
      return of;
    }

    @Override
    public Type getRawType() {
      return raw;
    }

    @Override
    public @Nullable Type getOwnerType() {
      return raw.getDeclaringClass();
    }

    @Override
    public String toString() {
      return raw.getSimpleName() + Stream.of(of).map(Type::getTypeName).toList();
    }
  }
}
