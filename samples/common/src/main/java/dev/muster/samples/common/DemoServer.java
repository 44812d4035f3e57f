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
 * The server that the samples talk to where no model is given: real HTTP on a loopback port, with
 * scripted answers. It starts when a sample first needs it.
 */
public final class DemoServer implements AutoCloseable {
  private FakeServer server;

  /** The server, which a sample has started: its counters show what really went over the wire. */
  public FakeServer fake() {
    if (server == null) throw new IllegalStateException("No sample has needed the demo server");
    return server;
  }

  /** Starts the server, whose usual answer takes {@code latency}. */
  FakeServer start(Duration latency) {
    try {
      server = FakeServer.start();
    } catch (IOException e) {
      throw new UncheckedIOException("The demo server found no free port", e);
    }
    DemoScript.install(server, latency);
    warmUp();
    return server;
  }

  /**
   * One exchange that the server does not count. It loads the classes of the JDK's HTTP client, so
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
