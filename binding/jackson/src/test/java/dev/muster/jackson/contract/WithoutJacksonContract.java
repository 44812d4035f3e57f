package dev.muster.jackson.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.agent.OutputType;
import dev.muster.fake.FakeReply;
import dev.muster.java.Agent;
import dev.muster.java.Call;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.java.OutputTypes;
import dev.muster.java.Param;
import dev.muster.java.Tool;
import dev.muster.java.Tools;
import dev.muster.java.TypeRef;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each binding must do if a program has not added the libraries that only structured responses
 * as objects need. A test class also has a static method {@code libraries}: parts of the paths of
 * the jars that are missing, and the artifacts that the message names.
 */
public abstract class WithoutJacksonContract {
  @ParameterizedTest
  @MethodSource("libraries")
  void c7WithoutALibraryAskingForAClassSaysAtOnceWhatToAddAndAllElseWorks(
      List<String> missing, List<String> toAdd) throws Exception {
    Map<String, String> said = run(missing);
    assertEquals("\"plain\"!", said.remove("own"));
    assertTrue(said.size() > 20, said::toString);
    said.forEach((way, refusal) -> {
      assertTrue(refusal.startsWith("java.lang.IllegalStateException"), way + ": " + refusal);
      for (String artifact : toAdd) assertTrue(refusal.contains(artifact), way + ": " + refusal);
    });
  }

  @Test
  void c7WithAllLibrariesNothingIsRefused() throws Exception {
    Map<String, String> said = run(List.of());
    said.values().removeIf(it -> !it.contains("Exception"));
    assertEquals(Map.of(), said);
  }

  /** Checks that the ways that start with {@code kind} are refused, and no others. */
  protected static void onlyRefused(Map<String, String> said, String kind, String toAdd) {
    said.forEach((way, refusal) -> {
      boolean isRefused = refusal.startsWith("java.lang.IllegalStateException");
      assertEquals(way.startsWith(kind), isRefused, way + ": " + refusal);
      if (isRefused) assertTrue(refusal.contains(toAdd), way + ": " + refusal);
    });
  }

  /**
   * Runs the program without the jars whose paths contain {@code missing}. Returns what happened,
   * by what it tried.
   */
  protected static Map<String, String> run(List<String> missing) throws Exception {
    try (Wire wire = new Wire();
        URLClassLoader small =
            new URLClassLoader(classPath(missing), ClassLoader.getPlatformClassLoader())) {
      wire.server.otherwise(FakeReply.text("\"plain\""));
      Callable<?> program = (Callable<?>) small
          .loadClass(Program.class.getName())
          .getConstructor(String.class)
          .newInstance(wire.server.openAiUrl());
      Map<String, String> said = new LinkedHashMap<>();
      ((Map<?, ?>) program.call()).forEach((way, it) -> said.put(way.toString(), it.toString()));
      assertEquals(1, wire.server.requestCount(), "only the one with its own type is sent");
      return said;
    }
  }

  private static URL[] classPath(List<String> missing) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(it -> missing.stream().noneMatch(it.replace('\\', '/')::contains))
        .map(WithoutJacksonContract::url)
        .toArray(URL[]::new);
  }

  private static URL url(String file) {
    try {
      return new File(file).toURI().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Runs with the small class path. */
  public static final class Program implements Callable<Map<String, String>> {
    private static final OutputType<String> OWN =
        OutputType.of("greeting", Map.of("type", "string"), json -> json + "!");

    private final String url;
    private final Map<String, String> said = new LinkedHashMap<>();

    public Program(String url) {
      this.url = url;
    }

    record City(String name, List<Integer> numbers) {}

    record Page<T>(T item) {}

    sealed interface Reply permits Yes, Perhaps {}

    record Yes() implements Reply {}

    record Perhaps(Optional<String> why) implements Reply {}

    record Deep(Map<String, List<Page<OptionalInt>>> pages) {}

    record Day(List<Page<LocalDate>> days) {}

    record Days(Map<LocalDate, String> byDay) {}

    static final class Old {
      private List<Page<LocalDate>> days;

      public void setDays(List<Page<LocalDate>> days) {
        this.days = days;
      }
    }

    static final class Plain {
      @Tool("Takes")
      String take(@Param(name = "city") Optional<City> city) {
        return "taken";
      }
    }

    static final class Optionals {
      @Tool("Takes")
      String take(@Param(name = "n") OptionalInt n) {
        return "taken";
      }
    }

    static final class NestedOptionals {
      @Tool("Takes")
      String take(@Param(name = "page") Optional<List<Page<Optional<String>>>> pages) {
        return "taken";
      }
    }

    static final class OptionalResult {
      @Tool("Gives")
      CompletionStage<List<Perhaps>> give() {
        return CompletableFuture.completedFuture(List.of());
      }
    }

    static final class Times {
      @Tool("Takes")
      String take(@Param(name = "day") Optional<LocalDate> day) {
        return "taken";
      }
    }

    static final class TimeResult {
      @Tool("Gives")
      Call<Page<LocalDate>> give() {
        return Call.value(new Page<>(LocalDate.EPOCH));
      }
    }

    @Override
    public Map<String, String> call() {
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      // The class loader that is searched for providers.
      thread.setContextClassLoader(Program.class.getClassLoader());
      try {
        ask();
        return said;
      } finally {
        thread.setContextClassLoader(before);
      }
    }

    private void ask() {
      try (Muster muster = Muster.builder()
          .environment(Map.of())
          .provider("openai", it -> it.baseUrl(url).apiKey("test-key"))
          .build()) {
        said.put("own", muster.model("openai::m").returning(OWN).ask("Hi").execute());
        said("plain, class", () -> OutputTypes.of(City.class));
        said("plain, type", () -> OutputTypes.of(new TypeRef<List<City>>() {}));
        said("plain, tool", () -> Tools.of("t", "T", City.class, City::name));
        said("plain, async tool", () -> Tools.async("t", "T", City.class, Program::stage));
        said("plain, call tool", () -> Tools.call("t", "T", City.class, it -> Call.value("")));
        said("plain, methods", () -> Tools.from(new Plain()));
        said("optional, sealed", () -> OutputTypes.of(Reply.class));
        said("optional, deep", () -> OutputTypes.of(Deep.class));
        said("optional, type", () -> OutputTypes.of(new TypeRef<Page<Optional<City>>>() {}));
        said("optional, tool", () -> Tools.of("t", "T", Deep.class, Deep::toString));
        said("optional, parameter", () -> Tools.from(new Optionals()));
        said("optional, in parameter", () -> Tools.from(new NestedOptionals()));
        said("optional, result", () -> Tools.from(new OptionalResult()));
        said("time, nested", () -> OutputTypes.of(Day.class));
        said("time, key", () -> OutputTypes.of(Days.class));
        said("time, setter", () -> OutputTypes.of(Old.class));
        said("time, type", () -> OutputTypes.of(new TypeRef<Map<String, LocalDate[]>>() {}));
        said("time, tool", () -> Tools.of("t", "T", Day.class, Day::toString));
        said("time, parameter", () -> Tools.from(new Times()));
        said("time, result", () -> Tools.from(new TimeResult()));
        ways("optional, ", muster, Perhaps.class);
        ways("time, ", muster, Day.class);
      }
    }

    /** All ways to ask for a class; nothing is sent. */
    private void ways(String kind, Muster muster, Class<?> type) {
      Model model = muster.model("openai::m");
      Agent agent = muster.agent("openai::m").build();
      said(kind + "model.ask", () -> model.returning(type).ask("Hi"));
      said(kind + "agent.ask", () -> agent.returning(type).ask("Hi"));
      said(kind + "agent.chat", () -> agent.returning(type).chat("Hi"));
      said(kind + "agent.stream", () -> agent.returning(type).stream("Hi"));
      said(kind + "conversation.ask", () -> agent.conversation().returning(type).ask("Hi"));
    }

    private static CompletionStage<?> stage(City city) {
      return CompletableFuture.completedFuture(city);
    }

    private void said(String way, Callable<?> what) {
      try {
        what.call();
        said.put(way, "made");
      } catch (Exception e) {
        said.put(way, e.toString());
      }
    }
  }
}
