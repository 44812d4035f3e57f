package smoke;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs checks one after another and prints a line for each. A check that does not return has failed. */
public final class Checks {
  private static final int LIMIT_SECONDS = 60;

  private int failed;

  /** The body of a check. */
  @FunctionalInterface
  public interface Body {
    void run() throws Throwable;
  }

  /** Runs {@code body} on a new thread, with a time limit. */
  public void check(String name, Body body) {
    FutureTask<Void> task = new FutureTask<>(running(body));
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    try {
      task.get(LIMIT_SECONDS, TimeUnit.SECONDS);
      System.out.println("ok " + name);
    } catch (TimeoutException e) {
      failed++;
      System.out.println("FAILED " + name + ": no return within " + LIMIT_SECONDS + " s");
      Thread.getAllStackTraces().forEach(Checks::print);
      // A body that still runs could change the counts of the next checks.
      exit();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } catch (java.util.concurrent.ExecutionException e) {
      failed++;
      System.out.println("FAILED " + name + ": " + e.getCause());
      e.getCause().printStackTrace(System.out);
    }
  }

  private static Callable<Void> running(Body body) {
    return () -> {
      try {
        body.run();
        return null;
      } catch (Exception | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    };
  }

  private static void print(Thread thread, StackTraceElement[] stack) {
    System.out.println(thread);
    Arrays.stream(stack).limit(20).forEach(at -> System.out.println("    at " + at));
  }

  /** Ends the program: with code 1 if a check failed. */
  public void exit() {
    System.out.println(failed == 0 ? "all ok" : failed + " failed");
    System.out.flush();
    Runtime.getRuntime().halt(failed == 0 ? 0 : 1);
  }

  public static void same(Object expected, Object found) {
    if (!Objects.equals(expected, found)) {
      throw new AssertionError("expected " + expected + ", found " + found);
    }
  }

  public static void holds(boolean condition, Object found) {
    if (!condition) throw new AssertionError("found " + found);
  }
}
