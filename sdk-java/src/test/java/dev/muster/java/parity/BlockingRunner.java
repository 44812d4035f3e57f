package dev.muster.java.parity;

import dev.muster.error.CallInterruptedException;
import dev.muster.java.CallStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Runs rows as a Java program does on a blocked thread, which an interrupt cancels. Streams are
 * iterated over and left with {@code break}.
 */
class BlockingRunner implements Runner {
  @Override
  public String getStyle() {
    return "blocking";
  }

  @Override
  public Session open(Setup setup, Audience audience) {
    return new BlockingSession(setup, audience);
  }

  private static final class BlockingSession extends JavaSession {
    BlockingSession(Setup setup, Audience audience) {
      super(setup, audience);
    }

    @Override
    Running begin(Op op) {
      BlockingRunning running = new BlockingRunning();
      running.thread = new Thread(timed(() -> running.end(() -> value(op))), "parity-blocking");
      running.thread.setDaemon(true);
      running.thread.start();
      return running;
    }

    private Object value(Op op) {
      if (op instanceof First first) return taken(first.stream(), first.count());
      if (op instanceof Stream stream) return taken(stream, Integer.MAX_VALUE);
      return call(op).execute();
    }

    private List<Object> taken(Stream op, int count) {
      List<Object> values = new ArrayList<>();
      try (CallStream<?> stream = stream(op).open()) {
        for (Object value : stream) {
          values.add(value);
          take(value);
          if (values.size() == count) break;
        }
      }
      return values;
    }
  }

  private static final class BlockingRunning implements Running {
    private final CompletableFuture<Ending> ending = new CompletableFuture<>();
    private volatile boolean interrupted;
    private Thread thread;

    void end(Supplier<Object> work) {
      Ending end;
      try {
        end = new Ending(work.get(), null);
      } catch (Throwable e) {
        end = new Ending(null, e);
      }
      ending.complete(checked(end));
    }

    /** Checks that an interrupt is reported as one and that the flag is set again. */
    private Ending checked(Ending end) {
      boolean flag = Thread.interrupted();
      if (!interrupted || !(end.failure() instanceof CancellationException)) return end;
      if (end.failure() instanceof CallInterruptedException && flag) return end;
      return new Ending(null, new AssertionError("flag " + flag, end.failure()));
    }

    @Override
    public void cancel() {
      interrupted = true;
      thread.interrupt();
    }

    @Override
    public CompletableFuture<Ending> getEnding() {
      return ending;
    }
  }
}
