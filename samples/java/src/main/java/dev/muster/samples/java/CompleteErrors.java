package dev.muster.samples.java;

import dev.muster.concurrent.Outcome;
import dev.muster.java.Call;
import dev.muster.java.Calls;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.java.Tools;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.resilience.ModelOptions;
import dev.muster.resilience.RetryPolicy;
import dev.muster.samples.common.Mishap;
import dev.muster.samples.common.Target;
import dev.muster.samples.common.Text;
import dev.muster.samples.common.Weather;
import dev.muster.samples.java.CompleteDemos.City;
import dev.muster.samples.java.CompleteDemos.Place;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which failure leads to which exception. All calls run at once, without retries. */
final class CompleteErrors {
  private static final ModelOptions ONCE =
      ModelOptions.builder().retry(RetryPolicy.NONE).build();

  private final Muster muster;
  private final Target target;
  private final ConcurrencyMeter meter;

  CompleteErrors(Muster muster, Target target, ConcurrencyMeter meter) {
    this.muster = muster;
    this.target = target;
    this.meter = meter;
  }

  void show() {
    target.needsScript();
    System.out.println(Text.title("Errors: what happens, and what is thrown"));
    try (Muster keyless = Muster.builder().environment(Map.of()).build()) {
      Map<String, Call<String>> calls = calls(keyless.model(target.model(), ONCE));
      List<Outcome<String>> outcomes =
          Calls.gatherSettled(calls.values(), call -> call.measuredBy(meter)).execute();
      System.out.println(Mishap.head());
      int row = 0;
      for (String script : calls.keySet()) {
        System.out.println(Mishap.row(script, outcomes.get(row++).exceptionOrNull()));
      }
    }
  }

  private Map<String, Call<String>> calls(Model keyless) {
    Model model = muster.model(target.model(), ONCE);
    Map<String, Call<String>> calls = new LinkedHashMap<>();
    calls.put("an empty prompt", model.ask(""));
    calls.put("no key", keyless.ask("What is 2+2?"));
    for (Mishap mishap : Mishap.values()) calls.put(mishap.script(), model.ask(mishap.prompt()));
    calls.put(
        "a stream cut off",
        model.stream("Fail in the middle.").text().toList().map(pieces -> String.join("", pieces)));
    calls.put("no answer in time", model.ask("Never answer.").timeout(target.latency()));
    calls.put(
        "not a valid record",
        model.returning(City.class).ask("Describe the city of nowhere.").map(City::name));
    calls.put("endless tool calls", circles());
    return calls;
  }

  private Call<String> circles() {
    return muster
        .agent(target.model(), ONCE)
        .tool(Tools.of(
            "weather", "Tells the weather", Place.class, place -> Weather.in(place.city())))
        .maxToolRounds(2)
        .build()
        .ask("Look out of the window for ever.");
  }
}
