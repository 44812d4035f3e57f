package dev.muster.java;

import dev.muster.java.internal.Source;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The values of a running {@link StreamCall}, for one pass by one thread at a time.
 *
 * <p>The iterator's {@code hasNext} and {@code next} block until a value is available. If the
 * operation fails, they throw its failure like {@link Call#execute}, and throw it again on each
 * further call. Interrupting the waiting thread cancels the operation, closes its HTTP exchanges,
 * sets the interrupt flag again and throws {@link dev.muster.error.CallInterruptedException}.
 *
 * <pre>{@code
 * try (CallStream<String> words = agent.stream("Write a story.").text().open()) {
 *   for (String word : words) System.out.print(word);
 * }
 * }</pre>
 *
 * @param <T> the type of the values
 */
public final class CallStream<T extends @Nullable Object> implements Iterable<T>, AutoCloseable {
  private final Source<T> source;
  private boolean taken;

  CallStream(Source<T> source) {
    this.source = source;
  }

  /**
   * Returns the only iterator of this stream.
   *
   * @throws IllegalStateException if it was returned before
   */
  @Override
  public Iterator<T> iterator() {
    if (taken) {
      throw new IllegalStateException(
          "This CallStream was already iterated: call open() again for another one");
    }
    taken = true;
    return new Values<>(source);
  }

  /**
   * Cancels the running operation and closes its HTTP exchanges. Never blocks. May be called by any
   * thread: a thread that waits for a value, or asks for one later, gets a {@link
   * CancellationException}. After the last value it has no effect.
   */
  @Override
  public void close() {
    source.cancel();
  }

  @Override
  public String toString() {
    return "CallStream";
  }

  private static final class Values<T extends @Nullable Object> implements Iterator<T> {
    private final Source<T> source;
    private @Nullable RuntimeException failure;
    private @Nullable Error error;
    private boolean ready;
    private boolean ended;

    Values(Source<T> source) {
      this.source = source;
    }

    @Override
    public boolean hasNext() {
      if (failure != null) throw failure;
      if (error != null) throw error;
      if (ready || ended) return ready;
      try {
        ready = source.hasNext();
        ended = !ready;
        return ready;
      } catch (RuntimeException e) {
        failure = e;
        source.cancel();
        throw e;
      } catch (Error e) {
        error = e;
        source.cancel();
        throw e;
      }
    }

    @Override
    public T next() {
      if (!hasNext()) throw new NoSuchElementException("The stream has no more values");
      ready = false;
      return source.take();
    }
  }
}
