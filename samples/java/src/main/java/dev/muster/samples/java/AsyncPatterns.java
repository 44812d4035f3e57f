package dev.muster.samples.java;

import dev.muster.concurrent.Completed;
import dev.muster.error.LlmTimeoutException;
import dev.muster.java.Call;
import dev.muster.java.CallPipeline;
import dev.muster.java.Calls;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.resilience.ModelOptions;
import dev.muster.resilience.RetryPolicy;
import dev.muster.samples.common.AsyncPatternsOptions;
import dev.muster.samples.common.AsyncPatternsOptions.Pattern;
import dev.muster.samples.common.DemoServer;
import dev.muster.samples.common.Launcher;
import dev.muster.samples.common.SampleOptions;
import dev.muster.samples.common.SlowTool;
import dev.muster.samples.common.Target;
import dev.muster.samples.common.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Five patterns of asynchronous work: concurrent, stream, timeout, select, pipeline. */
@Command(name = "async-patterns", description = "Patterns of asynchronous work.")
final class AsyncPatterns implements Callable<Integer> {
  @Mixin
  private SampleOptions options;

  @Mixin
  private AsyncPatternsOptions flags;

  private final DemoServer server;
  private final ConcurrencyMeter meter = new ConcurrencyMeter();
  private Duration unit = Duration.ZERO;

  AsyncPatterns(DemoServer server) {
    this.server = server;
  }

  @Override
  public Integer call() {
    Target target = options.target(server, Duration.ofSeconds(1));
    unit = target.latency();
    System.out.println(target.banner());
    try (Muster muster = Samples.connect(target)) {
      if (flags.shows(Pattern.CONCURRENT)) concurrent();
      if (flags.shows(Pattern.STREAM)) {
        new AsyncStreams(target, muster.model(target.model()), meter).run();
      }
      if (flags.shows(Pattern.TIMEOUT)) timeout(muster, target.model());
      if (flags.shows(Pattern.SELECT)) select();
      if (flags.shows(Pattern.PIPELINE)) pipeline();
    }
    System.out.println(Text.summary(meter.report()));
    return Launcher.OK;
  }

  /** Three tools, one after the other and at once. */
  private void concurrent() {
    System.out.println(Text.title("Concurrent: three tools"));
    List<SlowTool> tools = List.of(tool("quick", 0.1), tool("medium", 0.3), tool("long", 0.5));
    long start = System.nanoTime();
    for (SlowTool tool : tools) use(tool).execute();
    long between = System.nanoTime();
    List<String> results = Calls.gather(tools, this::use).execute();
    long end = System.nanoTime();
    results.forEach(System.out::println);
    System.out.println("One by one: " + Text.seconds(Duration.ofNanos(between - start)));
    System.out.println("At once:    " + Text.seconds(Duration.ofNanos(end - between)));
    System.out.println("Speed-up:   " + Text.factor((double) (between - start) / (end - between)));
  }

  /** The same slow query with a timeout that is too short, one that is long enough, and a longer second attempt. */
  private void timeout(Muster muster, String id) {
    System.out.println(Text.title("Timeout: a query that takes two latencies"));
    Call<String> ask = muster.model(id).ask("Write a chapter.").measuredBy(meter);
    for (int limit : new int[] {1, 3}) {
      String ending = ask.timeout(times(limit))
          .map(text -> "an answer")
          .recover(LlmTimeoutException.class, e -> "timed out")
          .execute();
      System.out.println("Within " + limit + " latencies: " + ending);
    }
    AtomicInteger retries = new AtomicInteger();
    RetryPolicy ladder = RetryPolicy.timeouts(times(1), times(3)).toBuilder()
        .onRetry(event -> retries.incrementAndGet())
        .build();
    Model patient = muster.model(id, ModelOptions.builder().retry(ladder).build());
    patient.ask("Write a chapter.").measuredBy(meter).execute();
    System.out.println(
        "With a ladder of 1 and 3 latencies: an answer from attempt " + (retries.get() + 1));
  }

  /** Takes the first of three that ends. The others are cancelled. */
  private void select() {
    System.out.println(Text.title("Select: the first of three tools"));
    List<SlowTool> racers = List.of(tool("racer1", 0.3), tool("racer2", 0.25), tool("racer3", 0.4));
    Completed<SlowTool, String> first =
        Calls.select(racers, racer -> use(racer).label(racer.name())).execute();
    System.out.println("Winner: " + first.label() + " in " + Text.seconds(first.elapsed()));
  }

  /** Three items through three stages: sequential, one at a time in each stage, and without a limit. */
  private void pipeline() {
    System.out.println(Text.title("Pipeline: three items through three stages"));
    List<String> items = List.of("a", "b", "c");
    long start = System.nanoTime();
    List<String> sequential = new ArrayList<>();
    for (String item : items) {
      sequential.add(step("draft", 0.1, item)
          .then(draft -> step("review", 0.2, draft))
          .then(review -> step("print", 0.15, review))
          .execute());
    }
    System.out.println("Sequential: " + Text.secondsSince(start));
    for (int limit : new int[] {flags.stageConcurrency(), Integer.MAX_VALUE}) {
      CallPipeline<String> stages = Calls.pipeline(items)
          .stage(limit, item -> step("draft", 0.1, item))
          .stage(limit, draft -> step("review", 0.2, draft))
          .stage(limit, review -> step("print", 0.15, review));
      start = System.nanoTime();
      boolean same = stages.toList().execute().equals(sequential);
      String name = limit == Integer.MAX_VALUE ? "Unbounded: " : limit + " a stage:  ";
      System.out.println(name + Text.secondsSince(start) + (same ? "" : ", in another order"));
    }
  }

  private Call<String> step(String name, double latencies, String item) {
    return use(tool(name, latencies)).map(result -> item + ">" + name);
  }

  private Call<String> use(SlowTool tool) {
    return Call.of(System::nanoTime)
        .then(begun -> Call.delay(tool.duration())
            .map(done -> tool.result(Duration.ofNanos(System.nanoTime() - begun))))
        .measuredBy(meter);
  }

  private SlowTool tool(String name, double latencies) {
    return new SlowTool(name, times(latencies));
  }

  private Duration times(double factor) {
    return Duration.ofNanos(Math.round(unit.toNanos() * factor));
  }
}
