package dev.muster.java;

import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.impl.UnsupportedTypeDeserializer;
import com.fasterxml.jackson.databind.deser.std.ContainerDeserializerBase;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds what Jackson cannot read in a type before a model is asked to write it: by the readers that
 * it would use itself.
 */
final class Readers {
  /** What a reader for anything abstract makes of JSON by itself. */
  private static final List<Class<?>> SCALARS =
      List.of(String.class, Boolean.class, Integer.class, Double.class);

  private final DeserializationConfig config;
  private final DeserializationContext context;
  private final Set<JavaType> types = new HashSet<>();
  private final Set<JsonDeserializer<?>> readers =
      Collections.newSetFromMap(new IdentityHashMap<>());

  private Readers(JsonMapper mapper) {
    config = mapper.getDeserializationConfig();
    context = ((DefaultDeserializationContext) mapper.getDeserializationContext())
        .createDummyInstance(config);
  }

  /**
   * @throws IllegalStateException where a module of Jackson's is missing; the message names it
   * @throws IllegalArgumentException where Jackson does not know how to make a value
   */
  static void check(JsonMapper mapper, JavaType type) {
    new Readers(mapper).any(type, type.getRawClass().getSimpleName());
  }

  /** Of {@code type} itself, or of what stands for it. */
  private void any(JavaType type, String path) {
    if (!types.add(type)) return;
    try {
      visit(reader(type), config.findTypeDeserializer(type), type, path);
    } catch (JsonMappingException e) {
      throw DataTypes.refusal(type, path, e);
    }
  }

  private JsonDeserializer<Object> reader(JavaType type) throws JsonMappingException {
    return context.findContextualValueDeserializer(type, null);
  }

  private void visit(
      @Nullable JsonDeserializer<?> found,
      @Nullable TypeDeserializer byName,
      JavaType type,
      String path)
      throws JsonMappingException {
    if (byName != null) {
      subtypes(type, path);
      return;
    }
    JsonDeserializer<?> reader = found;
    while (reader != null && reader.getDelegatee() != null) reader = reader.getDelegatee();
    if (reader == null || !readers.add(reader)) return;
    if (!canMake(reader, type)) throw DataTypes.refusal(type, path, null);
    if (reader instanceof BeanDeserializerBase bean) {
      properties(bean.properties(), path);
      properties(bean.creatorProperties(), path);
    } else if (type.isReferenceType()) {
      any(type.getContentType(), path);
    } else if (reader instanceof ContainerDeserializerBase<?> container
        && container.getContentType() != null) {
      JavaType content = container.getContentType();
      visit(
          container.getContentDeserializer(), config.findTypeDeserializer(content), content, path);
    }
  }

  private void properties(Iterator<SettableBeanProperty> properties, String path)
      throws JsonMappingException {
    while (properties.hasNext()) {
      SettableBeanProperty property = properties.next();
      if (property.isIgnorable()) continue;
      visit(
          property.getValueDeserializer(),
          property.getValueTypeDeserializer(),
          property.getType(),
          path + "." + property.getName());
    }
  }

  private void subtypes(JavaType type, String path) throws JsonMappingException {
    AnnotatedClass of = config.introspectClassAnnotations(type).getClassInfo();
    for (NamedType named :
        config.getSubtypeResolver().collectAndResolveSubtypesByTypeId(config, of)) {
      JavaType subtype = config.constructSpecializedType(type, named.getType());
      if (!subtype.isAbstract()) {
        visit(reader(subtype), null, subtype, subtype.getRawClass().getSimpleName());
      }
    }
  }

  private static boolean canMake(JsonDeserializer<?> reader, JavaType type) {
    if (reader instanceof UnsupportedTypeDeserializer) return false;
    if (reader instanceof AbstractDeserializer) {
      return SCALARS.stream().anyMatch(type.getRawClass()::isAssignableFrom);
    }
    return !(reader instanceof BeanDeserializerBase bean)
        || isMadeOfObject(bean.getValueInstantiator());
  }

  /** What is made of a text or a number only has the schema of an object all the same. */
  private static boolean isMadeOfObject(ValueInstantiator maker) {
    return maker.canCreateUsingDefault()
        || maker.canCreateFromObjectWith()
        || maker.canCreateUsingDelegate()
        || maker.canCreateUsingArrayDelegate();
  }
}
