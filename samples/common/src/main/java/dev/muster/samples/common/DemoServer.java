package dev.muster.samples.common;

import dev.muster.fake.FakeServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * The server that the samples talk to if no model is given: real HTTP on a loopback port, with
 * scripted answers. It starts when a sample first needs it.
 */
public final class DemoServer implements AutoCloseable {
  private FakeServer server;

  /**
   * Returns the server. Its counters show what went over the wire.
   *
   * @throws IllegalStateException if no sample has started it
   */
  public FakeServer fake() {
    if (server == null) throw new IllegalStateException("No sample has started the demo server");
    return server;
  }

  /** Starts the server. Its usual answer takes {@code latency}. */
  FakeServer start(Duration latency) {
    try {
      server = FakeServer.start();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start the demo server: no free port", e);
    }
    DemoScript.install(server, latency);
    warmUp();
    return server;
  }

  /**
   * Makes one exchange that the server does not count. It loads the classes of the JDK's HTTP client, so
   * that the first measured call shows its latency and not the start of the JVM.
   */
  private void warmUp() {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + "/__muster/stats")).build();
    HttpClient.newHttpClient().sendAsync(request, BodyHandlers.ofString()).join();
  }

  @Override
  public void close() {
    if (server != null) server.close();
  }
}
