package dev.muster.samples.java;

import dev.muster.batch.BatchReport;
import dev.muster.error.LlmTimeoutException;
import dev.muster.java.Agent;
import dev.muster.java.Call;
import dev.muster.java.Calls;
import dev.muster.java.StreamCall;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.observe.ConcurrencyReport;
import dev.muster.samples.common.Text;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Patterns that other libraries build by hand. Here each is one operator. */
final class AdvancedQueries {
  private final Agent agent;
  private final ConcurrencyMeter meter;

  AdvancedQueries(Agent agent, ConcurrencyMeter meter) {
    this.agent = agent;
    this.meter = meter;
  }

  void run(int maxConcurrent, Duration limit) {
    semaphore(maxConcurrent);
    timeout(limit);
    progress();
    syncAgainstAsync();
  }

  /** Replaces a semaphore: runs at most {@code limit} at a time and keeps the order of the answers. */
  private void semaphore(int limit) {
    System.out.println(Text.title("Semaphore: six queries, at most " + limit + " at a time"));
    ConcurrencyMeter own = new ConcurrencyMeter();
    StreamCall<String> calls =
        Calls.mapConcurrent(animals(6), limit, query -> ask(query).measuredBy(own));
    List<String> answers = calls.toList().execute();
    ConcurrencyReport report = own.report();
    System.out.printf(
        "%d answers in %s, at most %d in flight%n",
        answers.size(), Text.seconds(report.wall()), report.peak());
  }

  /** A timeout closes the connection of a call that takes too long. The program decides what to do then. */
  private void timeout(Duration limit) {
    System.out.println(Text.title("Timeout: a query that takes too long"));
    String answer = ask("Write a novel about the sea.")
        .timeout(limit)
        .recover(
            LlmTimeoutException.class,
            failure -> "Query timed out after " + Text.limit(failure.limit()))
        .execute();
    System.out.println(Text.oneLine(answer));
  }

  /** A batch reports its progress and its failures after each item. Here the item without a text fails. */
  private void progress() {
    System.out.println(Text.title("Progress: five queries, one of them empty"));
    List<String> queries = IntStream.rangeClosed(1, 5)
        .mapToObj(i -> i == 3 ? "" : "Name the square of " + i + ".")
        .toList();
    BatchReport<String, String> report = Calls.batch(queries, this::ask)
        .onProgress(
            p -> System.out.printf("%d/%d done, %d failed%n", p.done(), p.total(), p.failed()))
        .execute();
    report
        .failures()
        .forEach(failed -> System.out.println(
            "Query " + (failed.index() + 1) + ": " + Text.ending(failed.outcome())));
  }

  /** The same queries, one by one and gathered. */
  private void syncAgainstAsync() {
    System.out.println(Text.title("Sync against async: the same five queries"));
    List<String> queries = IntStream.rangeClosed(1, 5)
        .mapToObj(i -> "Name colour " + i + " of the rainbow.")
        .toList();
    long start = System.nanoTime();
    for (String query : queries) ask(query).execute();
    long between = System.nanoTime();
    Calls.gather(queries, this::ask).execute();
    Duration oneByOne = Duration.ofNanos(between - start);
    Duration atOnce = Duration.ofNanos(System.nanoTime() - between);
    System.out.println("One by one: " + Text.seconds(oneByOne));
    System.out.println("At once:    " + Text.seconds(atOnce));
    System.out.println(
        "Speed-up:   " + Text.factor((double) oneByOne.toNanos() / atOnce.toNanos()));
  }

  private Call<String> ask(String query) {
    return agent.ask(query).measuredBy(meter);
  }

  static List<String> animals(int count) {
    return "ABCDEFGH"
        .chars()
        .limit(count)
        .mapToObj(letter -> "Name an animal with the letter " + (char) letter + ".")
        .toList();
  }
}
