package dev.muster.jackson;

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
import com.fasterxml.jackson.databind.deser.impl.BeanAsArrayDeserializer;
import com.fasterxml.jackson.databind.deser.impl.UnsupportedTypeDeserializer;
import com.fasterxml.jackson.databind.deser.std.ContainerDeserializerBase;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import dev.muster.java.json.SchemaPart;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks, before a model is asked, that Jackson can read a type, and that it reads it from the JSON
 * that the schema describes. Uses the same deserializers as Jackson itself.
 */
final class Readers {
  private final DeserializationConfig config;
  private final DeserializationContext context;
  private final SchemaPart root;
  private final Set<JavaType> types = new HashSet<>();
  private final Set<JsonDeserializer<?>> readers =
      Collections.newSetFromMap(new IdentityHashMap<>());

  private Readers(JsonMapper mapper, SchemaPart root) {
    config = mapper.getDeserializationConfig();
    context = context(mapper);
    this.root = root;
  }

  private static DeserializationContext context(JsonMapper mapper) {
    return ((DefaultDeserializationContext) mapper.getDeserializationContext())
        .createDummyInstance(mapper.getDeserializationConfig());
  }

  /**
   * Checks that Jackson can read {@code type}.
   *
   * @throws IllegalStateException if a Jackson module is missing; the message names it
   * @throws IllegalArgumentException if Jackson cannot create a value of the type
   */
  static void check(JsonMapper mapper, JavaType type) {
    check(mapper, type, SchemaPart.UNKNOWN);
  }

  /**
   * Checks that Jackson can read what a model writes for {@code schema}.
   *
   * @throws IllegalArgumentException if Jackson reads the type from other JSON
   */
  static void check(JsonMapper mapper, JavaType type, Map<String, @Nullable Object> schema) {
    check(mapper, type, SchemaPart.of(schema));
  }

  private static void check(JsonMapper mapper, JavaType type, SchemaPart schema) {
    new Readers(mapper, schema).any(type, type.getRawClass().getSimpleName(), schema);
  }

  /** Returns the deserializer of {@code type}, or null if there is none. */
  static @Nullable JsonDeserializer<?> find(JsonMapper mapper, JavaType type) {
    try {
      return innermost(context(mapper).findContextualValueDeserializer(type, null));
    } catch (JsonMappingException e) {
      // A check has reported this or will report it.
      return null;
    }
  }

  /**
   * Returns the type that {@code reader} reads instead of {@code type}, or null if it reads the
   * type itself.
   */
  static @Nullable JavaType standIn(JsonMapper mapper, JsonDeserializer<?> reader, JavaType type) {
    if (type.isReferenceType()) return type.getContentType();
    if (!(reader instanceof BeanDeserializerBase bean)) return null;
    ValueInstantiator maker = bean.getValueInstantiator();
    if (maker.canCreateUsingDelegate()) {
      return maker.getDelegateType(mapper.getDeserializationConfig());
    }
    boolean isOther = !bean.getValueType().hasRawClass(type.getRawClass());
    return isOther && type.isAbstract() ? bean.getValueType() : null;
  }

  /** Checks {@code type} with the deserializer that Jackson finds for it. */
  private void any(JavaType type, String path, SchemaPart schema) {
    if (!types.add(type)) return;
    try {
      visit(
          context.findContextualValueDeserializer(type, null),
          config.findTypeDeserializer(type),
          type,
          path,
          schema);
    } catch (JsonMappingException e) {
      throw DataTypes.refusal(type, path, e);
    }
  }

  private void visit(
      @Nullable JsonDeserializer<?> found,
      @Nullable TypeDeserializer byName,
      JavaType type,
      String path,
      SchemaPart schema)
      throws JsonMappingException {
    DataTypes.refuseByName(type, path);
    if (byName != null) {
      subtypes(type, byName.getPropertyName(), schema);
      return;
    }
    JsonDeserializer<?> reader = innermost(found);
    if (reader == null) return;
    Form form = Form.of(reader, type);
    if (form != null && !schema.mayBe(form.type)) throw misread(type, path);
    if (form != null || !readers.add(reader)) return;
    if (!canMake(reader)) throw DataTypes.refusal(type, path, (JsonMappingException) null);
    if (type.isReferenceType()) {
      content(type.getContentType(), path, schema);
    } else if (reader instanceof BeanDeserializerBase bean) {
      bean(bean, type, path, schema);
    } else if (reader instanceof ContainerDeserializerBase<?> container
        && container.getContentType() != null) {
      JavaType content = container.getContentType();
      boolean isMap = type.isMapLikeType();
      if (!schema.mayBe(isMap ? "object" : "array")) throw misread(type, path);
      visit(
          container.getContentDeserializer(),
          config.findTypeDeserializer(content),
          content,
          path,
          isMap ? schema.values() : schema.items());
    } else if (Form.isJacksons(reader) && !schema.names().isEmpty()) {
      // A deserializer of a module, which uses more than the properties of the type.
      throw misread(type, path);
    }
  }

  /**
   * Checks the content of an optional type. Nested optional types are rejected, because an empty
   * one could not be told from one that holds an empty one.
   */
  private void content(JavaType type, String path, SchemaPart schema) {
    if (type.isReferenceType() || JavaTypes.OPTIONALS.contains(type.getRawClass())) {
      throw DataTypes.refusal(
          type, path, "null cannot tell which of two nested optional types is empty; use only one");
    }
    any(type, path, schema);
  }

  private void bean(BeanDeserializerBase bean, JavaType type, String path, SchemaPart schema)
      throws JsonMappingException {
    ValueInstantiator maker = bean.getValueInstantiator();
    if (maker.canCreateUsingDelegate()) {
      any(maker.getDelegateType(config), path, schema);
      return;
    }
    if (DataTypes.isJdk(bean.handledType())) {
      throw DataTypes.refusal(type, path, "it has no JSON representation; use a record");
    }
    boolean isList = bean instanceof BeanAsArrayDeserializer;
    if (isList || !schema.mayBe("object")) throw misread(type, path);
    for (String name : schema.names()) {
      boolean isTag = name.equals(schema.tag());
      if (!isTag && bean.findProperty(name) == null) throw misread(type, path + "." + name);
    }
    for (Iterator<SettableBeanProperty> all = bean.creatorProperties(); all.hasNext(); ) {
      SettableBeanProperty property = all.next();
      boolean isAsked = schema.isUnknown() || schema.names().contains(property.getName());
      if (property.getInjectableValueId() != null || !isAsked && !property.isIgnorable()) {
        throw misread(type, path + "." + property.getName());
      }
    }
    properties(bean.properties(), path, schema);
    properties(bean.creatorProperties(), path, schema);
  }

  private void properties(Iterator<SettableBeanProperty> properties, String path, SchemaPart schema)
      throws JsonMappingException {
    while (properties.hasNext()) {
      SettableBeanProperty property = properties.next();
      if (property.isIgnorable()) continue;
      visit(
          property.getValueDeserializer(),
          property.getValueTypeDeserializer(),
          property.getType(),
          path + "." + property.getName(),
          schema.property(property.getName()));
    }
  }

  private void subtypes(JavaType type, String property, SchemaPart schema)
      throws JsonMappingException {
    AnnotatedClass of = config.introspectClassAnnotations(type).getClassInfo();
    for (NamedType named :
        config.getSubtypeResolver().collectAndResolveSubtypesByTypeId(config, of)) {
      JavaType subtype = config.constructSpecializedType(type, named.getType());
      if (!subtype.isAbstract()) {
        visit(
            context.findContextualValueDeserializer(subtype, null),
            null,
            subtype,
            subtype.getRawClass().getSimpleName(),
            schema.option(property, named.getName()));
      }
    }
  }

  private static @Nullable JsonDeserializer<?> innermost(@Nullable JsonDeserializer<?> found) {
    JsonDeserializer<?> reader = found;
    while (reader != null && reader.getDelegatee() != null) reader = reader.getDelegatee();
    return reader;
  }

  private static RuntimeException misread(JavaType type, String path) {
    return DataTypes.refusal(
        type,
        path,
        "Jackson reads it from other JSON than the schema of its fields describes; use a record, or"
            + " OutputType.of with a custom schema");
  }

  private static boolean canMake(JsonDeserializer<?> reader) {
    if (reader instanceof UnsupportedTypeDeserializer || reader instanceof AbstractDeserializer) {
      return false;
    }
    return !(reader instanceof BeanDeserializerBase bean)
        || Form.isMadeOfMore(bean.getValueInstantiator());
  }
}
