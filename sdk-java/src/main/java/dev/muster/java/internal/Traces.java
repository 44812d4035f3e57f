package dev.muster.java.internal;

import dev.muster.java.Call;
import java.util.Arrays;
import java.util.List;

/**
 * Adds the stack of the waiting thread to the stack trace of a failure. An exception usually has
 * the stack of one of our threads, where it was created. The frames of the waiting thread are
 * appended below a separator line. If a function of a call waited for another call, both waits are
 * shown.
 *
 * <p>The exception remains the same instance and keeps its own frames. If several threads wait for
 * the same exception, for example one of a call that always fails with it, it shows the thread that
 * waited last.
 */
public final class Traces {
  /** Prints as {@code at dev.muster.java.Call.<the thread that waited>(Call.java)}. */
  public static final StackTraceElement BOUNDARY = new StackTraceElement(
      Call.class.getName(), "<the thread that waited>", Call.class.getSimpleName() + ".java", -1);

  /** Package prefix of the frames below a function that runs for a call. */
  private static final String RUNS_FUNCTIONS = "dev.muster.concurrent.";

  /**
   * Number of frames that the JVM keeps of a stack. In longer traces, earlier waits are dropped.
   */
  private static final int MANY = 1024;

  private static final List<String> OURS = List.of(
      Thread.class.getName(),
      Traces.class.getName(),
      Bridge.class.getName(),
      Source.class.getName());

  private Traces() {}

  /** Appends the frames of the current thread to those of {@code failure} and returns it. */
  static <X extends Throwable> X seenByCaller(X failure) {
    StackTraceElement[] origin = origin(failure.getStackTrace());
    StackTraceElement[] caller = caller(Thread.currentThread().getStackTrace());
    if (endsWith(origin, caller)) return failure;
    StackTraceElement[] both = Arrays.copyOf(origin, origin.length + 1 + caller.length);
    both[origin.length] = BOUNDARY;
    System.arraycopy(caller, 0, both, origin.length + 1, caller.length);
    failure.setStackTrace(both);
    return failure;
  }

  /**
   * Removes the frames of an earlier wait, unless it happened inside the call that is waited for
   * now.
   */
  private static StackTraceElement[] origin(StackTraceElement[] frames) {
    List<StackTraceElement> all = Arrays.asList(frames);
    int last = all.lastIndexOf(BOUNDARY);
    if (last < 0) return frames;
    if (frames.length > MANY) return Arrays.copyOf(frames, all.indexOf(BOUNDARY));
    boolean isInside = all.subList(last, frames.length).stream()
        .anyMatch(frame -> frame.getClassName().startsWith(RUNS_FUNCTIONS));
    return isInside ? frames : Arrays.copyOf(frames, last);
  }

  /** Returns the frames from the public method that the user called. */
  private static StackTraceElement[] caller(StackTraceElement[] frames) {
    int start = 0;
    while (start < frames.length && isOurs(frames[start].getClassName())) start++;
    return Arrays.copyOfRange(frames, start, frames.length);
  }

  private static boolean isOurs(String className) {
    return OURS.stream()
        .anyMatch(ours -> className.equals(ours) || className.startsWith(ours + "$"));
  }

  /** True for a call that failed on the waiting thread itself, before its first suspension. */
  private static boolean endsWith(StackTraceElement[] frames, StackTraceElement[] end) {
    int start = frames.length - end.length;
    return start >= 0 && Arrays.equals(frames, start, frames.length, end, 0, end.length);
  }
}
