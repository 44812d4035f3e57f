package dev.muster.java;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.generator.impl.DefinitionKey;
import com.github.victools.jsonschema.generator.naming.SchemaDefinitionNamingStrategy;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import dev.muster.agent.Description;
import java.lang.reflect.Field;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Makes the schemas of Java types, by victools. */
final class JavaSchemas {
  private final SchemaGenerator generator;

  JavaSchemas(ObjectMapper mapper) {
    SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(
            mapper, SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
        .with(
            Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES,
            Option.ENUM_KEYWORD_FOR_SINGLE_VALUES,
            Option.PLAIN_DEFINITION_KEYS)
        .without(Option.SCHEMA_VERSION_INDICATOR)
        .with(new JacksonModule(JacksonOption.INLINE_TRANSFORMED_SUBTYPES));
    config
        .forFields()
        .withRequiredCheck(field -> !mayBeMissing(field))
        .withNullableCheck(field -> isNullable(field) ? true : null)
        .withDescriptionResolver(field -> {
          Description said = field.getAnnotationConsideringFieldAndGetter(Description.class);
          return said == null ? null : said.value();
        });
    config
        .forTypesInGeneral()
        .withDefinitionNamingStrategy(new ShortNames())
        // In the order they are declared in.
        .withPropertySorter((a, b) -> 0)
        .withDescriptionResolver(scope -> {
          Description said = scope.getType().getErasedType().getAnnotation(Description.class);
          return said == null ? null : said.value();
        })
        .withCustomDefinitionProvider(JavaSchemas::optionalNumber)
        .withCustomDefinitionProvider((type, context) -> words(type, context, mapper))
        .withCustomDefinitionProvider(JavaSchemas::sealed);
    generator = new SchemaGenerator(config.build());
  }

  /** The schema of {@code type} as victools makes it. One at a time: a generator has state. */
  synchronized JsonNode of(Type type) {
    return generator.generateSchema(type);
  }

  private static boolean mayBeMissing(FieldScope field) {
    Field raw = field.getRawMember();
    return JavaTypes.mayBeMissing(raw.getType(), raw, raw.getAnnotatedType());
  }

  private static boolean isNullable(FieldScope field) {
    Field raw = field.getRawMember();
    return JavaTypes.isNullable(raw) || JavaTypes.isNullable(raw.getAnnotatedType());
  }

  private static @Nullable CustomDefinition optionalNumber(
      ResolvedType type, SchemaGenerationContext context) {
    Class<?> raw = type.getErasedType();
    if (raw == Optional.class || !JavaTypes.OPTIONALS.contains(raw)) return null;
    ObjectNode schema = context.getGeneratorConfig().createObjectNode();
    schema
        .putArray("type")
        .add(raw == OptionalDouble.class ? "number" : "integer")
        .add("null");
    return new CustomDefinition(
        schema, CustomDefinition.INLINE_DEFINITION, CustomDefinition.INCLUDING_ATTRIBUTES);
  }

  /** An enum has the words that Jackson reads and writes, whatever says so. */
  private static @Nullable CustomDefinition words(
      ResolvedType type, SchemaGenerationContext context, ObjectMapper mapper) {
    Class<?> raw = type.getErasedType();
    if (!raw.isEnum()) return null;
    ObjectNode schema = context.getGeneratorConfig().createObjectNode();
    List<JsonNode> words =
        Arrays.stream(raw.getEnumConstants()).<JsonNode>map(mapper::valueToTree).toList();
    boolean isText = words.stream().allMatch(JsonNode::isTextual);
    schema.put("type", isText ? "string" : "integer").putArray("enum").addAll(words);
    return new CustomDefinition(
        schema, CustomDefinition.INLINE_DEFINITION, CustomDefinition.INCLUDING_ATTRIBUTES);
  }

  /** One of those it permits, each with the property that says which it is. */
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
   * Names definitions as their classes are named, with a number where several are named alike, of
   * which victools by itself makes a failure.
   */
  private static final class ShortNames implements SchemaDefinitionNamingStrategy {
    /** Those of the schema that is being made, by what they stand for. */
    private final Map<String, String> names = new HashMap<>();

    @Override
    public String getDefinitionNameForKey(DefinitionKey key, SchemaGenerationContext context) {
      // A type stands for itself, or for what one of our own definitions begins with.
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
