package dev.muster.benchmarks.server;

import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeRequest;
import dev.muster.fake.FakeServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.function.Supplier;

/**
 * The server of all workloads, in a separate JVM. The model name of a request says what it does:
 * {@code now}, {@code held}, {@code gate-a} (held at the gate called a), {@code after-1000} (milliseconds), {@code
 * stream-200} (tokens), {@code paced-20-100} (tokens, milliseconds between), {@code endless-100} (milliseconds between).
 *
 * <p>It prints its control port and its port for calls, resets at each line it reads, and ends when its input ends,
 * that is, with the harness.
 */
public final class BenchServer {
  /** The text of every answer that is not a stream. */
  public static final String ANSWER = "The quick brown fox jumps over the lazy dog.";

  private static final String WORD = "word ";

  private BenchServer() {}

  /**
   * Arguments: none, or {@code H1} or {@code H2} with a key store and its password, for TLS.
   */
  public static void main(String[] args) throws Exception {
    try (FakeServer server = FakeServer.start()) {
      script(server);
      if (args.length == 0) {
        serve(server, server.port(), () -> "");
        return;
      }
      try (TlsFront front =
          new TlsFront(server.port(), args[0].equals("H2"), Path.of(args[1]), args[2])) {
        serve(server, front.port(), front::spoken);
      }
    }
  }

  private static void serve(FakeServer server, int port, Supplier<String> spoken)
      throws IOException {
    say("ports " + server.port() + " " + port);
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (orders.readLine() != null) {
      server.reset();
      script(server);
      say("reset " + spoken.get());
    }
  }

  private static void script(FakeServer server) {
    server.recording(false);
    server.on(request -> true).reply(BenchServer::reply);
  }

  private static FakeReply reply(FakeRequest request) {
    String model = request.model();
    if (model == null) throw new IllegalArgumentException("The request names no model");
    String[] words = model.split("-");
    return switch (words[0]) {
      case "now" -> FakeReply.text(ANSWER);
      case "held" -> FakeReply.text(ANSWER).hold();
      case "gate" -> FakeReply.text(ANSWER).hold(words[1]);
      case "after" -> FakeReply.text(ANSWER).delay(millis(words[1]));
      case "stream" -> tokens(words[1]);
      case "paced" -> tokens(words[1]).tokenDelay(millis(words[2]));
      case "endless" -> FakeReply.endless(WORD).tokenDelay(millis(words[1]));
      default -> throw new IllegalArgumentException("There is no script for the model " + model);
    };
  }

  private static FakeReply tokens(String count) {
    return FakeReply.tokens(Collections.nCopies(Integer.parseInt(count), WORD));
  }

  private static Duration millis(String number) {
    return Duration.ofMillis(Long.parseLong(number));
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
