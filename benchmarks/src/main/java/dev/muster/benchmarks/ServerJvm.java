package dev.muster.benchmarks;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.server.BenchServer;
import java.io.IOException;
import java.util.List;

/** The JVM of the server, for all runs of a workload. It runs on the JDK of the harness. */
final class ServerJvm implements AutoCloseable {
  private static final List<String> OPTIONS = List.of("-Xms1g", "-Xmx1g");

  private final ChildJvm jvm;
  private final int port;
  private final Contestant.Endpoint endpoint;

  private ServerJvm(ChildJvm jvm, int port, Contestant.Endpoint endpoint) {
    this.jvm = jvm;
    this.port = port;
    this.endpoint = endpoint;
  }

  static ServerJvm start(Options.Tls tls, KeyStoreFile keys) throws IOException {
    boolean secure = tls != Options.Tls.NONE;
    List<String> arguments =
        secure ? List.of(tls.name(), keys.path().toString(), KeyStoreFile.PASSWORD) : List.of();
    ChildJvm jvm = ChildJvm.start(
        Jdk.current(),
        OPTIONS,
        System.getProperty("java.class.path"),
        BenchServer.class,
        arguments);
    String[] ports = expect(jvm, "ports ").split(" ");
    String url = (secure ? "https" : "http") + "://127.0.0.1:" + ports[1];
    return new ServerJvm(
        jvm, Integer.parseInt(ports[0]), new Contestant.Endpoint(url, tls == Options.Tls.H2));
  }

  /** Returns the port of the counters. */
  int controlPort() {
    return port;
  }

  Contestant.Endpoint endpoint() {
    return endpoint;
  }

  boolean isSecure() {
    return endpoint.url().startsWith("https");
  }

  /** Resets the server. Returns the protocols used over TLS since the last reset. */
  String reset() throws IOException {
    jvm.writeLine("reset");
    return expect(jvm, "reset").trim();
  }

  private static String expect(ChildJvm jvm, String word) throws IOException {
    String line = jvm.readLine();
    if (line == null || !line.startsWith(word))
      throw new IOException(
          "The benchmark server answered '" + line + "', expected '" + word.trim() + "'");
    return line.substring(word.length());
  }

  @Override
  public void close() {
    jvm.close();
  }
}
