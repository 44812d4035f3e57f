package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.java.json.JsonBinding;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Type;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a program finds its JSON binding. */
class BindingsTest {
  private static final Predicate<String> TESTS = it -> it.endsWith("test-classes");

  /** Where a binding is registered for this test only. */
  @TempDir
  Path more;

  /** A second binding. It is never called. */
  public static final class Other implements JsonBinding {
    /** For the ServiceLoader. */
    public Other() {}

    @Override
    public Map<String, @Nullable Object> schema(Type type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> T read(String json, Type type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, String> members(String json) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void checkResult(Type type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String write(@Nullable Object value) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void c7WithoutABindingTheArtifactAndItsVersionAreSaidAtOnce() throws Exception {
    try (URLClassLoader bare = loader(classPath(TESTS.negate()))) {
      String said = refusal(bare, bare);
      assertEquals(
          "Structured output and tools with Java classes need a JSON binding: add"
              + " dev.muster:muster-jackson:" + version() + " to the class path. With Jackson 3, as"
              + " in Spring Boot 4, add dev.muster:muster-jackson3 instead",
          said);
    }
  }

  private static String version() throws IOException {
    String pom = Files.readString(Path.of("../pom.xml"));
    return pom.substring(
        pom.indexOf("<version>") + "<version>".length(), pom.indexOf("</version>"));
  }

  @Test
  void c7OfTwoBindingsNeitherIsTakenAndBothAreNamed() throws Exception {
    Path services = Files.createDirectories(more.resolve("META-INF/services"));
    Files.writeString(services.resolve(JsonBinding.class.getName()), Other.class.getName());
    Stream<URL> both =
        Stream.concat(classPath(it -> true), Stream.of(more.toUri().toURL()));
    try (URLClassLoader two = loader(both)) {
      String said = refusal(two, two);
      assertEquals(
          "The class path has more than one JSON binding: " + Other.class.getName()
              + ", dev.muster.java.RecordBinding. Remove all but one",
          said);
    }
  }

  @Test
  void c7TheBindingOfAProgramIsFoundWhereAServerHoldsTheLibrary() throws Exception {
    try (URLClassLoader server = loader(classPath(TESTS.negate()));
        URLClassLoader program = new URLClassLoader(classPath(TESTS).toArray(URL[]::new), server)) {
      assertTrue(refusal(server, server).contains("muster-jackson"));
      assertEquals("OutputType(String)", named(server, program).toString());
      assertTrue(refusal(server, server).contains("muster-jackson"), "kept for other programs");
    }
  }

  private static String refusal(ClassLoader library, ClassLoader ofThread) {
    InvocationTargetException failed =
        assertThrows(InvocationTargetException.class, () -> named(library, ofThread));
    assertEquals(IllegalStateException.class, failed.getCause().getClass());
    return failed.getCause().getMessage();
  }

  /** Calls {@code OutputTypes.of(String.class)} of {@code library}. */
  private static Object named(ClassLoader library, ClassLoader ofThread) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(ofThread);
    try {
      return library
          .loadClass(OutputTypes.class.getName())
          .getMethod("of", Class.class)
          .invoke(null, String.class);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static URLClassLoader loader(Stream<URL> urls) {
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  private static Stream<URL> classPath(Predicate<String> isWanted) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(isWanted)
        .map(BindingsTest::url);
  }

  private static URL url(String file) {
    try {
      return new File(file).toURI().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
