package dev.muster.benchmarks.workload;

import dev.muster.benchmarks.contestant.Contestant;
import java.util.concurrent.CountDownLatch;

/**
 * Counts the tokens of streams side by side: each stream writes its own cells, so that counting costs nothing worth
 * telling. What comes of one stream comes one after the other.
 */
final class Arrivals implements Contestant.Tokens {
  /** Cells apart, so that no two streams write one cache line. */
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

  /** Opens when each stream has brought its first token. */
  CountDownLatch begun() {
    return begun;
  }

  /** When the first token of the stream that began last was here. */
  long lastFirst() {
    long last = first[0];
    for (long time : first) if (time - last > 0) last = time;
    return last;
  }

  /** Throws unless each stream has brought {@code tokens}. Only after all have ended. */
  void expect(int tokens) {
    for (int stream = 0; stream < first.length; stream++) {
      long came = counts[stream * APART];
      if (came != tokens) {
        throw new IllegalStateException(came + " tokens of " + tokens + " in stream " + stream);
      }
    }
  }
}
