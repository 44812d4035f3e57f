package dev.muster.samples.java;

import dev.muster.concurrent.RaceResult;
import dev.muster.java.Agent;
import dev.muster.java.Call;
import dev.muster.java.Calls;
import dev.muster.java.Muster;
import dev.muster.java.PromptExecutor;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.samples.common.Target;
import dev.muster.samples.common.Text;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Code that does not depend on what answers: a model, an agent or a custom function. */
final class CompleteExecutors {
  private static final List<String> NAMES = List.of("simple", "agent", "custom");

  private CompleteExecutors() {}

  static void show(Muster muster, Target target, ConcurrencyMeter meter) {
    Duration recall = target.latency().dividedBy(2);
    Agent agent = muster.agent(target.model()).systemPrompt("You know lakes.").build();
    Map<String, PromptExecutor> executors = Map.of(
        "simple", PromptExecutor.simple(muster.model(target.model()), "Be concise."),
        "agent", PromptExecutor.agent(agent),
        "custom", prompt -> Call.delay(recall).map(done -> "Lake Constance, by heart"));

    System.out.println(Text.title("Executors: all at once"));
    List<String> answers = Calls.gather(
            NAMES, name -> executors.get(name).execute("Name a lake.").measuredBy(meter))
        .execute();
    for (int i = 0; i < NAMES.size(); i++) {
      System.out.printf("%-8s%s%n", NAMES.get(i) + ":", Text.oneLine(answers.get(i)));
    }

    System.out.println(Text.title("Executors: the fastest"));
    RaceResult<String> winner = Calls.race(
            NAMES,
            name -> executors.get(name).execute("Name a lake.").label(name).measuredBy(meter))
        .execute();
    System.out.println("Winner: " + winner.label() + ", with " + Text.oneLine(winner.value()));
  }
}
