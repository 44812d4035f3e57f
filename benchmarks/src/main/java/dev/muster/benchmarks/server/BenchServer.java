package dev.muster.benchmarks.server;

import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeRequest;
import dev.muster.fake.FakeServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The server of all workloads, in a JVM of its own. What it does is said by the name of the model that a call asks for:
 * {@code now}, {@code held}, {@code after-1000} (milliseconds), {@code stream-200} (tokens).
 *
 * <p>It prints its port, forgets everything at each line it reads, and ends with its input: with the harness.
 */
public final class BenchServer {
  /** The text of every answer that is not a stream. */
  public static final String ANSWER = "The quick brown fox jumps over the lazy dog.";

  private BenchServer() {}

  public static void main(String[] args) throws IOException {
    try (FakeServer server = FakeServer.start()) {
      script(server);
      say("port " + server.port());
      BufferedReader orders =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      while (orders.readLine() != null) {
        server.reset();
        script(server);
        say("reset");
      }
    }
  }

  private static void script(FakeServer server) {
    server.recording(false);
    server.on(request -> true).reply(BenchServer::reply);
  }

  private static FakeReply reply(FakeRequest request) {
    String model = request.model();
    if (model == null) throw new IllegalArgumentException("no model in the request");
    int dash = model.indexOf('-');
    int number = dash < 0 ? 0 : Integer.parseInt(model.substring(dash + 1));
    return switch (dash < 0 ? model : model.substring(0, dash)) {
      case "now" -> FakeReply.text(ANSWER);
      case "held" -> FakeReply.text(ANSWER).hold();
      case "after" -> FakeReply.text(ANSWER).delay(Duration.ofMillis(number));
      case "stream" -> FakeReply.tokens(java.util.Collections.nCopies(number, "word "));
      default -> throw new IllegalArgumentException("no script for the model " + model);
    };
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
