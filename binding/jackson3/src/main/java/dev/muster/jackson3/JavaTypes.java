package dev.muster.jackson3;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.Nulls;
import java.io.Serial;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.jsontype.NamedType;

/**
 * Adds to Jackson's own rules. A record component is required unless it is an {@code Optional} or
 * {@code @Nullable}. The subtypes of a sealed type without {@link JsonTypeInfo} are identified by
 * the property {@code type}, which holds the simple name of the class or its {@link JsonTypeName}.
 * A sealed type without {@link JsonSubTypes} has its permitted subclasses as subtypes.
 */
final class JavaTypes extends JacksonAnnotationIntrospector {
  @Serial
  private static final long serialVersionUID = 1L;

  /** Types whose values may be missing. */
  static final Set<Class<?>> OPTIONALS =
      Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

  private static final Set<JsonTypeInfo.Id> BY_NAME =
      Set.of(JsonTypeInfo.Id.NAME, JsonTypeInfo.Id.SIMPLE_NAME);

  private static final Set<JsonTypeInfo.As> IN_PROPERTY =
      Set.of(JsonTypeInfo.As.PROPERTY, JsonTypeInfo.As.EXISTING_PROPERTY);

  /** Read from an annotation, because the API to create one differs between Jackson versions. */
  private static final JsonTypeInfo.Value BY_TYPE =
      JsonTypeInfo.Value.from(Tagged.class.getAnnotation(JsonTypeInfo.class));

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  private interface Tagged {}

  @Override
  public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(
      MapperConfig<?> config, Annotated annotated) {
    JsonTypeInfo.Value declared = super.findPolymorphicTypeInfo(config, annotated);
    if (declared != null || !(annotated instanceof AnnotatedClass)) return declared;
    Class<?> type = annotated.getRawType();
    // When writing, every subtype has its type property. When reading, only the sealed type
    // requires it.
    boolean isWritten = config instanceof SerializationConfig && isBelowSealed(type);
    return isSealed(type) || isWritten ? BY_TYPE : null;
  }

  @Override
  public @Nullable String findTypeName(MapperConfig<?> config, AnnotatedClass type) {
    String declared = super.findTypeName(config, type);
    return declared == null && isBelowSealed(type.getRawType())
        ? nameOf(type.getRawType())
        : declared;
  }

  private static boolean isBelowSealed(Class<?> type) {
    return Stream.concat(Stream.ofNullable(type.getSuperclass()), Stream.of(type.getInterfaces()))
        .anyMatch(above -> isOurs(above) || isBelowSealed(above));
  }

  @Override
  public @Nullable List<NamedType> findSubtypes(MapperConfig<?> config, Annotated annotated) {
    // Jackson 3 itself lists all permitted subclasses, the abstract ones included.
    if (!isOurs(annotated.getRawType())) return super.findSubtypes(config, annotated);
    return leaves(annotated.getRawType()).stream()
        .map(leaf -> new NamedType(leaf, nameOf(leaf)))
        .toList();
  }

  @Override
  public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
    Boolean declared = super.hasRequiredMarker(config, member);
    RecordComponent component = component(member);
    if (declared != null || component == null) return declared;
    if (isHidden(component.getAccessor())) return false;
    return !mayBeMissing(component.getType(), component, component.getAnnotatedType());
  }

  /** A missing value for an ignored primitive component is 0 and not an error. */
  @Override
  public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated annotated) {
    RecordComponent component = component(annotated);
    boolean isPrimitive = component != null && component.getType().isPrimitive();
    return isPrimitive && isHidden(component.getAccessor())
        ? JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY)
        : super.findSetterInfo(config, annotated);
  }

  /**
   * Returns the record component of the constructor parameter {@code annotated}, or null if it is
   * not one of a canonical constructor.
   */
  private static @Nullable RecordComponent component(Annotated annotated) {
    if (!(annotated instanceof AnnotatedParameter parameter)) return null;
    RecordComponent[] components = parameter.getDeclaringClass().getRecordComponents();
    boolean isCanonical =
        components != null && parameter.getOwner().getParameterCount() == components.length;
    return isCanonical ? components[parameter.getIndex()] : null;
  }

  /** Returns whether the property of {@code accessor} is not requested from a model. */
  private static boolean isHidden(Method accessor) {
    JsonIgnore ignored = accessor.getAnnotation(JsonIgnore.class);
    JsonProperty property = accessor.getAnnotation(JsonProperty.class);
    return ignored != null && ignored.value()
        || property != null && property.access() == JsonProperty.Access.READ_ONLY;
  }

  /** Returns whether {@code type} contains no type variable. */
  static boolean isKnown(Type type) {
    if (type instanceof GenericArrayType array) return isKnown(array.getGenericComponentType());
    if (type instanceof ParameterizedType generic)
      return areKnown(generic.getActualTypeArguments());
    if (type instanceof WildcardType some) return areKnown(some.getUpperBounds());
    return !(type instanceof TypeVariable<?>);
  }

  private static boolean areKnown(Type[] types) {
    return Arrays.stream(types).allMatch(JavaTypes::isKnown);
  }

  /**
   * Returns whether a value of {@code type} may be missing; {@code places} are the elements that
   * can have annotations.
   */
  static boolean mayBeMissing(Class<?> type, AnnotatedElement... places) {
    return OPTIONALS.contains(type) || Arrays.stream(places).anyMatch(JavaTypes::isNullable);
  }

  /** Accepts any annotation named Nullable. */
  static boolean isNullable(AnnotatedElement element) {
    return Arrays.stream(element.getAnnotations())
        .map(Annotation::annotationType)
        .anyMatch(type -> type.getSimpleName().equals("Nullable"));
  }

  /** Returns whether {@code type} is sealed and does not declare its subtypes for Jackson. */
  static boolean isOurs(Class<?> type) {
    return isSealed(type) && !type.isAnnotationPresent(JsonSubTypes.class);
  }

  /** Ignores sealed types of the JDK, some of which are interfaces of String. */
  private static boolean isSealed(Class<?> type) {
    return type.isSealed() && !DataTypes.isJdk(type);
  }

  /**
   * Returns the property that identifies the subtypes of {@code type}.
   *
   * @throws IllegalArgumentException if the subtypes are identified in a way that a model cannot
   *     use
   */
  static String property(Class<?> type) {
    JsonTypeInfo info = type.getAnnotation(JsonTypeInfo.class);
    if (info == null) return "type";
    if (!BY_NAME.contains(info.use()) || !IN_PROPERTY.contains(info.include())) {
      throw new IllegalArgumentException(type.getName()
          + " has no JSON schema: set @JsonTypeInfo to identify its subtypes by name,"
          + " in a property");
    }
    return info.property().isEmpty() ? info.use().getDefaultPropertyName() : info.property();
  }

  /** Returns the value of the type property for {@code leaf}. */
  static String nameOf(Class<?> leaf) {
    JsonTypeName name = leaf.getAnnotation(JsonTypeName.class);
    return name == null ? leaf.getSimpleName() : name.value();
  }

  /** Returns the concrete classes below {@code type}. */
  static List<Class<?>> leaves(Class<?> type) {
    List<Class<?>> leaves = new ArrayList<>();
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      if (permitted.isSealed()) leaves.addAll(leaves(permitted));
      if (!Modifier.isAbstract(permitted.getModifiers())) leaves.add(permitted);
    }
    return leaves;
  }
}
