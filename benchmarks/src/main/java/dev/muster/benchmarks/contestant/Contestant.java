package dev.muster.benchmarks.contestant;

import java.util.List;
import java.util.ServiceLoader;

/** One way to make calls. Workloads use all contestants through this interface. */
public interface Contestant extends AutoCloseable {
  /** Starts {@code count} calls of {@code model} at once and returns without waiting. */
  Answers start(String model, int count);

  /**
   * Starts {@code count} streams of {@code model} at once, passes each piece of text to {@code tokens} and returns
   * without waiting.
   */
  Flight stream(String model, int count, Tokens tokens);

  /**
   * Starts {@code races} races, each of one call of {@code winner} and {@code losers} calls of {@code loser}. The first
   * answer ends a race and cancels its other calls.
   */
  Flight race(int races, String winner, String loser, int losers);

  @Override
  void close();

  /** Receives each piece of text, on the thread where it arrives. */
  @FunctionalInterface
  interface Tokens {
    /** A piece of the stream with this number arrived. */
    void token(int stream);
  }

  /** Work in progress. */
  interface Flight {
    /** Waits until all have ended. Throws the failure of one of them, if any failed. */
    void await() throws Exception;

    /** Cancels all of it without waiting. */
    void cancel();

    /** Returns a failure so far, or null. */
    Throwable failure();
  }

  /** Calls in progress. */
  interface Answers extends Flight {
    /** Returns the texts of all answers when the last has arrived. */
    List<String> texts() throws Exception;

    @Override
    default void await() throws Exception {
      texts();
    }
  }

  /** Creates contestants that this module does not know. Found by {@link java.util.ServiceLoader}. */
  interface Maker {
    /** Creates the contestant called {@code name}, or returns null if this maker does not know it. */
    Contestant make(String name, Endpoint endpoint);
  }

  /** The URL of the server and the protocol to use. */
  record Endpoint(String url, boolean http2) {
    /** The base URL for OpenAI's API format. */
    public String openAi() {
      return url + "/v1";
    }
  }

  /** The contestant cannot do what the workload needs. This is reported and is not a failure. */
  final class UnableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UnableException(String reason) {
      super(reason);
    }
  }

  /** Creates the contestant called {@code name}. */
  static Contestant of(String name, Endpoint endpoint) {
    return switch (name) {
      case "bare" -> new BareContestant(endpoint);
      case "muster" -> new MusterContestant(endpoint, MusterContestant.Taking.FOR_EACH);
      case "muster-loop" -> new MusterContestant(endpoint, MusterContestant.Taking.LOOP);
      case "muster-flow" -> new CoreContestant(endpoint);
      default -> {
        for (Maker maker : ServiceLoader.load(Maker.class)) {
          Contestant made = maker.make(name, endpoint);
          if (made != null) yield made;
        }
        throw new IllegalArgumentException("Unknown contestant: " + name);
      }
    };
  }
}
