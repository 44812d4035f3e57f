package dev.muster.java;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
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

/**
 * What Jackson does not say by itself. A component of a record must be there, unless it is an {@code
 * Optional} or {@code @Nullable}. A sealed type without {@link JsonTypeInfo} is told apart by the
 * property {@code type}, which holds the simple name of the class or its {@link JsonTypeName}; one
 * without {@link JsonSubTypes} has those it permits.
 */
final class JavaTypes extends JacksonAnnotationIntrospector {
  @Serial
  private static final long serialVersionUID = 1L;

  /** What says by itself that it may be missing. */
  static final Set<Class<?>> OPTIONALS =
      Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

  private static final Set<JsonTypeInfo.Id> BY_NAME =
      Set.of(JsonTypeInfo.Id.NAME, JsonTypeInfo.Id.SIMPLE_NAME);

  private static final Set<JsonTypeInfo.As> IN_PROPERTY =
      Set.of(JsonTypeInfo.As.PROPERTY, JsonTypeInfo.As.EXISTING_PROPERTY);

  /** Read from an annotation: what makes one otherwise has changed from version to version. */
  private static final JsonTypeInfo.Value BY_TYPE =
      JsonTypeInfo.Value.from(Told.class.getAnnotation(JsonTypeInfo.class));

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  private interface Told {}

  @Override
  public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(
      MapperConfig<?> config, Annotated annotated) {
    JsonTypeInfo.Value said = super.findPolymorphicTypeInfo(config, annotated);
    if (said != null || !(annotated instanceof AnnotatedClass)) return said;
    Class<?> type = annotated.getRawType();
    // Written it says which it is wherever it stands; read it is asked for as what stands there.
    boolean isTold = config instanceof SerializationConfig && isBelowSealed(type);
    return isSealed(type) || isTold ? BY_TYPE : null;
  }

  @Override
  public @Nullable String findTypeName(AnnotatedClass type) {
    String said = super.findTypeName(type);
    return said == null && isBelowSealed(type.getRawType()) ? nameOf(type.getRawType()) : said;
  }

  private static boolean isBelowSealed(Class<?> type) {
    return Stream.concat(Stream.ofNullable(type.getSuperclass()), Stream.of(type.getInterfaces()))
        .anyMatch(above -> isOurs(above) || isBelowSealed(above));
  }

  @Override
  public @Nullable List<NamedType> findSubtypes(Annotated annotated) {
    List<NamedType> said = super.findSubtypes(annotated);
    if (said != null || !isSealed(annotated.getRawType())) return said;
    return leaves(annotated.getRawType()).stream()
        .map(leaf -> new NamedType(leaf, nameOf(leaf)))
        .toList();
  }

  @Override
  public @Nullable Boolean hasRequiredMarker(AnnotatedMember member) {
    Boolean said = super.hasRequiredMarker(member);
    RecordComponent component = component(member);
    if (said != null || component == null) return said;
    if (isHidden(component.getAccessor())) return false;
    return !mayBeMissing(component.getType(), component, component.getAnnotatedType());
  }

  /** A number that is ignored is not there, which is no fault: it is 0. */
  @Override
  public JsonSetter.Value findSetterInfo(Annotated annotated) {
    RecordComponent component = component(annotated);
    boolean isPrimitive = component != null && component.getType().isPrimitive();
    return isPrimitive && isHidden(component.getAccessor())
        ? JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY)
        : super.findSetterInfo(annotated);
  }

  /** The one that the parameter {@code annotated} of a record is for; null where it is none. */
  private static @Nullable RecordComponent component(Annotated annotated) {
    if (!(annotated instanceof AnnotatedParameter parameter)) return null;
    RecordComponent[] components = parameter.getDeclaringClass().getRecordComponents();
    boolean isCanonical =
        components != null && parameter.getOwner().getParameterCount() == components.length;
    return isCanonical ? components[parameter.getIndex()] : null;
  }

  /** Whether a model is not asked for what {@code accessor} gives. */
  private static boolean isHidden(Method accessor) {
    JsonIgnore ignored = accessor.getAnnotation(JsonIgnore.class);
    JsonProperty property = accessor.getAnnotation(JsonProperty.class);
    return ignored != null && ignored.value()
        || property != null && property.access() == JsonProperty.Access.READ_ONLY;
  }

  /** Whether no type variable stands in {@code type}. */
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

  /** Whether a value of {@code type} may be missing; {@code places} is where annotations stand. */
  static boolean mayBeMissing(Class<?> type, AnnotatedElement... places) {
    return OPTIONALS.contains(type) || Arrays.stream(places).anyMatch(JavaTypes::isNullable);
  }

  /** By any annotation of that name. */
  static boolean isNullable(AnnotatedElement element) {
    return Arrays.stream(element.getAnnotations())
        .map(Annotation::annotationType)
        .anyMatch(type -> type.getSimpleName().equals("Nullable"));
  }

  /** Whether {@code type} is sealed and leaves it to us to say its subtypes. */
  static boolean isOurs(Class<?> type) {
    return isSealed(type) && !type.isAnnotationPresent(JsonSubTypes.class);
  }

  /** Those of the JDK, which a String is of, are nobody's answer. */
  private static boolean isSealed(Class<?> type) {
    return type.isSealed() && !DataTypes.isJdk(type);
  }

  /**
   * The property that tells the subtypes of {@code type} apart.
   *
   * @throws IllegalArgumentException where none does that a model could be told of
   */
  static String property(Class<?> type) {
    JsonTypeInfo info = type.getAnnotation(JsonTypeInfo.class);
    if (info == null) return "type";
    if (!BY_NAME.contains(info.use()) || !IN_PROPERTY.contains(info.include())) {
      throw new IllegalArgumentException(
          type.getName()
              + " has no JSON schema: set @JsonTypeInfo to identify its subtypes by name,"
              + " in a property");
    }
    return info.property().isEmpty() ? info.use().getDefaultPropertyName() : info.property();
  }

  /** What stands in the property for {@code leaf}. */
  static String nameOf(Class<?> leaf) {
    JsonTypeName name = leaf.getAnnotation(JsonTypeName.class);
    return name == null ? leaf.getSimpleName() : name.value();
  }

  /** The classes below {@code type} that can be made. */
  static List<Class<?>> leaves(Class<?> type) {
    List<Class<?>> leaves = new ArrayList<>();
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      if (permitted.isSealed()) leaves.addAll(leaves(permitted));
      if (!Modifier.isAbstract(permitted.getModifiers())) leaves.add(permitted);
    }
    return leaves;
  }
}
