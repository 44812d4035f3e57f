package dev.muster.benchmarks.contestant;

import java.util.List;

/** One way to make calls. Everything a workload does, it does through this, for all contestants alike. */
public interface Contestant extends AutoCloseable {
  /** Starts {@code count} calls of {@code model} at once and returns without waiting. */
  Flight start(String model, int count);

  /** Streams {@code count} answers of {@code model} side by side to their ends; returns the tokens that came. */
  long stream(String model, int count) throws InterruptedException;

  @Override
  void close();

  /** Calls under way. */
  interface Flight {
    /** The texts of all answers, when the last is here. */
    List<String> await();

    /** Gives all of them up. */
    void cancel();
  }

  /** The contestant called {@code name}, on the OpenAI endpoint at {@code baseUrl}. */
  static Contestant of(String name, String baseUrl) {
    return switch (name) {
      case "bare" -> new BareContestant(baseUrl);
      case "muster" -> new MusterContestant(baseUrl, MusterContestant.Taking.FOR_EACH);
      case "muster-loop" -> new MusterContestant(baseUrl, MusterContestant.Taking.LOOP);
      case "muster-list" -> new MusterContestant(baseUrl, MusterContestant.Taking.LIST);
      default -> throw new IllegalArgumentException("no contestant is called " + name);
    };
  }
}
