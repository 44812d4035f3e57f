package dev.muster.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where a JVM spent its processor time and its allocations, from the samples of a flight recording of the whole run,
 * including its warm-up. Counts each sample for its top method and for the nearest caller in Muster.
 */
final class Profile {
  private static final int ROWS = 30;
  private static final String OURS = "dev.muster.";
  private static final String HARNESS = "dev.muster.benchmarks.";

  private final Tally threads = new Tally("threads, by samples");
  private final Tally methods = new Tally("methods, by samples");
  private final Tally callers = new Tally("nearest methods of Muster, by samples");
  private final Tally sites = new Tally("allocating methods, by bytes");
  private final Tally siteCallers = new Tally("allocations by type and nearest method of Muster");
  private final Tally types = new Tally("allocated types, by bytes");

  private Profile() {}

  /** Returns the JVM options that record to {@code file}. */
  static List<String> recordingTo(Path file) {
    return List.of(
        "-XX:StartFlightRecording=dumponexit=true,settings=profile,filename=" + file,
        "-XX:FlightRecorderOptions=stackdepth=128",
        "-Xlog:jfr*=off");
  }

  static Profile of(Path file) throws IOException {
    Profile profile = new Profile();
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) profile.add(recording.readEvent());
    }
    return profile;
  }

  private void add(RecordedEvent event) {
    String name = event.getEventType().getName();
    RecordedStackTrace stack = event.getStackTrace();
    if (stack == null || stack.getFrames().isEmpty()) return;
    if (name.equals("jdk.ExecutionSample")) {
      RecordedThread thread = event.getValue("sampledThread");
      String threadName = thread == null ? "?" : String.valueOf(thread.getJavaName());
      threads.add(threadName.replaceAll("\\d+", "#"), 1);
      methods.add(method(stack.getFrames().get(0)), 1);
      callers.add(nearest(stack), 1);
    } else if (name.equals("jdk.ObjectAllocationSample")) {
      long bytes = event.getLong("weight");
      RecordedClass type = event.getClass("objectClass");
      types.add(type.getName(), bytes);
      sites.add(method(stack.getFrames().get(0)), bytes);
      siteCallers.add(type.getName() + " < " + nearest(stack), bytes);
    }
  }

  private static String nearest(RecordedStackTrace stack) {
    for (RecordedFrame frame : stack.getFrames()) {
      RecordedMethod method = frame.getMethod();
      String type = method == null ? "" : method.getType().getName();
      if (type.startsWith(OURS) && !type.startsWith(HARNESS)) return method(frame);
    }
    return "none (" + method(stack.getFrames().get(stack.getFrames().size() - 1)) + ")";
  }

  private static String method(RecordedFrame frame) {
    RecordedMethod method = frame.getMethod();
    if (method == null) return "?";
    return method.getType().getName() + "." + method.getName() + ":" + frame.getLineNumber();
  }

  @Override
  public String toString() {
    return threads.toString() + methods + callers + sites + siteCallers + types;
  }

  private static final class Tally {
    private final String title;
    private final Map<String, Long> counts = new HashMap<>();

    Tally(String title) {
      this.title = title;
    }

    void add(String key, long weight) {
      counts.merge(key, weight, Long::sum);
    }

    @Override
    public String toString() {
      long all = counts.values().stream().mapToLong(Long::longValue).sum();
      StringBuilder out = new StringBuilder("\n## " + title + "\n");
      counts.entrySet().stream()
          .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
          .limit(ROWS)
          .forEach(entry -> out.append(String.format(
              Locale.ROOT, "%5.1f %%  %s%n", 100.0 * entry.getValue() / all, entry.getKey())));
      return out.toString();
    }
  }
}
