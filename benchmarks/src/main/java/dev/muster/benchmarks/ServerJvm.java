package dev.muster.benchmarks;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.server.BenchServer;
import java.io.IOException;
import java.util.List;

/** The server's JVM, for all runs of a workload. It always runs on our own JDK. */
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

  /** Where the counters are. */
  int controlPort() {
    return port;
  }

  Contestant.Endpoint endpoint() {
    return endpoint;
  }

  boolean isSecure() {
    return endpoint.url().startsWith("https");
  }

  /** Forgets everything; gives the protocols that were spoken over TLS since the last time. */
  String reset() throws IOException {
    jvm.writeLine("reset");
    return expect(jvm, "reset").trim();
  }

  private static String expect(ChildJvm jvm, String word) throws IOException {
    String line = jvm.readLine();
    if (line == null || !line.startsWith(word)) throw new IOException("the server said " + line);
    return line.substring(word.length());
  }

  @Override
  public void close() {
    jvm.close();
  }
}
