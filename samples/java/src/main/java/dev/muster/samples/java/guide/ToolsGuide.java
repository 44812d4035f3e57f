package dev.muster.samples.java.guide;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.AgentTool;
import dev.muster.agent.Description;
import dev.muster.agent.ToolExecution;
import dev.muster.chat.ToolDefinition;
import dev.muster.chat.ToolRun;
import dev.muster.error.ToolLoopLimitException;
import dev.muster.java.Agent;
import dev.muster.java.CallStream;
import dev.muster.java.Muster;
import dev.muster.java.Param;
import dev.muster.java.Tool;
import dev.muster.java.Tools;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What docs/tools.md shows. */
final class ToolsGuide {
  private static final Logger log = LoggerFactory.getLogger("guide");

  private ToolsGuide() {}

  record City(@Description("Its name, without the country") String name) {}

  record Forecast(String sky, int degrees) {}

  static void weather(Muster muster) {
    Agent agent = muster
        .agent("openai::gpt-4o-mini")
        .tool(Tools.of("weather", "Tells the weather", City.class, city -> forecast(city.name())))
        .build();
    log.info("{}", agent.ask("Do I need an umbrella in Paris?").execute());
  }

  private static Forecast forecast(String city) {
    return new Forecast("sunny in " + city, 20);
  }

  static final class Calendar {
    @Tool(value = "Lists what is on", name = "appointments", timeoutMillis = 5_000)
    List<String> list(
        @Param(name = "day", value = "ISO date") String day,
        @Param(name = "limit") Optional<Integer> limit) {
      return List.of(day + ": dentist").subList(0, Math.min(1, limit.orElse(1)));
    }
  }

  static List<AgentTool> kinds(Agent expert) {
    return List.of(
        Tools.async(
            "later", "Waits", City.class, city -> CompletableFuture.supplyAsync(city::name)),
        Tools.call("expert", "Knows geography", City.class, city -> expert.ask(city.name())));
  }

  static AgentTool ownSchema() {
    Map<String, Object> n = Map.of("n", Map.of("type", "integer"));
    Map<String, Object> schema = Map.of("type", "object", "properties", n);
    ToolDefinition roll = new ToolDefinition("roll", "Rolls a die with n sides", schema);
    return Tools.of(roll, call -> "4, for " + call.arguments());
  }

  static Agent limits(Muster muster) {
    return muster
        .agent("openai::gpt-4o-mini")
        .tools(Tools.from(new Calendar()))
        .toolExecution(ToolExecution.SEQUENTIAL)
        .toolTimeout(Duration.ofSeconds(20))
        .maxToolRounds(5)
        .build();
  }

  static void history(Agent agent) {
    try {
      for (ToolRun run : agent.chat("Plan my day").execute().toolRuns()) {
        log.info("{} took {}, error: {}", run.name(), run.duration(), run.isError());
      }
    } catch (ToolLoopLimitException e) {
      log.warn("In circles: {}", e.toolRuns());
    }
  }

  static void streamed(Agent agent) {
    try (CallStream<AgentEvent> events = agent.stream("Plan my day").open()) {
      for (AgentEvent event : events) {
        if (event instanceof AgentEvent.TextDelta delta) System.out.print(delta.text());
        if (event instanceof AgentEvent.ToolStarted tool)
          System.out.println("… " + tool.call().name());
      }
    }
  }
}
