package dev.muster.benchmarks;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.workload.Workload;
import java.util.Map;

/**
 * One run of one workload by one contestant, in a separate JVM. Prints {@code value NAME=NUMBER} lines, or {@code
 * unable REASON}, or {@code error WHAT} with the stack on the error stream.
 */
public final class ContestantMain {
  private ContestantMain() {}

  /** Arguments: the contestant, the workload, the server's URL, its control port, whether to use HTTP/2. */
  public static void main(String[] args) {
    Contestant.Endpoint endpoint = new Contestant.Endpoint(args[2], Boolean.parseBoolean(args[4]));
    Workload.Arena arena = new Workload.Arena(args[0], endpoint, Integer.parseInt(args[3]));
    int status = 0;
    try {
      Map<String, Double> values = Workload.named(args[1]).run(arena);
      values.forEach((name, value) -> System.out.println("value " + name + "=" + value));
    } catch (Contestant.UnableException e) {
      System.out.println("unable " + e.getMessage());
    } catch (Throwable e) {
      e.printStackTrace();
      System.out.println("error " + oneLine(e));
      status = 1;
    }
    System.out.flush();
    // Peers leave threads behind that are not daemons.
    System.exit(status);
  }

  /** Returns the failure and its causes on one line. */
  private static String oneLine(Throwable failure) {
    StringBuilder line = new StringBuilder(failure.toString());
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      String text = cause.toString();
      if (line.indexOf(text) < 0) line.append(" <- ").append(text);
    }
    String text = line.toString().replaceAll("\\s+", " ").replace("|", "/");
    return text.length() > 400 ? text.substring(0, 400) + "…" : text;
  }
}
