package dev.muster.benchmarks.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The server's counters and gates, for the workload in the contestant's JVM. Uses a plain socket, so that it adds
 * neither threads nor memory to what is measured.
 */
public final class ServerControl {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final int port;

  public ServerControl(int port) {
    this.port = port;
  }

  public Stats stats() throws IOException {
    return new Stats(send("GET", "stats"));
  }

  /** Waits until counter {@code name} is at least {@code count} or {@code seconds} passed. Returns the counters. */
  public Stats await(String name, int count, int seconds) throws IOException {
    return new Stats(
        send("GET", "await?" + name + "=" + count + "&timeoutMillis=" + seconds * 1_000));
  }

  /** Waits until nothing is in flight. */
  public Stats awaitIdle(int seconds) throws IOException {
    return new Stats(send("GET", "await?idle=1&timeoutMillis=" + seconds * 1_000));
  }

  /** Releases all replies that are held, now and later. */
  public void release() throws IOException {
    send("POST", "release");
  }

  /** Releases the replies that are held at {@code gate}. */
  public void release(String gate) throws IOException {
    send("POST", "release?gate=" + gate);
  }

  /**
   * Returns how far the server's {@link System#nanoTime} is ahead of ours. It is close to zero on Linux, where all
   * processes read one clock.
   */
  public long clockOffset() throws IOException {
    stats(); // The first exchange is slow.
    long before = System.nanoTime();
    long theirs = stats().nanos();
    long after = System.nanoTime();
    boolean oneClock = before <= theirs && theirs <= after;
    return oneClock ? 0 : theirs - (before + after) / 2;
  }

  private JsonNode send(String method, String what) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      OutputStream out = socket.getOutputStream();
      String request =
          method + " /__muster/" + what + " HTTP/1.1\r\nHost: control\r\nContent-Length: 0\r\n\r\n";
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      return body(socket.getInputStream());
    }
  }

  private static JsonNode body(InputStream in) throws IOException {
    int length = 0;
    while (true) {
      String line = line(in);
      if (line.isEmpty()) return JSON.readTree(in.readNBytes(length));
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(line.indexOf(':') + 1).trim());
      }
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0)
        throw new IOException("The server closed the connection within a header: " + line);
      if (next != '\r') line.append((char) next);
    }
    return line.toString();
  }

  /** A snapshot of the counters. */
  public record Stats(JsonNode json) {
    public int requests() {
      return json.path("requests").asInt();
    }

    public int inFlight() {
      return json.path("inFlight").asInt();
    }

    public int completed() {
      return json.path("completed").asInt();
    }

    public int disconnects() {
      return json.path("disconnects").asInt();
    }

    public int held() {
      return json.path("held").asInt();
    }

    public int peakInFlight() {
      return json.path("peakInFlight").asInt();
    }

    public int connectionsAccepted() {
      return json.path("connectionsAccepted").asInt();
    }

    /** The time of the server's clock. */
    public long nanos() {
      return json.path("nowNanos").asLong();
    }

    /** Returns when the last client disconnected, by the server's clock. */
    public long lastDisconnect() {
      JsonNode stamps = json.path("disconnectNanos");
      long last = Long.MIN_VALUE;
      for (JsonNode stamp : stamps) last = Math.max(last, stamp.asLong());
      if (stamps.isEmpty()) throw new IllegalStateException("No client has disconnected");
      return last;
    }
  }
}
