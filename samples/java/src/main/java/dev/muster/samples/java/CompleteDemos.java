package dev.muster.samples.java;

import dev.muster.agent.AgentResponse;
import dev.muster.agent.Description;
import dev.muster.chat.ToolRun;
import dev.muster.java.Agent;
import dev.muster.java.Conversation;
import dev.muster.java.Muster;
import dev.muster.java.Tools;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.samples.common.Text;
import dev.muster.samples.common.Weather;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Four steps from a question to an agent that remembers. */
final class CompleteDemos {
  private final Muster muster;
  private final String model;
  private final ConcurrencyMeter meter;

  CompleteDemos(Muster muster, String model, ConcurrencyMeter meter) {
    this.muster = muster;
    this.model = model;
    this.meter = meter;
  }

  void show(int demo) {
    switch (demo) {
      case 1 -> question();
      case 2 -> tool();
      case 3 -> record();
      case 4 -> memory();
      default -> throw new IllegalArgumentException("demo must be 1 to 4, was " + demo);
    }
  }

  private void question() {
    System.out.println(Text.title("Demo 1: a question"));
    Agent agent = muster.agent(model).systemPrompt("Be concise.").build();
    String answer = agent.ask("What is 2+2?").measuredBy(meter).execute();
    System.out.println("2+2 is " + Text.oneLine(answer));
  }

  record Place(@Description("Its name, without the country") String city) {}

  /** The model names the cities. The tool runs for them at the same time. */
  private void tool() {
    System.out.println(Text.title("Demo 2: a tool"));
    AtomicInteger runs = new AtomicInteger();
    Agent agent = muster
        .agent(model)
        .tool(Tools.of("weather", "Tells the weather of a city", Place.class, place -> {
          runs.incrementAndGet();
          return Weather.in(place.city());
        }))
        .build();
    AgentResponse response =
        agent.chat("How is the weather in Paris and in Rome?").measuredBy(meter).execute();
    for (ToolRun run : response.toolRuns()) {
      System.out.println("Tool:   " + run.name() + " " + run.arguments() + " -> " + run.result());
    }
    System.out.println("Answer: " + Text.oneLine(response.text()));
    System.out.println(
        "The tool ran " + runs + " times; the model was asked " + response.rounds() + " times");
  }

  @Description("A city and its country")
  record City(
      String name,
      String country,
      @Description("Without the suburbs") int population) {}

  private void record() {
    System.out.println(Text.title("Demo 3: a typed record"));
    Agent agent = muster.agent(model).build();
    City city = agent
        .returning(City.class)
        .ask("Describe the city of Lisbon.")
        .measuredBy(meter)
        .execute();
    System.out.println("Name:       " + city.name());
    System.out.println("Country:    " + city.country());
    System.out.println("Population: " + city.population());
  }

  /** An agent remembers nothing. A conversation does: it sends the earlier messages with each turn. */
  private void memory() {
    System.out.println(Text.title("Demo 4: a memory"));
    Conversation conversation = muster.agent(model).build().conversation();
    for (String turn : List.of("My favourite number is 42.", "What is my favourite number?")) {
      System.out.println("You:   " + turn);
      System.out.println(
          "Model: " + Text.oneLine(conversation.ask(turn).measuredBy(meter).execute()));
    }
  }
}
