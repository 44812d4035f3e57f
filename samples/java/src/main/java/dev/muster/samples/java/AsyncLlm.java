package dev.muster.samples.java;

import dev.muster.concurrent.RaceResult;
import dev.muster.error.InvalidRequestException;
import dev.muster.java.Call;
import dev.muster.java.Calls;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.samples.common.AsyncLlmOptions;
import dev.muster.samples.common.AsyncLlmOptions.Example;
import dev.muster.samples.common.DemoServer;
import dev.muster.samples.common.Launcher;
import dev.muster.samples.common.SampleOptions;
import dev.muster.samples.common.Target;
import dev.muster.samples.common.Text;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Calls at once, one after another, in a race, and with failures. */
@Command(
    name = "async-llm",
    description = "Prompts at once, a chain, a race, recovery, pre-settled values.")
final class AsyncLlm implements Callable<Integer> {
  @Mixin
  private SampleOptions options;

  @Mixin
  private AsyncLlmOptions flags;

  private final DemoServer server;
  private final ConcurrencyMeter meter = new ConcurrencyMeter();

  AsyncLlm(DemoServer server) {
    this.server = server;
  }

  @Override
  public Integer call() {
    Target target = options.target(server, Duration.ofMillis(500));
    System.out.println(target.banner());
    try (Muster muster = Samples.connect(target)) {
      Model model = muster.model(target.model());
      if (flags.shows(Example.PARALLEL)) parallel(model, flags.prompts());
      if (flags.shows(Example.CHAIN)) chain(model);
      if (flags.shows(Example.RACE)) raceProviders(muster, target);
      if (flags.shows(Example.CATCH)) recover(model);
      if (flags.shows(Example.RESOLVED)) preSettled(model);
    }
    System.out.println(Text.summary(meter.report()));
    return Launcher.OK;
  }

  /** All prompts at once take as long as the slowest, not as long as their sum. */
  private void parallel(Model model, List<String> prompts) {
    System.out.println(Text.title("Parallel: all prompts at once"));
    long start = System.nanoTime();
    List<String> answers =
        Calls.gather(prompts, prompt -> model.ask(prompt).measuredBy(meter)).execute();
    String time = Text.secondsSince(start);
    for (int i = 0; i < answers.size(); i++) {
      System.out.printf("%d. %s%n", i + 1, Text.oneLine(prompts.get(i)));
      System.out.printf("   %s%n", Text.oneLine(answers.get(i)));
    }
    System.out.println(answers.size() + " answers in " + time);
  }

  /** One call after another: the second prompt contains the first answer. No thread waits. */
  private void chain(Model model) {
    System.out.println(Text.title("Chain: a joke, then its explanation"));
    CompletableFuture<String> joke =
        model.ask("Tell me a joke.").measuredBy(meter).executeAsync();
    CompletableFuture<String> explanation = joke.thenCompose(
        told -> model.ask("Explain this joke: " + told).measuredBy(meter).executeAsync());
    System.out.println("Joke:        " + Text.oneLine(joke.join()));
    System.out.println("Explanation: " + Text.oneLine(explanation.join()));
  }

  /** The first answer wins. The other calls are cancelled and their connections closed. */
  private void raceProviders(Muster muster, Target target) {
    System.out.println(Text.title("Race: one prompt, the fastest answer"));
    RaceResult<String> winner = Calls.race(
            target.racers(),
            id -> muster.model(id).ask("Name a prime number.").label(id).measuredBy(meter))
        .execute();
    System.out.printf(
        "Winner: %s says %s after %s%n",
        winner.label(), Text.oneLine(winner.value()), Text.seconds(winner.elapsed()));
    target.losers(winner).forEach(loser -> System.out.println("Loser:  " + loser));
  }

  /** A handler receives failures of its class. An empty prompt is a failure and is never sent. */
  private void recover(Model model) {
    System.out.println(Text.title("Catch: an empty prompt"));
    String answer = model
        .ask("")
        .measuredBy(meter)
        .recover(InvalidRequestException.class, failure -> {
          System.out.println("Failed:     " + Text.failure(failure));
          return "a default answer";
        })
        .execute();
    System.out.println("Going on with " + answer);
  }

  /** A value or a failure can be a call that sends nothing. */
  private void preSettled(Model model) {
    System.out.println(Text.title("Resolved: values without a request"));
    Call<String> resolved = Call.value("Tokyo, from a cache");
    Call<String> rejected = Call.failure(new IllegalStateException("the cache is broken"));
    Call<String> recovered =
        rejected.recover(failure -> "nothing, because " + failure.getMessage());
    Call<String> asked = model.ask("What is the capital of Peru?").measuredBy(meter);
    List<String> answers = Calls.gather(resolved, recovered, asked).execute();
    System.out.println("Resolved:   " + answers.get(0));
    System.out.println("Rejected:   " + answers.get(1));
    System.out.println("Asked:      " + Text.oneLine(answers.get(2)));
  }
}
