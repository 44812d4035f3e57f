package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.context.ContextCarrier;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A Java user sees only types of the JDK and of Muster: no Kotlin type is in the public signatures
 * of the facade, or of the core types that are reachable from it or that Java code implements.
 */
class PublicTypesTest {
  private final Deque<Class<?>> toVisit = new ArrayDeque<>();
  private final Set<Class<?>> visited = new HashSet<>();
  private final Set<String> offences = new TreeSet<>();

  @Test
  void noKotlinTypeCanBeReached() throws Exception {
    facade().forEach(this::visit);
    visit(ContextCarrier.class);
    while (!toVisit.isEmpty()) look(toVisit.remove());
    assertEquals(Set.of(), offences);
    List<String> names = visited.stream().map(Class::getName).toList();
    assertTrue(
        names.containsAll(List.of(
            "dev.muster.java.CallFuture",
            "dev.muster.chat.ChatResponse",
            "dev.muster.context.ContextCarrier$Captured",
            "dev.muster.concurrent.Outcome$Success",
            "dev.muster.batch.BatchReport",
            "dev.muster.provider.ProviderConfig$Builder")),
        names::toString);
  }

  private static List<Class<?>> facade() throws IOException {
    Path root = Path.of("target", "classes");
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString())
          .filter(name -> name.endsWith(".class") && !name.contains("-info"))
          .filter(name -> !name.contains("internal"))
          .map(name -> name.substring(0, name.length() - 6).replace('/', '.').replace('\\', '.'))
          .<Class<?>>map(PublicTypesTest::load)
          .filter(PublicTypesTest::isPublic)
          .toList();
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, PublicTypesTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isPublic(Class<?> type) {
    for (Class<?> outer = type; outer != null; outer = outer.getEnclosingClass()) {
      if (!Modifier.isPublic(outer.getModifiers()) && !Modifier.isProtected(outer.getModifiers())) {
        return false;
      }
    }
    return !type.isSynthetic() && !type.isAnonymousClass();
  }

  private void visit(Class<?> type) {
    if (visited.add(type)) toVisit.add(type);
  }

  private void look(Class<?> type) {
    String at = type.getName();
    if (type.getGenericSuperclass() != null) check(at, type.getGenericSuperclass());
    for (Type parent : type.getGenericInterfaces()) check(at, parent);
    for (Class<?> nested : type.getDeclaredClasses()) if (isPublic(nested)) visit(nested);
    for (Field field : type.getDeclaredFields()) {
      if (isSeen(field)) check(at + "." + field.getName(), field.getGenericType());
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (isSeen(constructor)) parameters(at, constructor);
    }
    for (Method method : type.getDeclaredMethods()) {
      boolean isEntries = type.isEnum() && method.getName().equals("getEntries");
      if (!isSeen(method) || isEntries) continue;
      parameters(at, method);
      check(at + "." + method.getName(), method.getGenericReturnType());
    }
  }

  private void parameters(String at, Executable member) {
    for (Type parameter : member.getGenericParameterTypes()) {
      check(at + "." + member.getName(), parameter);
    }
  }

  private static boolean isSeen(Member member) {
    int modifiers = member.getModifiers();
    return !member.isSynthetic()
        && (Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers));
  }

  private void check(String at, Type type) {
    if (type instanceof Class<?> plain) {
      Class<?> element = plain.isArray() ? plain.getComponentType() : plain;
      if (element.getName().startsWith("kotlin")) offences.add(at + ": " + element.getName());
      if (element.getName().startsWith("dev.muster.")) visit(element);
    } else if (type instanceof ParameterizedType parameterized) {
      check(at, parameterized.getRawType());
      Arrays.stream(parameterized.getActualTypeArguments()).forEach(each -> check(at, each));
    } else if (type instanceof WildcardType wildcard) {
      Arrays.stream(wildcard.getUpperBounds()).forEach(each -> check(at, each));
      Arrays.stream(wildcard.getLowerBounds()).forEach(each -> check(at, each));
    } else if (type instanceof GenericArrayType array) {
      check(at, array.getGenericComponentType());
    } else if (type instanceof TypeVariable<?> variable) {
      for (Type bound : variable.getBounds()) {
        if (bound instanceof Class<?>) check(at, bound);
      }
    }
  }
}
