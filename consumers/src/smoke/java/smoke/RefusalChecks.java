package smoke;

import dev.muster.fake.FakeServer;
import dev.muster.java.Agent;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.java.OutputTypes;
import dev.muster.java.Param;
import dev.muster.java.Tool;
import dev.muster.java.Tools;
import dev.muster.java.TypeRef;
import java.util.List;
import java.util.Optional;

/** Checks that a library for Java classes that is missing or too new is reported before anything is sent. */
final class RefusalChecks {
  private final FakeServer server;
  private final Muster muster;

  RefusalChecks(FakeServer server, Muster muster) {
    this.server = server;
    this.muster = muster;
  }

  record City(String name, Optional<String> country) {}

  static final class Town {
    @Tool("Tells the weather")
    String weather(@Param(name = "city") Optional<String> city) {
      return "sunny";
    }
  }

  void run(Checks checks) {
    Model model = muster.model("openai::m");
    Agent agent = muster.agent("openai::m").build();
    refused(checks, "OutputTypes.of", () -> OutputTypes.of(City.class));
    refused(checks, "OutputTypes.of a type", () -> OutputTypes.of(new TypeRef<List<City>>() {}));
    refused(checks, "model.ask", () -> model.returning(City.class).ask("Hi").execute());
    refused(checks, "agent.ask", () -> agent.returning(City.class).ask("Hi").execute());
    refused(
        checks,
        "agent.stream",
        () -> agent.returning(City.class).stream("Hi").toList().execute());
    refused(checks, "Tools.of", () -> Tools.of("weather", "Tells", City.class, City::name));
    refused(checks, "Tools.from", () -> Tools.from(new Town()));
    checks.check(
        "text goes on", () -> Checks.same("You said: Hi", model.ask("Hi").execute()));
  }

  private void refused(Checks checks, String name, Checks.Body body) {
    checks.check(name + " refuses", () -> {
      int before = server.requestCount();
      try {
        body.run();
      } catch (IllegalStateException e) {
        System.out.println("says " + e.getMessage());
        Checks.same(before, server.requestCount());
        return;
      }
      throw new AssertionError("was not refused");
    });
  }
}
