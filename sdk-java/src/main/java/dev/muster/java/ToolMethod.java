package dev.muster.java;

import dev.muster.agent.AgentTool;
import dev.muster.agent.ToolInvocation;
import dev.muster.chat.ToolDefinition;
import dev.muster.java.json.JsonBinding;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A method that is a tool. */
final class ToolMethod {
  private static final String DEFINITIONS = "$defs";
  private static final Map<String, Object> NULL = Map.of("type", "null");

  /** The empty values of the optional types. */
  private static final Map<Class<?>, Object> EMPTY = Map.of(
      Optional.class, Optional.empty(),
      OptionalInt.class, OptionalInt.empty(),
      OptionalLong.class, OptionalLong.empty(),
      OptionalDouble.class, OptionalDouble.empty());

  private final Object holder;
  private final Method method;
  private final JsonBinding json = Bindings.get();
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();

  private ToolMethod(Object holder, Method method) {
    this.holder = holder;
    this.method = method;
    for (Parameter parameter : method.getParameters()) {
      if (parameters.put(nameOf(parameter), parameter) != null) {
        throw new IllegalArgumentException(method + " has two parameters with the same name");
      }
    }
    try {
      method.setAccessible(true);
    } catch (InaccessibleObjectException | SecurityException e) {
      throw new IllegalArgumentException(
          method + " is not accessible: open its package to dev.muster.java", e);
    }
  }

  /** Returns the tool methods of the object's class and its superclasses, sorted by name. */
  static List<ToolMethod> of(Object holder) {
    List<Method> methods = new ArrayList<>();
    for (Class<?> type = holder.getClass(); type != null; type = type.getSuperclass()) {
      for (Method method : type.getDeclaredMethods()) {
        boolean isOurs = method.isAnnotationPresent(Tool.class) && !method.isBridge();
        if (isOurs && methods.stream().noneMatch(known -> overrides(known, method))) {
          methods.add(method);
        }
      }
    }
    return methods.stream()
        .sorted(Comparator.comparing(Method::getName))
        .map(method -> new ToolMethod(holder, method))
        .toList();
  }

  private static boolean overrides(Method known, Method method) {
    return !Modifier.isPrivate(method.getModifiers())
        && known.getName().equals(method.getName())
        && Arrays.equals(known.getParameterTypes(), method.getParameterTypes());
  }

  AgentTool tool() {
    Tool tool = method.getAnnotation(Tool.class);
    String name = tool.name().isEmpty() ? method.getName() : tool.name();
    if (tool.timeoutMillis() < 0) {
      throw new IllegalArgumentException(method + " has a negative timeoutMillis");
    }
    Type result = resultType(method.getGenericReturnType());
    if (result != null) json.checkResult(result);
    Duration timeout = tool.timeoutMillis() == 0 ? null : Duration.ofMillis(tool.timeoutMillis());
    return Tools.make(
        new ToolDefinition(name, tool.value(), schema()), timeout, json, this::invoke);
  }

  /**
   * Returns the type of the result, that of a stage or call included, or null if it is not
   * declared.
   */
  private static @Nullable Type resultType(Type type) {
    Class<?> raw = type instanceof ParameterizedType generic
        ? (Class<?>) generic.getRawType()
        : type instanceof Class<?> plain ? plain : Object.class;
    boolean isPending =
        CompletionStage.class.isAssignableFrom(raw) || Call.class.isAssignableFrom(raw);
    if (!isPending) return type;
    Type[] ofWhat =
        type instanceof ParameterizedType generic ? generic.getActualTypeArguments() : new Type[0];
    return ofWhat.length == 1 ? ofWhat[0] : null;
  }

  private @Nullable Object invoke(ToolInvocation call) throws Exception {
    Map<String, String> given = Tools.read(() -> json.members(call.arguments()));
    List<@Nullable Object> arguments = new ArrayList<>();
    parameters.forEach((name, parameter) -> arguments.add(argument(given.get(name), parameter)));
    try {
      return method.invoke(holder, arguments.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) throw error;
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private @Nullable Object argument(@Nullable String given, Parameter parameter) {
    if (given == null) return EMPTY.get(parameter.getType());
    Object value = Tools.read(json, given, valueType(parameter));
    return parameter.getType() == Optional.class ? Optional.of(value) : value;
  }

  private Map<String, @Nullable Object> schema() {
    Map<String, Object> definitions = new LinkedHashMap<>();
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    parameters.forEach((name, parameter) -> {
      properties.put(name, schema(parameter, definitions));
      if (!isOptional(parameter)) required.add(name);
    });
    Map<String, @Nullable Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    schema.put("required", required);
    schema.put("additionalProperties", false);
    if (!definitions.isEmpty()) schema.put(DEFINITIONS, definitions);
    return schema;
  }

  /** References start at the root, so definitions must be moved there. */
  private Map<String, @Nullable Object> schema(
      Parameter parameter, Map<String, Object> definitions) {
    Type type = valueType(parameter);
    if (isOptional(parameter.getParameterizedType())
        && (isOptional(type) || EMPTY.containsKey(type))) {
      throw new IllegalArgumentException(
          method + " has nested Optional types: null cannot tell which is empty; use only one");
    }
    Map<String, @Nullable Object> schema = new LinkedHashMap<>(json.schema(type));
    if (schema.remove(DEFINITIONS) instanceof Map<?, ?> own) {
      own.forEach((key, definition) -> {
        Object known = definitions.putIfAbsent((String) key, definition);
        if (known != null && !known.equals(definition)) {
          throw new IllegalArgumentException(
              method + " uses two different types with the name " + key);
        }
      });
    }
    Map<String, @Nullable Object> whole = isOptional(parameter) ? orNull(schema) : schema;
    Param param = parameter.getAnnotation(Param.class);
    if (param != null && !param.value().isEmpty()) whole.put("description", param.value());
    return whole;
  }

  /**
   * Returns a schema for {@code schema} or null. An enum stays separate, because some providers
   * reject null among its values.
   */
  private static Map<String, @Nullable Object> orNull(Map<String, @Nullable Object> schema) {
    if (schema.isEmpty() || schema.get("type") instanceof List<?>) return schema;
    if (schema.get("type") == null || schema.containsKey("enum")) {
      return new LinkedHashMap<>(Map.of("anyOf", List.of(schema, NULL)));
    }
    Map<String, @Nullable Object> either = new LinkedHashMap<>(schema);
    either.put("type", List.of(schema.get("type"), "null"));
    return either;
  }

  /** Returns the type of the value that an optional parameter holds. */
  private static Type valueType(Parameter parameter) {
    Type type = parameter.getParameterizedType();
    return isOptional(type) ? ((ParameterizedType) type).getActualTypeArguments()[0] : type;
  }

  private static boolean isOptional(Type type) {
    return type instanceof ParameterizedType held && held.getRawType() == Optional.class;
  }

  private String nameOf(Parameter parameter) {
    Param param = parameter.getAnnotation(Param.class);
    if (param != null && !param.name().isEmpty()) return param.name();
    if (parameter.isNamePresent()) return parameter.getName();
    throw new IllegalArgumentException("The parameter names of " + method
        + " are not available: compile with -parameters, or set them with @Param(name = …)");
  }

  private static boolean isOptional(Parameter parameter) {
    return EMPTY.containsKey(parameter.getType())
        || hasNullable(parameter)
        || hasNullable(parameter.getAnnotatedType());
  }

  /** Accepts any annotation named Nullable. */
  private static boolean hasNullable(AnnotatedElement element) {
    return Arrays.stream(element.getAnnotations())
        .map(Annotation::annotationType)
        .anyMatch(type -> type.getSimpleName().equals("Nullable"));
  }
}
