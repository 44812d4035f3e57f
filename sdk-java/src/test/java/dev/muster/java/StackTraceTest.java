package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.muster.chat.ChatResponse;
import dev.muster.error.ErrorContext;
import dev.muster.error.LlmException;
import dev.muster.error.ProviderException;
import dev.muster.fake.FakeReply;
import dev.muster.java.internal.Traces;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The exception of a failed blocking call shows where the failure occurred and who called. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class StackTraceTest {
  static Stream<Named<LlmException>> everyKind() {
    return new ClassFileImporter()
        .importPackages("dev.muster.error", "dev.muster.agent").stream()
            .filter(type -> type.isAssignableTo(LlmException.class))
            .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
            .map(JavaClass::reflect)
            .map(type -> Named.of(type.getSimpleName(), made(type)));
  }

  private static LlmException made(Class<?> type) {
    Constructor<?> shortest = Arrays.stream(type.getConstructors())
        .min((a, b) -> a.getParameterCount() - b.getParameterCount())
        .orElseThrow();
    Object[] arguments =
        Arrays.stream(shortest.getParameters()).map(StackTraceTest::argument).toArray();
    try {
      return (LlmException) shortest.newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static Object argument(Parameter parameter) {
    Class<?> type = parameter.getType();
    if (type == String.class) return "down";
    if (type == int.class) return 1;
    if (type == Duration.class) return Duration.ofSeconds(1);
    if (type == List.class) return List.of();
    if (type == ErrorContext.class) return ErrorContext.NONE;
    if (type == ChatResponse.class) return ChatResponse.builder().build();
    if (type.isEnum()) return type.getEnumConstants()[0];
    throw new AssertionError("No argument of " + type);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("everyKind")
  @DisplayName("a failure of any kind shows its origin, and below it the frames of the caller")
  void originAndCaller(LlmException kind) {
    StackTraceElement[] origin = kind.getStackTrace();
    Call<String> call = Call.of(() -> {
      throw kind;
    });
    LlmException thrown = assertThrows(LlmException.class, () -> aMethodOfTheUsers(call));
    assertSame(kind, thrown);
    assertArrayEquals(origin, Arrays.copyOf(thrown.getStackTrace(), origin.length));
    assertShows(thrown, origin.length, "execute", "aMethodOfTheUsers");
  }

  @Test
  @DisplayName("a failure that the provider's answer has made shows the caller, once")
  void overTheWire() {
    try (Wire wire = new Wire()) {
      wire.server.otherwise(FakeReply.status(500));
      Call<String> call = wire.model().ask("Hi");
      ProviderException thrown =
          assertThrows(ProviderException.class, () -> aMethodOfTheUsers(call));
      assertEquals(1, count(thrown, "aMethodOfTheUsers"));
      LlmException unsent =
          assertThrows(LlmException.class, () -> aMethodOfTheUsers(wire.model().ask("")));
      assertEquals(1, count(unsent, "aMethodOfTheUsers"));
    }
  }

  @Test
  @DisplayName("a failed stream shows who iterated")
  void streams() {
    try (Wire wire = new Wire()) {
      wire.server.otherwise(FakeReply.tokens("one ", "two").cutAfter(1));
      LlmException thrown = assertThrows(LlmException.class, () -> {
        try (CallStream<String> stream = wire.model().stream("Count").text().open()) {
          for (String token : stream) assertEquals("one ", token);
        }
      });
      assertTrue(count(thrown, "hasNext") >= 1, () -> trace(thrown));
      assertTrue(count(thrown, "lambda$streams") >= 1, () -> trace(thrown));
    }
  }

  @Test
  @DisplayName("a call in a function of a call shows both who waited")
  void nested() {
    ProviderException down = new ProviderException("down");
    Call<String> call = Call.value("x").map(x -> inAFunction(Call.failure(down)));
    assertThrows(ProviderException.class, () -> aMethodOfTheUsers(call));
    assertEquals(1, count(down, "inAFunction"));
    assertEquals(1, count(down, "aMethodOfTheUsers"));
  }

  @Test
  @DisplayName("a failure thrown again and again does not grow, and shows who waited last")
  void again() {
    ProviderException down = new ProviderException("down");
    Call<String> call = Call.failure(down);
    Call<String> nested = Call.value("x").map(x -> inAFunction(call));
    for (int i = 0; i < 3_000; i++) {
      assertThrows(ProviderException.class, () -> aMethodOfTheUsers(nested));
      assertThrows(ProviderException.class, () -> inAFunction(call));
    }
    assertTrue(down.getStackTrace().length < 2_000, () -> down.getStackTrace().length + " frames");
    assertThrows(ProviderException.class, () -> aMethodOfTheUsers(call));
    assertTrue(count(down, "aMethodOfTheUsers") >= 1);
    StackTraceElement[] origin = new ProviderException("down").getStackTrace();
    assertEquals(origin[0].getMethodName(), down.getStackTrace()[0].getMethodName());
  }

  @Test
  @DisplayName("a checked exception is wrapped on the thread that waits")
  void checked() {
    IOException io = new IOException("disk");
    Call<String> call = Call.failure(io);
    CompletionException thrown =
        assertThrows(CompletionException.class, () -> aMethodOfTheUsers(call));
    assertSame(io, assertInstanceOf(IOException.class, thrown.getCause()));
    assertEquals(1, count(thrown, "aMethodOfTheUsers"));
  }

  private static String aMethodOfTheUsers(Call<String> call) {
    return call.execute();
  }

  private static String inAFunction(Call<String> call) {
    return call.execute();
  }

  private static void assertShows(Throwable thrown, int from, String... methods) {
    List<StackTraceElement> below =
        Arrays.asList(thrown.getStackTrace()).subList(from, thrown.getStackTrace().length);
    assertEquals(Traces.BOUNDARY, below.get(0), () -> trace(thrown));
    for (int i = 0; i < methods.length; i++) {
      assertEquals(methods[i], below.get(i + 1).getMethodName(), () -> trace(thrown));
    }
  }

  private static long count(Throwable thrown, String method) {
    return Arrays.stream(thrown.getStackTrace())
        .filter(frame -> frame.getMethodName().contains(method))
        .count();
  }

  private static String trace(Throwable thrown) {
    return String.join(
        "\n", Arrays.stream(thrown.getStackTrace()).map(Object::toString).toList());
  }
}
