package dev.muster.java;

import java.util.Arrays;
import java.util.List;

/**
 * Shows in a failure's stack trace who has waited for the call. An exception knows where it was made,
 * mostly on a thread of ours; below that the frames of the waiting thread are set, behind a line that
 * says so. Where a function of a call has waited for another call, both waits are there.
 *
 * <p>The exception stays the same instance with the frames it had. One that is thrown to several who
 * wait, as by a call that always fails with it, shows the one who has waited last.
 */
final class Traces {
  /** Prints as {@code at dev.muster.java.Call.<the thread that waited>(Call.java)}. */
  static final StackTraceElement BOUNDARY = new StackTraceElement(
      Call.class.getName(), "<the thread that waited>", Call.class.getSimpleName() + ".java", -1);

  /** What stands below a function that runs for a call. */
  private static final String RUNS_FUNCTIONS = "dev.muster.concurrent.";

  /** As many as the JVM keeps of a stack; beyond it the waits are shown from the start again. */
  private static final int MANY = 1024;

  private static final List<String> OURS = List.of(
      Thread.class.getName(),
      Traces.class.getName(),
      Bridge.class.getName(),
      Source.class.getName());

  private Traces() {}

  /** {@code failure}, with the frames of the current thread below its own. */
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

  /** Without the frames of an earlier wait, unless that was inside the call waited for now. */
  private static StackTraceElement[] origin(StackTraceElement[] frames) {
    List<StackTraceElement> all = Arrays.asList(frames);
    int last = all.lastIndexOf(BOUNDARY);
    if (last < 0) return frames;
    if (frames.length > MANY) return Arrays.copyOf(frames, all.indexOf(BOUNDARY));
    boolean isInside = all.subList(last, frames.length).stream()
        .anyMatch(frame -> frame.getClassName().startsWith(RUNS_FUNCTIONS));
    return isInside ? frames : Arrays.copyOf(frames, last);
  }

  /** From the public method on that the user has called. */
  private static StackTraceElement[] caller(StackTraceElement[] frames) {
    int start = 0;
    while (start < frames.length && isOurs(frames[start].getClassName())) start++;
    return Arrays.copyOfRange(frames, start, frames.length);
  }

  private static boolean isOurs(String className) {
    return OURS.stream()
        .anyMatch(ours -> className.equals(ours) || className.startsWith(ours + "$"));
  }

  /** What fails before its first wait fails on the thread that waits. */
  private static boolean endsWith(StackTraceElement[] frames, StackTraceElement[] end) {
    int start = frames.length - end.length;
    return start >= 0 && Arrays.equals(frames, start, frames.length, end, 0, end.length);
  }
}
