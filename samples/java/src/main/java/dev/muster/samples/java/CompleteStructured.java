package dev.muster.samples.java;

import dev.muster.agent.Description;
import dev.muster.agent.StructuredResponse;
import dev.muster.java.Agent;
import dev.muster.java.Muster;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.samples.common.Text;
import dev.muster.samples.java.CompleteDemos.City;
import java.util.List;
import java.util.Optional;

/** Answers as records: nested records, lists and enums, and one that the model has to correct. */
final class CompleteStructured {
  private CompleteStructured() {}

  enum Season {
    SPRING,
    SUMMER,
    AUTUMN,
    WINTER
  }

  enum Kind {
    WALK,
    MEAL,
    MUSEUM
  }

  record Stop(String place, @Description("How long to stay") int minutes, Kind kind) {}

  @Description("A day in a city")
  record Plan(
      City city,
      @Description("The best time to go") Season season,
      List<Stop> stops,
      Optional<String> warning) {}

  record Rating(@Description("1 to 5") int stars) {}

  static void show(Muster muster, String model, ConcurrencyMeter meter) {
    System.out.println(Text.title("Structured: a record of records"));
    Agent agent = muster.agent(model).build();
    Plan plan = agent
        .returning(Plan.class)
        .ask("Plan a day in Porto.")
        .measuredBy(meter)
        .execute();
    System.out.println("City:    " + plan.city().name() + ", " + plan.city().country());
    System.out.println("Season:  " + plan.season());
    for (Stop stop : plan.stops()) {
      System.out.println(
          "Stop:    " + stop.place() + ", " + stop.minutes() + " minutes, " + stop.kind());
    }
    System.out.println("Warning: " + plan.warning().orElse("none"));

    StructuredResponse<Rating> rating = agent
        .returning(Rating.class)
        .chat("Rate Porto from 1 to 5.")
        .measuredBy(meter)
        .execute();
    System.out.println(
        "Stars:   " + rating.value().stars() + ", asked " + rating.tries() + " times");
  }
}
