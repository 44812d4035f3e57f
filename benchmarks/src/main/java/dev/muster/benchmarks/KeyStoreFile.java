package dev.muster.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A key store with a self-signed certificate for 127.0.0.1, made for these runs. The contestants trust it. */
final class KeyStoreFile implements AutoCloseable {
  /** Not a secret: the key is thrown away after the run. */
  static final String PASSWORD = "benchmarks";

  private final Path directory;

  private KeyStoreFile(Path directory) {
    this.directory = directory;
  }

  static KeyStoreFile create() throws IOException, InterruptedException {
    KeyStoreFile file = new KeyStoreFile(Files.createTempDirectory("muster-benchmarks"));
    Process keytool = new ProcessBuilder(
            Jdk.current().tool("keytool"),
            "-genkeypair",
            "-alias",
            "server",
            "-keyalg",
            "EC",
            "-dname",
            "CN=localhost",
            "-ext",
            "san=ip:127.0.0.1,dns:localhost",
            "-validity",
            "7",
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            file.path().toString())
        .redirectErrorStream(true)
        .start();
    String said = new String(keytool.getInputStream().readAllBytes());
    if (keytool.waitFor() != 0) throw new IOException("keytool failed: " + said);
    return file;
  }

  Path path() {
    return directory.resolve("keys.p12");
  }

  /** Returns the JVM options that make it trusted. */
  List<String> trusting() {
    return List.of(
        "-Djavax.net.ssl.trustStore=" + path(), "-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path());
    Files.deleteIfExists(directory);
  }
}
