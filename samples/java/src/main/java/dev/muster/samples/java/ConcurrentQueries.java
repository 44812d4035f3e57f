package dev.muster.samples.java;

import dev.muster.batch.BatchReport;
import dev.muster.concurrent.Completed;
import dev.muster.concurrent.Outcome;
import dev.muster.error.LlmException;
import dev.muster.java.Agent;
import dev.muster.java.Batch;
import dev.muster.java.Call;
import dev.muster.java.CallStream;
import dev.muster.java.Calls;
import dev.muster.java.Muster;
import dev.muster.java.StreamCall;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.samples.common.ConcurrentQueriesOptions;
import dev.muster.samples.common.ConcurrentQueriesOptions.Demo;
import dev.muster.samples.common.DemoServer;
import dev.muster.samples.common.Launcher;
import dev.muster.samples.common.SampleOptions;
import dev.muster.samples.common.Target;
import dev.muster.samples.common.Text;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Many queries through one agent: all at once, in completion order, in groups, and with failures. */
@Command(name = "concurrent-queries", description = "Many queries through one agent.")
final class ConcurrentQueries implements Callable<Integer> {
  @Mixin
  private SampleOptions options;

  @Mixin
  private ConcurrentQueriesOptions flags;

  private final DemoServer server;
  private final ConcurrencyMeter meter = new ConcurrencyMeter();
  private int exitCode = Launcher.OK;

  /** A prompt and its name. */
  private record Query(String name, String prompt) {}

  ConcurrentQueries(DemoServer server) {
    this.server = server;
  }

  @Override
  public Integer call() {
    Target target = options.target(server, Duration.ofSeconds(1));
    System.out.println(target.banner());
    try (Muster muster = Samples.connect(target)) {
      Agent agent = muster
          .agent(target.model())
          .systemPrompt("Answer in one short sentence.")
          .maxTokens(60)
          .build();
      if (flags.shows(Demo.GATHER)) gatherAll(agent);
      if (flags.shows(Demo.COMPLETION)) completionOrder(agent);
      if (flags.shows(Demo.BATCH)) runBatch(agent);
      if (flags.shows(Demo.ERRORS)) errors(agent);
      if (flags.shows(Demo.ADVANCED)) {
        new AdvancedQueries(agent, meter).run(flags.maxConcurrent(), target.latency());
      }
    }
    System.out.println(Text.summary(meter.report()));
    return exitCode;
  }

  /** Five questions through one agent take one latency: its calls share nothing, so none waits for another. */
  private void gatherAll(Agent agent) {
    System.out.println(Text.title("Gather: five questions through one agent"));
    List<String> questions = List.of(
        "What is 2 + 2?",
        "What is the capital of France?",
        "Who wrote Hamlet?",
        "How fast is light?",
        "Which planet is the largest?");
    long start = System.nanoTime();
    List<String> answers = Calls.gather(
            questions, question -> agent.ask(question).measuredBy(meter))
        .execute();
    String time = Text.secondsSince(start);
    for (int i = 0; i < answers.size(); i++) {
      System.out.printf("%d. %s -> %s%n", i + 1, questions.get(i), Text.oneLine(answers.get(i)));
    }
    System.out.println(answers.size() + " answers in " + time);
  }

  /** The fastest first: results arrive in completion order, not in the order of the questions. */
  private void completionOrder(Agent agent) {
    System.out.println(Text.title("Completion: the fastest answer first"));
    List<Query> queries = List.of(
        new Query("Long", "Write a paragraph about the sea."),
        new Query("Medium", "Write a sentence about the sea."),
        new Query("Quick", "Write a word about the sea."));
    List<String> names = queries.stream().map(Query::name).toList();
    System.out.println("Asked in the order " + String.join(", ", names));
    StreamCall<Completed<Query, String>> calls = Calls.asCompleted(
        queries, query -> agent.ask(query.prompt()).label(query.name()).measuredBy(meter));
    int answered = 0;
    try (CallStream<Completed<Query, String>> completed = calls.open()) {
      for (Completed<Query, String> done : completed) {
        System.out.printf(
            "[%d/%d] %s query %s (%s)%n",
            queries.size() - done.pending(),
            queries.size(),
            done.label(),
            done.isSuccess() ? "completed" : "failed",
            Text.seconds(done.elapsed()));
        System.out.println("  Q: " + done.item().prompt());
        System.out.println("  A: " + Text.ending(done.outcome()));
        if (done.isSuccess()) answered++;
      }
    }
    if (answered == 0) exitCode = Launcher.FAILED;
  }

  private void runBatch(Agent agent) {
    List<String> queries = AdvancedQueries.animals(8);
    switch (flags.strategy()) {
      case CHUNKS -> chunks(agent, queries, flags.batchSize());
      case WINDOW -> window(agent, queries, flags.maxConcurrent());
    }
  }

  /** Fixed groups: the next group starts when the last query of the previous group has ended. */
  private void chunks(Agent agent, List<String> queries, int size) {
    System.out.println(Text.title("Batch: " + queries.size() + " queries in groups of " + size));
    long start = System.nanoTime();
    int index = 0;
    int successful = 0;
    StreamCall<Outcome<String>> calls =
        Calls.mapChunked(queries, size, query -> ending(agent.ask(query)));
    try (CallStream<Outcome<String>> outcomes = calls.open()) {
      for (Outcome<String> outcome : outcomes) {
        if (index % size == 0) {
          int inGroup = Math.min(size, queries.size() - index);
          System.out.println("Group " + (index / size + 1) + ": " + inGroup + " queries");
        }
        printAnswer(index, queries.get(index), outcome);
        index++;
        if (outcome.isSuccess()) successful++;
      }
    }
    printTotals(index, successful, Text.secondsSince(start));
  }

  /** Turns a failure into a value, so that it does not end the group. */
  private Call<Outcome<String>> ending(Call<String> call) {
    return call.measuredBy(meter)
        .<Outcome<String>>map(Outcome.Success::new)
        .recover(LlmException.class, Outcome.Failure::new);
  }

  /** A window: the next query starts as soon as another has ended. */
  private void window(Agent agent, List<String> queries, int limit) {
    System.out.println(
        Text.title("Batch: " + queries.size() + " queries through a window of " + limit));
    Batch<String, String> batch = Calls.batch(queries, query -> agent.ask(query).measuredBy(meter));
    BatchReport<String, String> report = batch
        .concurrency(limit)
        .onProgress(p -> System.out.println("Progress: " + p.done() + "/" + p.total()))
        .execute();
    report
        .results()
        .forEach(result -> printAnswer(result.index(), result.item(), result.outcome()));
    printTotals(report.total(), report.succeeded(), Text.seconds(report.elapsed()));
  }

  private static void printAnswer(int index, String query, Outcome<String> outcome) {
    System.out.println((index + 1) + ". " + query + " -> " + Text.ending(outcome));
  }

  private void printTotals(int total, int successful, String time) {
    System.out.println("Total:      " + total);
    System.out.println("Successful: " + successful);
    System.out.println("Failed:     " + (total - successful));
    System.out.println("Time:       " + time);
    if (successful < total) exitCode = Launcher.FAILED;
  }

  /** Each query has its own outcome. A failure is a value and does not stop the other queries. */
  private void errors(Agent agent) {
    System.out.println(Text.title("Errors: a failing query stops no other"));
    List<Query> queries = List.of(
        new Query("valid", "What is the capital of Japan?"),
        new Query("empty", ""),
        new Query("10,000 characters", "x".repeat(10_000)),
        new Query("valid again", "What is the capital of Peru?"));
    Call<List<Outcome<String>>> calls =
        Calls.gatherSettled(queries, query -> agent.ask(query.prompt()).measuredBy(meter));
    List<Outcome<String>> outcomes = calls.execute();
    for (int i = 0; i < outcomes.size(); i++) {
      System.out.println(Text.column(queries.get(i).name()) + Text.ending(outcomes.get(i)));
    }
    long answered = outcomes.stream().filter(Outcome::isSuccess).count();
    System.out.println(answered + " of " + outcomes.size() + " answered");
    if (answered == 0) exitCode = Launcher.FAILED;
  }
}
