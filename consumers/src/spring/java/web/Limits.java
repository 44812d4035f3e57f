package web;

import java.time.Duration;

/** How long a request may take, and how often a silent one is written to. */
public final class Limits {
  private volatile Duration limit = Duration.ofMinutes(1);
  private volatile Duration beat = Duration.ofSeconds(10);

  public Duration limit() {
    return limit;
  }

  public Duration beat() {
    return beat;
  }

  void set(Duration newLimit, Duration newBeat) {
    limit = newLimit;
    beat = newBeat;
  }
}
