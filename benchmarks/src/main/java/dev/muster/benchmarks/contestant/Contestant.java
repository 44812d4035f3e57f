package dev.muster.benchmarks.contestant;

import java.util.List;
import java.util.ServiceLoader;

/** One way to make calls. Everything a workload does, it does through this, for all contestants alike. */
public interface Contestant extends AutoCloseable {
  /** Starts {@code count} calls of {@code model} at once and returns without waiting. */
  Answers start(String model, int count);

  /**
   * Starts {@code count} streams of {@code model} side by side, tells {@code tokens} of each piece of text that comes,
   * and returns without waiting.
   */
  Flight stream(String model, int count, Tokens tokens);

  /**
   * Starts {@code races} races, each of one call of {@code winner} and {@code losers} calls of {@code loser}: the first
   * answer ends a race and gives up the rest of it.
   */
  Flight race(int races, String winner, String loser, int losers);

  @Override
  void close();

  /** Told of each piece of text, on whatever thread it comes. */
  @FunctionalInterface
  interface Tokens {
    /** A piece of the stream with this number. */
    void token(int stream);
  }

  /** What is under way. */
  interface Flight {
    /** Waits for the end of all; throws what one of them failed with. */
    void await() throws Exception;

    /** Gives all of it up, and does not wait. */
    void cancel();

    /** What one of them has failed with so far, or null. */
    Throwable failure();
  }

  /** Calls under way. */
  interface Answers extends Flight {
    /** The texts of all answers, when the last is here. */
    List<String> texts() throws Exception;

    @Override
    default void await() throws Exception {
      texts();
    }
  }

  /** Makes contestants that this module does not know. Found as a service. */
  interface Maker {
    /** The contestant called {@code name}, or null where it is not one of ours. */
    Contestant make(String name, Endpoint endpoint);
  }

  /** Where the server is, and how to speak to it. */
  record Endpoint(String url, boolean http2) {
    /** The base URL of OpenAI's form. */
    public String openAi() {
      return url + "/v1";
    }
  }

  /** The contestant cannot do what the workload asks for, by its nature: that is said, and is no failure. */
  final class UnableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UnableException(String reason) {
      super(reason);
    }
  }

  /** The contestant called {@code name}. */
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
        throw new IllegalArgumentException("no contestant is called " + name);
      }
    };
  }
}
