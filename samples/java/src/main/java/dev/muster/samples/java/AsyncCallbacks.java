package dev.muster.samples.java;

import dev.muster.java.Agent;
import dev.muster.java.Call;
import dev.muster.java.CallHandle;
import dev.muster.java.CallbackQueue;
import dev.muster.java.Muster;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.samples.common.AsyncCallbacksOptions;
import dev.muster.samples.common.AsyncCallbacksOptions.Mode;
import dev.muster.samples.common.DemoServer;
import dev.muster.samples.common.Launcher;
import dev.muster.samples.common.SampleOptions;
import dev.muster.samples.common.Target;
import dev.muster.samples.common.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A program with one thread, which runs the callbacks of a queue: model calls run elsewhere and call back on it. */
@Command(name = "async-callbacks", description = "Callbacks on your own thread.")
final class AsyncCallbacks implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Mixin
  private SampleOptions options;

  @Mixin
  private AsyncCallbacksOptions flags;

  private final DemoServer server;
  private final ConcurrencyMeter meter = new ConcurrencyMeter();
  private final List<Throwable> errors = new ArrayList<>();
  private final CallbackQueue queue = new CallbackQueue(errors::add);
  private final Thread pumping = Thread.currentThread();
  private int elsewhere;

  AsyncCallbacks(DemoServer server) {
    this.server = server;
  }

  @Override
  public Integer call() {
    Target target = options.target(server, Duration.ofSeconds(1));
    System.out.println(target.banner());
    try (Muster muster = Samples.connect(target)) {
      Agent agent = muster.agent(target.model()).maxTokens(60).build();
      if (flags.shows(Mode.SIMPLE)) simple(agent);
      if (flags.shows(Mode.PARALLEL)) parallel(agent);
      if (flags.shows(Mode.PROMISE)) promise(agent);
      if (flags.shows(Mode.STREAMING)) streaming(agent);
    }
    System.out.println(Text.title("Callbacks on the thread of the queue"));
    System.out.println(elsewhere == 0 ? "all of them" : "not all: " + elsewhere + " elsewhere");
    System.out.println(Text.summary(meter.report()));
    return elsewhere == 0 ? Launcher.OK : Launcher.FAILED;
  }

  /** The handle is there at once. The answer arrives when the thread runs the queue. */
  private void simple(Agent agent) {
    System.out.println(Text.title("Simple: one call"));
    CallHandle<String> handle =
        queue.enqueue(ask(agent, "Name a planet.").label("planet"), answer -> {
          note();
          System.out.println("Answer: " + Text.oneLine(answer));
        });
    System.out.println("Handle: " + handle.label());
    pump();
  }

  /** Five calls at once, with progress as they complete. */
  private void parallel(Agent agent) {
    System.out.println(Text.title("Parallel: five calls"));
    int count = 5;
    int[] done = {0};
    List<CallHandle<String>> handles = IntStream.rangeClosed(1, count)
        .mapToObj(n ->
            queue.<String>enqueue(ask(agent, "Name a mountain, number " + n + "."), answer -> {
              note();
              System.out.println("[" + ++done[0] + "/" + count + "] " + Text.oneLine(answer));
            }))
        .toList();
    System.out.println(handles.size() + " handles, " + queue.pending() + " pending");
    pump();
    System.out.println(queue.pending() + " pending");
  }

  /** Handles as futures: three calls overlap, and the JDK's {@code allOf} joins them. */
  private void promise(Agent agent) {
    System.out.println(Text.title("Promise: three handles as futures"));
    List<CompletableFuture<String>> futures = IntStream.rangeClosed(1, 3)
        .mapToObj(n -> queue
            .<String>enqueue(ask(agent, "Name a planet, number " + n + "."), answer -> note())
            .toFuture())
        .toList();
    long start = System.nanoTime();
    pump();
    CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).join();
    System.out.println(futures.size() + " answers in " + Text.secondsSince(start));
  }

  /** Tokens as callbacks: the consumer of the stream runs on the thread of the queue too. */
  private void streaming(Agent agent) {
    System.out.println(Text.title("Streaming: tokens as they arrive"));
    Call<Void> tokens = agent.stream("Count to five.").text().forEach(queue, token -> {
      note();
      System.out.println("Token: " + token.strip());
    });
    queue.enqueue(tokens.measuredBy(meter), ended -> System.out.println("The stream has ended"));
    pump();
  }

  private Call<String> ask(Agent agent, String prompt) {
    return agent.ask(prompt).measuredBy(meter);
  }

  private void note() {
    if (Thread.currentThread() != pumping) elsewhere++;
  }

  private void pump() {
    queue.processAll(PATIENCE);
    for (Throwable error : errors) {
      if (error instanceof RuntimeException failure) throw failure;
      throw new IllegalStateException(error);
    }
  }
}
