package dev.muster.jackson3;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import dev.muster.java.json.JsonBinding;
import dev.muster.java.json.SchemaTree;
import java.lang.reflect.Type;
import java.time.Month;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;
import tools.jackson.databind.type.LogicalType;

/**
 * The work of {@link Jackson3Binding}: a Jackson mapper, with the modules that {@code
 * ServiceLoader} finds.
 */
final class MapperBinding implements JsonBinding {
  private static final TypeReference<LinkedHashMap<String, @Nullable Object>> TREE =
      new TypeReference<>() {};

  private static final MapperBinding SHARED = new MapperBinding();

  /** Starts from the defaults of Jackson 2, so that both bindings read and write the same JSON. */
  private final JsonMapper mapper = JsonMapper.builderWithJackson2Defaults()
      // Before the modules, because some of them add their own introspector.
      .annotationIntrospector(new JavaTypes())
      .findAndAddModules()
      // Jackson 3 writes a month as a number from 0, which a model takes for the month before.
      .addModule(new SimpleModule("months")
          .addSerializer(Month.class, new ToStringSerializer(Month.class)))
      // What jackson-module-parameter-names did for Jackson 2.
      .enable(MapperFeature.DETECT_PARAMETER_NAMES)
      // Like the schema, which is generated from the fields.
      .changeDefaultVisibility(it -> it.withVisibility(PropertyAccessor.FIELD, Visibility.ANY))
      .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
      // The schema already rejects fractions; this accepts a 4 that is written as 4.0.
      .enable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
      .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
      .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
      .disable(DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
      // Keeps the offset that the model wrote; the zone is written next to it.
      .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
      .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
      // An empty text is not a valid date or id, and must not become null.
      .withCoercionConfig(
          LogicalType.DateTime,
          it -> it.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
      .withCoercionConfig(
          LogicalType.OtherScalar,
          it -> it.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
      .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
      .build();

  /** Keeps numbers as they are written, including trailing zeros. */
  private final ObjectReader exact = mapper
      .readerFor(JsonNode.class)
      .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
      .without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);

  private final JavaSchemas schemas = new JavaSchemas(mapper);

  /** ClassValue releases the schema when the class is unloaded. */
  private final ClassValue<Map<String, @Nullable Object>> ofClasses = new ClassValue<>() {
    @Override
    protected Map<String, @Nullable Object> computeValue(Class<?> type) {
      return generate(type);
    }
  };

  private MapperBinding() {}

  static MapperBinding shared() {
    return SHARED;
  }

  @Override
  public Map<String, @Nullable Object> schema(Type type) {
    return type instanceof Class<?> of ? ofClasses.get(of) : generate(type);
  }

  private Map<String, @Nullable Object> generate(Type type) {
    if (!JavaTypes.isKnown(type)) {
      throw new IllegalArgumentException(type.getTypeName()
          + " has no JSON schema: it contains a type variable, which must be replaced with a type");
    }
    try {
      JavaType read = mapper.constructType(type);
      Readers.check(mapper, read);
      Map<String, @Nullable Object> schema =
          SchemaTree.plain(mapper.convertValue(schemas.of(type), TREE), type);
      Readers.check(mapper, read, schema);
      return schema;
    } catch (LinkageError e) {
      throw Libraries.refusal(e);
    } catch (JacksonException e) {
      // For example of a @JsonValue method that throws.
      throw new IllegalArgumentException(
          type.getTypeName() + " has no JSON schema: " + whatIsWrong(e), e);
    }
  }

  @Override
  public void checkResult(Type type) {
    Writers.check(mapper, mapper.constructType(type));
  }

  @Override
  public <T> T read(String json, Type type) {
    T value;
    try {
      value = mapper.readValue(json, mapper.constructType(type));
    } catch (InvalidDefinitionException e) {
      throwError(e);
      // The class is the problem, not the response: no other response would work.
      throw new IllegalStateException(
          "Jackson cannot read " + type.getTypeName() + ": " + whatIsWrong(e), e);
    } catch (JacksonException e) {
      throwError(e);
      throw new IllegalArgumentException(whatIsWrong(e), e);
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      // Thrown by a deserializer or constructor and not wrapped by Jackson.
      throw new IllegalArgumentException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }
    if (value == null) throw new IllegalArgumentException("null is not allowed: write the JSON");
    return value;
  }

  @Override
  public Map<String, String> members(String json) {
    JsonNode object = readTree(json);
    Map<String, String> members = new LinkedHashMap<>();
    object.propertyNames().forEach(name -> {
      if (!object.get(name).isNull()) members.put(name, object.get(name).toString());
    });
    return members;
  }

  private JsonNode readTree(String json) {
    try {
      return exact.readTree(json);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(whatIsWrong(e), e);
    }
  }

  @Override
  public String write(@Nullable Object value) {
    try {
      return mapper.writeValueAsString(value);
    } catch (InvalidDefinitionException e) {
      // The class is the problem, not the value: no other value would work.
      throw new IllegalStateException(
          "Jackson cannot write " + value.getClass().getTypeName() + ": " + whatIsWrong(e), e);
    } catch (JacksonException e) {
      throwError(e);
      throw new IllegalArgumentException(whatIsWrong(e), e);
    }
  }

  /**
   * Rethrows an error or a cancellation that Jackson wrapped. Other JSON from the model would not
   * fix it.
   */
  private static void throwError(Throwable failure) {
    for (Throwable e = failure.getCause(); e != null && e != e.getCause(); e = e.getCause()) {
      if (e instanceof Error error) throw error;
      if (e instanceof CancellationException cancelled) throw cancelled;
    }
  }

  /**
   * Returns the path and the reason, without the position in the text, which means nothing to the
   * model.
   */
  private static String whatIsWrong(JacksonException e) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference at : e.getPath()) {
      if (at.getPropertyName() == null) {
        path.append('[').append(at.getIndex()).append(']');
      } else {
        if (!path.isEmpty()) path.append('.');
        path.append(at.getPropertyName());
      }
    }
    return path.isEmpty() ? e.getOriginalMessage() : path + ": " + e.getOriginalMessage();
  }
}
