package dev.muster.java;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;

/** Captures the log, which goes to standard error, until it is closed. */
final class CapturedLog implements AutoCloseable {
  private final PrintStream before = System.err;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream() {
    @Override
    public synchronized void write(int b) {
      super.write(b);
      notifyAll();
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      super.write(bytes, offset, length);
      notifyAll();
    }
  };

  CapturedLog() {
    System.setErr(new PrintStream(written, true, UTF_8));
  }

  /** Waits until the log contains {@code part}. */
  void await(String part) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    synchronized (written) {
      while (!written.toString(UTF_8).contains(part)) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) throw new AssertionError("No \"" + part + "\" in the log:\n" + written);
        written.wait(left);
      }
    }
  }

  @Override
  public void close() {
    System.setErr(before);
  }
}
