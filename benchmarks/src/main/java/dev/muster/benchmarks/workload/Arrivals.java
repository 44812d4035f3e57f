package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import java.util.concurrent.CountDownLatch;

/**
 * Counts the tokens of concurrent streams. Each stream writes its own cells, so that counting costs almost nothing. The
 * tokens of one stream arrive one after the other.
 */
final class Arrivals implements Contestant.Tokens {
  /** The distance of cells, so that two streams never write the same cache line. */
  private static final int APART = 16;

  private final long[] counts;
  private final long[] first;
  private final CountDownLatch begun;

  Arrivals(int streams) {
    counts = new long[streams * APART];
    first = new long[streams];
    begun = new CountDownLatch(streams);
  }

  @Override
  public void token(int stream) {
    if (counts[stream * APART]++ > 0) return;
    first[stream] = System.nanoTime();
    begun.countDown();
  }

  /** Opens when each stream has received its first token. */
  CountDownLatch begun() {
    return begun;
  }

  /** Returns when the last stream received its first token. */
  long lastFirst() {
    long last = first[0];
    for (long time : first) if (time - last > 0) last = time;
    return last;
  }

  /** Throws unless each stream has received {@code tokens}. Call it after all have ended. */
  void expect(int tokens) {
    for (int stream = 0; stream < first.length; stream++) {
      long came = counts[stream * APART];
      if (came != tokens) {
        throw new IllegalStateException(
            "Stream " + stream + " received " + came + " of " + tokens + " tokens");
      }
    }
  }
}
