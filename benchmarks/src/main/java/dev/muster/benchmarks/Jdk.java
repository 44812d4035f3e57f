package dev.muster.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** A JDK to run contestants on, described by its {@code release} file. */
record Jdk(Path home, String version, String vendor) {
  static Jdk of(Path home) throws IOException {
    Path release = home.resolve("release");
    if (!Files.isRegularFile(release))
      throw new IOException("Not a JDK, because it has no release file: " + home);
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(release)) {
      properties.load(in);
    }
    return new Jdk(home, value(properties, "JAVA_VERSION"), value(properties, "IMPLEMENTOR"));
  }

  /** Returns the JDK that runs the harness. */
  static Jdk current() throws IOException {
    return of(Path.of(System.getProperty("java.home")));
  }

  String feature() {
    int dot = version.indexOf('.');
    return dot < 0 ? version : version.substring(0, dot);
  }

  String java() {
    return tool("java");
  }

  String tool(String name) {
    return home.resolve("bin").resolve(name).toString();
  }

  private static String value(Properties properties, String name) {
    return properties.getProperty(name, "?").replace("\"", "");
  }
}
