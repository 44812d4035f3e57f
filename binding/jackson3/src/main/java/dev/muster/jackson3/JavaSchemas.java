package dev.muster.jackson3;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomPropertyDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.generator.impl.DefinitionKey;
import com.github.victools.jsonschema.generator.naming.SchemaDefinitionNamingStrategy;
import dev.muster.agent.Description;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.TypeFactory;

/** Generates the schemas of Java types with victools, as Jackson reads the types. */
final class JavaSchemas {
  private final JsonMapper mapper;
  private final EnumWords words;
  private final SchemaGenerator generator;

  JavaSchemas(JsonMapper mapper) {
    this.mapper = mapper;
    words = new EnumWords(mapper);
    SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(
            mapper, SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
        .with(
            Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES,
            Option.ENUM_KEYWORD_FOR_SINGLE_VALUES,
            Option.NULLABLE_ARRAY_ITEMS_ALLOWED,
            Option.PLAIN_DEFINITION_KEYS)
        // Some standard formats differ from what Java classes read: see Form.
        .without(Option.SCHEMA_VERSION_INDICATOR, Option.STANDARD_FORMATS)
        .with(new ReadProperties(mapper.deserializationConfig()));
    config
        .forFields()
        .withRequiredCheck(field -> !mayBeMissing(field))
        .withNullableCheck(field -> isNullable(field) ? true : null)
        .withDescriptionResolver(this::description)
        .withCustomDefinitionProvider(this::inPattern);
    config
        .forTypesInGeneral()
        .withDefinitionNamingStrategy(new ShortNames())
        // Keeps the order of declaration.
        .withPropertySorter((a, b) -> 0)
        .withDescriptionResolver(scope -> description(scope.getType()))
        .withCustomDefinitionProvider(JavaSchemas::optional)
        .withCustomDefinitionProvider(this::words)
        .withCustomDefinitionProvider(JavaSchemas::sealed)
        .withCustomDefinitionProvider(this::asRead);
    generator = new SchemaGenerator(config.build());
  }

  /** Generates the schema of {@code type}. Synchronized because a generator has state. */
  synchronized JsonNode of(Type type) {
    return generator.generateSchema(type);
  }

  private static boolean mayBeMissing(FieldScope field) {
    Field raw = field.getRawMember();
    return JavaTypes.mayBeMissing(raw.getType(), raw, raw.getAnnotatedType());
  }

  private static boolean isNullable(FieldScope field) {
    Field raw = field.getRawMember();
    if (field.isFakeContainerItemScope()) return JavaTypes.isNullable(item(raw.getAnnotatedType()));
    return JavaTypes.isNullable(raw) || JavaTypes.isNullable(raw.getAnnotatedType());
  }

  /** Returns the element type of a list or an array. */
  private static AnnotatedType item(AnnotatedType type) {
    if (type instanceof AnnotatedArrayType array) return array.getAnnotatedGenericComponentType();
    AnnotatedType[] of = type instanceof AnnotatedParameterizedType generic
        ? generic.getAnnotatedActualTypeArguments()
        : new AnnotatedType[0];
    return of.length == 1 ? of[0] : type;
  }

  private @Nullable String description(FieldScope field) {
    Description annotation = field.getAnnotationConsideringFieldAndGetter(Description.class);
    if (annotation != null) return annotation.value();
    String pattern = pattern(field);
    return pattern == null ? null : "In the pattern " + pattern;
  }

  private @Nullable String description(ResolvedType type) {
    Class<?> raw = type.getErasedType();
    Description annotation = raw.getAnnotation(Description.class);
    if (annotation != null) return annotation.value();
    if (!type.isInstanceOf(Map.class)) return Form.hint(raw);
    List<ResolvedType> of = type.typeParametersFor(Map.class);
    return of.isEmpty() ? null : descriptionOfKeys(of.get(0).getErasedType());
  }

  /**
   * Describes the keys in words, because no schema keyword for them is accepted by every provider.
   */
  private @Nullable String descriptionOfKeys(Class<?> key) {
    if (key.isEnum()) {
      return words.of(key).stream()
          .map(JsonNode::asString)
          .collect(Collectors.joining(", ", "The keys: ", ""));
    }
    String hint = Form.hint(key);
    return hint == null ? null : "The keys: " + hint;
  }

  /** Returns the custom pattern of a date or time, or null. */
  private @Nullable String pattern(FieldScope field) {
    JsonFormat format = field.getRawMember().getAnnotation(JsonFormat.class);
    boolean hasPattern = format != null && !format.pattern().isEmpty();
    return hasPattern && form(field.getType()) == Form.TEXT ? format.pattern() : null;
  }

  private @Nullable CustomPropertyDefinition inPattern(
      FieldScope field, SchemaGenerationContext context) {
    if (pattern(field) == null) return null;
    ObjectNode schema = context.getGeneratorConfig().createObjectNode().put("type", "string");
    return new CustomPropertyDefinition(schema, CustomDefinition.INCLUDING_ATTRIBUTES);
  }

  /** Victools handles optional types only if they are fields. */
  private static @Nullable CustomDefinition optional(
      ResolvedType type, SchemaGenerationContext context) {
    Class<?> raw = type.getErasedType();
    if (!JavaTypes.OPTIONALS.contains(raw)) return null;
    ObjectNode schema = context.getGeneratorConfig().createObjectNode();
    if (raw == Optional.class) {
      ResolvedType content = type.getTypeParameters().get(0);
      ArrayNode either = schema.putArray("anyOf");
      either.add(context.createDefinitionReference(content));
      either.addObject().put("type", "null");
    } else {
      String number = raw == OptionalDouble.class ? "number" : "integer";
      schema.putArray("type").add(number).add("null");
    }
    return inline(schema);
  }

  private static CustomDefinition inline(ObjectNode schema) {
    return new CustomDefinition(
        schema, CustomDefinition.INLINE_DEFINITION, CustomDefinition.INCLUDING_ATTRIBUTES);
  }

  /** An enum is defined by the words that Jackson reads, whatever annotation defines them. */
  private @Nullable CustomDefinition words(ResolvedType type, SchemaGenerationContext context) {
    Class<?> raw = type.getErasedType();
    if (!raw.isEnum()) return null;
    List<JsonNode> words = this.words.of(raw);
    ObjectNode schema = context.getGeneratorConfig().createObjectNode();
    boolean isText = words.stream().allMatch(JsonNode::isString);
    schema.put("type", isText ? "string" : "integer").putArray("enum").addAll(words);
    return inline(schema);
  }

  /** A sealed type is one of its permitted types, each with the property that identifies it. */
  private static @Nullable CustomDefinition sealed(
      ResolvedType type, SchemaGenerationContext context) {
    Class<?> raw = type.getErasedType();
    if (!JavaTypes.isOurs(raw)) return null;
    ObjectNode schema = context.getGeneratorConfig().createObjectNode();
    ArrayNode options = schema.putArray("anyOf");
    for (Class<?> leaf : JavaTypes.leaves(raw)) {
      ResolvedType subtype = context.getTypeContext().resolveSubtype(type, leaf);
      ObjectNode own = context.createStandardDefinition(subtype, null);
      options.add(tagged(own, JavaTypes.property(raw), JavaTypes.nameOf(leaf), context));
    }
    return new CustomDefinition(schema);
  }

  private static ObjectNode tagged(
      ObjectNode own, String property, String name, SchemaGenerationContext context) {
    ObjectNode properties = context.getGeneratorConfig().createObjectNode();
    ArrayNode required = context.getGeneratorConfig().createArrayNode().add(property);
    properties.putObject(property).put("type", "string").putArray("enum").add(name);
    if (own.get("properties") instanceof ObjectNode others) properties.setAll(others);
    if (own.get("required") instanceof ArrayNode others) required.addAll(others);
    own.put("type", "object");
    own.set("properties", properties);
    own.set("required", required);
    return own;
  }

  /**
   * Defines types that Jackson reads from JSON other than an object with the properties of the
   * class.
   */
  private @Nullable CustomDefinition asRead(ResolvedType type, SchemaGenerationContext context) {
    JavaType read = javaType(type);
    ValueDeserializer<?> reader = Readers.find(mapper, read);
    if (reader == null) return null;
    ObjectNode schema = context.getGeneratorConfig().createObjectNode();
    Form form = Form.of(reader, read);
    if (form != null) {
      form.put(schema, read.getRawClass());
      return inline(schema);
    }
    if (read.getRawClass() == Iterable.class) {
      JavaType of = mapper.getTypeFactory().findTypeParameters(read, Iterable.class)[0];
      schema.put("type", "array");
      schema.set("items", context.createDefinitionReference(resolved(of, context)));
      return inline(schema);
    }
    if (read.getRawClass() == ObjectNode.class) {
      return inline(schema.put("type", "object"));
    }
    if (read.getRawClass() == ArrayNode.class) {
      schema.put("type", "array").putObject("items");
      return inline(schema);
    }
    JavaType instead = Readers.standIn(mapper, reader, read);
    if (instead == null) return null;
    // The reference is filled in later and must remain the same object.
    schema.putArray("allOf").add(context.createDefinitionReference(resolved(instead, context)));
    return inline(schema);
  }

  private @Nullable Form form(ResolvedType type) {
    JavaType read = javaType(type);
    ValueDeserializer<?> reader = Readers.find(mapper, read);
    return reader == null ? null : Form.of(reader, read);
  }

  private JavaType javaType(ResolvedType type) {
    TypeFactory types = mapper.getTypeFactory();
    if (type.isArray()) return types.constructArrayType(javaType(type.getArrayElementType()));
    JavaType[] of = type.getTypeParameters().stream().map(this::javaType).toArray(JavaType[]::new);
    return of.length == 0
        ? types.constructType(type.getErasedType())
        : types.constructParametricType(type.getErasedType(), of);
  }

  private static ResolvedType resolved(JavaType type, SchemaGenerationContext context) {
    Type[] of = type.getBindings().getTypeParameters().stream()
        .map(parameter -> resolved(parameter, context))
        .toArray(Type[]::new);
    return context.getTypeContext().resolve(type.getRawClass(), of);
  }

  /**
   * Names definitions after their classes, with a number if several classes have the same name.
   * Victools fails in that case.
   */
  private static final class ShortNames implements SchemaDefinitionNamingStrategy {
    /** The names in the current schema, by what they stand for. */
    private final Map<String, String> names = new HashMap<>();

    @Override
    public String getDefinitionNameForKey(DefinitionKey key, SchemaGenerationContext context) {
      // A key stands for the type itself or for the base of one of our own definitions.
      boolean isBase = key.getIgnoredDefinitionProvider() != null;
      return names.computeIfAbsent(
          key.getType().getFullDescription() + isBase,
          what -> unused(key.getType().getErasedType().getSimpleName().replaceAll("\\W", "")));
    }

    private String unused(String simple) {
      String name = simple;
      for (int number = 2; names.containsValue(name); number++) name = simple + number;
      return name;
    }

    @Override
    public void resetAfterSchemaGenerationFinished() {
      names.clear();
    }
  }
}
