package dev.muster.jackson3;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.MemberScope;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import com.github.victools.jsonschema.module.jackson.JacksonSchemaModule;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.introspect.ClassIntrospector;

/**
 * Names the fields of a schema as Jackson reads them, and omits fields that Jackson does not read.
 */
final class ReadProperties extends JacksonSchemaModule {
  private final DeserializationConfig config;

  ReadProperties(DeserializationConfig config) {
    super(JacksonOption.INLINE_TRANSFORMED_SUBTYPES);
    this.config = config;
  }

  @Override
  protected boolean shouldIgnoreField(FieldScope field) {
    JsonUnwrapped unwrapped =
        field.getAnnotationConsideringFieldAndGetterIfSupported(JsonUnwrapped.class);
    if (unwrapped != null && unwrapped.enabled()) {
      throw new IllegalArgumentException(field.getRawMember()
          + " is annotated with @JsonUnwrapped, which not every Jackson version reads: declare its"
          + " properties directly, or remove the annotation");
    }
    return property(field).isEmpty();
  }

  @Override
  protected @Nullable String getPropertyNameOverrideBasedOnJsonPropertyAnnotation(
      MemberScope<?, ?> member) {
    if (!(member instanceof FieldScope field)) return null;
    return property(field)
        .map(BeanPropertyDefinition::getName)
        .filter(name -> !name.equals(field.getDeclaredName()))
        .orElse(null);
  }

  /** The naming strategy is already part of the property name. */
  @Override
  protected @Nullable String getPropertyNameOverrideBasedOnJsonNamingAnnotation(FieldScope field) {
    return null;
  }

  /** Not every provider accepts the keyword. Properties that are not read are omitted instead. */
  @Override
  protected boolean getReadOnlyCheck(MemberScope<?, ?> member) {
    return false;
  }

  @Override
  protected boolean getWriteOnlyCheck(MemberScope<?, ?> member) {
    return false;
  }

  private Optional<BeanPropertyDefinition> property(FieldScope field) {
    ResolvedType owner =
        field.getDeclaringTypeMembers().allTypesAndOverrides().get(0).getType();
    JavaType type = config.constructType(owner.getErasedType());
    ClassIntrospector introspector = config.classIntrospectorInstance();
    BeanDescription read = introspector.introspectForDeserialization(
        type, introspector.introspectClassAnnotations(type));
    return read.findProperties().stream()
        .filter(property -> isOf(field, property))
        .filter(property -> !isIgnored(read, property))
        .findFirst();
  }

  private static boolean isOf(FieldScope field, BeanPropertyDefinition property) {
    return property.hasField()
        ? property.getField().getAnnotated().equals(field.getRawMember())
        : property.getInternalName().equals(field.getDeclaredName());
  }

  /**
   * Checks the property's own annotation, which does not remove a record component from the list,
   * and the annotation of its class.
   */
  private boolean isIgnored(BeanDescription read, BeanPropertyDefinition property) {
    JsonIgnoreProperties.Value ofClass =
        config.getDefaultPropertyIgnorals(read.getBeanClass(), read.getClassInfo());
    boolean isByClass =
        ofClass != null && ofClass.findIgnoredForDeserialization().contains(property.getName());
    Set<String> byMark = read.getIgnoredPropertyNames();
    return isByClass || byMark != null && byMark.contains(property.getName());
  }
}
