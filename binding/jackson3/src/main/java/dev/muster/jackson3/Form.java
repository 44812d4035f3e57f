package dev.muster.jackson3;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.lang.reflect.Executable;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Currency;
import java.util.Date;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.LogicalType;

/**
 * The JSON type from which Jackson reads a Java type that is a single value. Determined from
 * Jackson's deserializer.
 */
enum Form {
  TEXT("string"),
  INTEGER("integer"),
  NUMBER("number"),
  BOOLEAN("boolean"),
  /** Any JSON. The schema has no type. */
  ANY("");

  /**
   * Only the formats with the same meaning in JSON Schema and Java: in JSON Schema, a time has an
   * offset and a duration has months.
   */
  private static final Map<Class<?>, String> FORMATS = Map.of(
      LocalDate.class, "date",
      Instant.class, "date-time",
      OffsetDateTime.class, "date-time",
      ZonedDateTime.class, "date-time",
      Date.class, "date-time",
      Calendar.class, "date-time",
      UUID.class, "uuid");

  private static final Map<Class<?>, String> HINTS = Map.ofEntries(
      Map.entry(LocalDateTime.class, "Such as 2026-11-28T10:15:00, without an offset"),
      Map.entry(LocalTime.class, "Such as 10:15:00, without an offset"),
      Map.entry(OffsetTime.class, "Such as 10:15:00+01:00"),
      Map.entry(Duration.class, "In ISO 8601: such as PT1H30M, or P2D for days"),
      Map.entry(Period.class, "In ISO 8601: such as P1Y2M3D"),
      Map.entry(Year.class, "Such as 2026"),
      Map.entry(YearMonth.class, "Such as 2026-11"),
      Map.entry(MonthDay.class, "Such as --11-28"),
      Map.entry(ZoneId.class, "Such as Europe/Berlin"),
      Map.entry(ZoneOffset.class, "Such as +01:00"),
      Map.entry(Locale.class, "A language tag, such as de-CH"),
      Map.entry(Currency.class, "An ISO 4217 code, such as EUR"),
      Map.entry(Charset.class, "Such as UTF-8"),
      Map.entry(Pattern.class, "A regular expression"),
      Map.entry(char.class, "One character"),
      Map.entry(Character.class, "One character"),
      Map.entry(byte[].class, "In Base64"),
      Map.entry(ByteBuffer.class, "In Base64"));

  final String type;

  Form(String type) {
    this.type = type;
  }

  /**
   * Returns the JSON type of {@code type}, or null if it is not a single value or if only a custom
   * deserializer knows.
   */
  static @Nullable Form of(ValueDeserializer<?> reader, JavaType type) {
    Class<?> raw = type.getRawClass();
    LogicalType kind = reader.logicalType();
    if (kind == null || type.isReferenceType() || !isJacksons(reader)) return null;
    if (reader instanceof BeanDeserializerBase bean) {
      return hasCreator(raw) ? ofBean(bean.getValueInstantiator()) : null;
    }
    return switch (kind) {
      case Textual, DateTime, OtherScalar, Binary -> TEXT;
      case Integer -> ofWhole(raw);
      case Float -> NUMBER;
      case Boolean -> BOOLEAN;
      case Untyped -> !JsonNode.class.isAssignableFrom(raw) || raw == JsonNode.class ? ANY : null;
      default -> raw == char[].class ? TEXT : null;
    };
  }

  /** A custom deserializer may read anything. */
  static boolean isJacksons(ValueDeserializer<?> reader) {
    return reader.getClass().getName().startsWith("tools.jackson.");
  }

  private static Form ofWhole(Class<?> raw) {
    if (raw == char.class || raw == Character.class) return TEXT;
    return raw == Number.class ? NUMBER : INTEGER;
  }

  /**
   * Checks for the annotation, because Jackson also uses any constructor with a single text or
   * number.
   */
  private static boolean hasCreator(Class<?> raw) {
    return Stream.<Executable[]>of(raw.getDeclaredConstructors(), raw.getDeclaredMethods())
        .flatMap(Stream::of)
        .anyMatch(it -> it.isAnnotationPresent(JsonCreator.class));
  }

  /**
   * Returns the JSON type of a class that is created only from a text or a number, whatever its
   * properties.
   */
  private static @Nullable Form ofBean(ValueInstantiator maker) {
    if (isMadeOfMore(maker)) return null;
    if (maker.canCreateFromString()) return TEXT;
    if (maker.canCreateFromInt() || maker.canCreateFromLong() || maker.canCreateFromBigInteger()) {
      return INTEGER;
    }
    if (maker.canCreateFromDouble() || maker.canCreateFromBigDecimal()) return NUMBER;
    return maker.canCreateFromBoolean() ? BOOLEAN : null;
  }

  /**
   * Returns whether the class can be created from an object, from an array or from another type.
   */
  static boolean isMadeOfMore(ValueInstantiator maker) {
    return maker.canCreateUsingDefault()
        || maker.canCreateFromObjectWith()
        || maker.canCreateUsingDelegate()
        || maker.canCreateUsingArrayDelegate();
  }

  /** Adds the type, the format and the limits of {@code raw} to {@code schema}. */
  void put(ObjectNode schema, Class<?> raw) {
    if (this == ANY) return;
    schema.put("type", type);
    String format = FORMATS.get(raw);
    if (format != null) schema.put("format", format);
    // Jackson would turn 128 to 255 into negative bytes.
    if (raw == byte.class || raw == Byte.class) schema.put("minimum", -128).put("maximum", 127);
  }

  /** Returns how to write a text, if neither the type nor the format says so. */
  static @Nullable String hint(Class<?> type) {
    return HINTS.get(type);
  }
}
