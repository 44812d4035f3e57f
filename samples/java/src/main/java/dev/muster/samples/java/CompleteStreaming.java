package dev.muster.samples.java;

import dev.muster.agent.AgentEvent;
import dev.muster.java.Agent;
import dev.muster.java.CallStream;
import dev.muster.java.Muster;
import dev.muster.java.Tools;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.observe.Measurement;
import dev.muster.samples.common.Target;
import dev.muster.samples.common.Text;
import dev.muster.samples.common.Weather;
import dev.muster.samples.java.CompleteDemos.Place;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Answers as they are written: from a model, from an agent with a tool, and one that is stopped early. */
final class CompleteStreaming {
  private static final String ENDLESS = "Count for ever.";

  private final Muster muster;
  private final Target target;
  private final ConcurrencyMeter meter;

  CompleteStreaming(Muster muster, Target target, ConcurrencyMeter meter) {
    this.muster = muster;
    this.target = target;
    this.meter = meter;
  }

  void show() {
    System.out.println(Text.title("Streaming: text as it is written"));
    text();
    System.out.println(Text.title("Streaming: through a round of tools"));
    tools();
    System.out.println(Text.title("Streaming: stopped early"));
    stopped();
  }

  private void text() {
    List<String> pieces = new ArrayList<>();
    muster.model(target.model()).stream("Tell me about tides.")
        .text()
        .forEach(piece -> {
          System.out.print(piece);
          pieces.add(piece);
        })
        .measuredBy(meter)
        .execute();
    System.out.println();
    System.out.println("in " + pieces.size() + " pieces");
  }

  private void tools() {
    Agent agent = muster
        .agent(target.model())
        .tool(Tools.of(
            "weather", "Tells the weather", Place.class, place -> Weather.in(place.city())))
        .build();
    agent.stream("Do I need an umbrella in London?")
        .forEach(CompleteStreaming::print)
        .measuredBy(meter)
        .execute();
  }

  private static void print(AgentEvent event) {
    if (event instanceof AgentEvent.TextDelta delta) {
      System.out.print(delta.text());
    } else if (event instanceof AgentEvent.ToolStarted tool) {
      System.out.printf("%n[calls %s]%n", tool.call().name());
    } else if (event instanceof AgentEvent.ToolFinished tool) {
      System.out.printf("[%s says: %s]%n", tool.run().name(), tool.run().result());
    } else if (event instanceof AgentEvent.Finished end) {
      System.out.printf("%nin %d rounds%n", end.response().rounds());
    }
  }

  /** Leaving the stream closes its connection: the model stops writing, and you pay for nothing more. */
  private void stopped() {
    try (Measurement call = meter.begin();
        CallStream<String> pieces =
            muster.model(target.model()).stream(ENDLESS).text().open()) {
      Iterator<String> some = pieces.iterator();
      for (int taken = 0; taken < 3 && some.hasNext(); taken++) System.out.print(some.next());
      call.cancel();
    }
    System.out.println();
    System.out.println("Stopped after 3 pieces: " + target.leftEarly(ENDLESS));
  }
}
