package dev.muster.jackson;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.muster.java.json.JsonBinding;
import dev.muster.java.json.SchemaTree;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The work of {@link JacksonBinding}: a Jackson mapper, with the modules that {@code ServiceLoader}
 * finds.
 */
final class MapperBinding implements JsonBinding {
  private static final TypeReference<LinkedHashMap<String, @Nullable Object>> TREE =
      new TypeReference<>() {};

  private static final MapperBinding SHARED = new MapperBinding();

  private final JsonMapper mapper = JsonMapper.builder()
      // Before the modules, because some of them add their own introspector.
      .annotationIntrospector(new JavaTypes())
      .findAndAddModules()
      // Like the schema, which is generated from the fields.
      .visibility(PropertyAccessor.FIELD, Visibility.ANY)
      .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
      // The schema already rejects fractions; this accepts a 4 that is written as 4.0.
      .enable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
      .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
      .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
      .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
      // Keeps the offset that the model wrote; the zone is written next to it.
      .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
      .enable(SerializationFeature.WRITE_DATES_WITH_ZONE_ID)
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
    } catch (JsonProcessingException e) {
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
    object.fieldNames().forEachRemaining(name -> {
      if (!object.get(name).isNull()) members.put(name, object.get(name).toString());
    });
    return members;
  }

  private JsonNode readTree(String json) {
    try {
      return exact.readTree(json);
    } catch (JsonProcessingException e) {
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
    } catch (JsonProcessingException e) {
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
  private static String whatIsWrong(JsonProcessingException e) {
    StringBuilder path = new StringBuilder();
    if (e instanceof JsonMappingException mapping) {
      for (JsonMappingException.Reference at : mapping.getPath()) {
        if (at.getFieldName() == null) {
          path.append('[').append(at.getIndex()).append(']');
        } else {
          if (!path.isEmpty()) path.append('.');
          path.append(at.getFieldName());
        }
      }
    }
    return path.isEmpty() ? e.getOriginalMessage() : path + ": " + e.getOriginalMessage();
  }
}
