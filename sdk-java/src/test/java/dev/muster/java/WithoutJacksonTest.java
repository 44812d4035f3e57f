package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.agent.OutputType;
import dev.muster.fake.FakeReply;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What happens where a program has not added the libraries that only answers as objects need. */
class WithoutJacksonTest {
  @Test
  void c7WithoutJacksonAskingForAClassSaysWhatToAddAndAllElseWorks() throws Exception {
    try (Wire wire = new Wire();
        URLClassLoader small =
            new URLClassLoader(classPathWithoutJackson(), ClassLoader.getPlatformClassLoader())) {
      wire.server.otherwise(FakeReply.text("\"plain\""));
      Callable<?> program = (Callable<?>) small
          .loadClass(Program.class.getName())
          .getConstructor(String.class)
          .newInstance(wire.server.openAiUrl());
      String[] said = program.call().toString().split("\\|");
      assertEquals("\"plain\"!", said[0]);
      assertEquals("java.lang.IllegalStateException", said[1]);
      assertTrue(said[2].contains("com.fasterxml.jackson.core:jackson-databind"), said[2]);
      assertTrue(said[2].contains("com.github.victools:jsonschema-generator"), said[2]);
    }
  }

  private static URL[] classPathWithoutJackson() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(it -> !it.contains("jackson") && !it.contains("victools"))
        .filter(it -> !it.contains("classmate"))
        .map(WithoutJacksonTest::url)
        .toArray(URL[]::new);
  }

  private static URL url(String file) {
    try {
      return new File(file).toURI().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Runs in the small class path. */
  public static final class Program implements Callable<String> {
    private static final OutputType<String> OWN =
        OutputType.of("greeting", Map.of("type", "string"), json -> json + "!");

    private final String url;

    public Program(String url) {
      this.url = url;
    }

    @Override
    public String call() {
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      // Where providers are looked for.
      thread.setContextClassLoader(Program.class.getClassLoader());
      try {
        return ask();
      } finally {
        thread.setContextClassLoader(before);
      }
    }

    private String ask() {
      try (Muster muster = Muster.builder()
          .environment(Map.of())
          .provider("openai", it -> it.baseUrl(url).apiKey("test-key"))
          .build()) {
        Model model = muster.model("openai::m");
        String text = model.ask("Hi", OWN).execute();
        try {
          model.ask("Hi", Program.class);
          return text + "|nothing|";
        } catch (IllegalStateException e) {
          return text + "|" + e.getClass().getName() + "|" + e.getMessage();
        }
      }
    }
  }
}
