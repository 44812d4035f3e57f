package dev.muster.samples.java.guide;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.AgentTool;
import dev.muster.agent.Description;
import dev.muster.agent.OutputType;
import dev.muster.agent.StructuredResponse;
import dev.muster.chat.ChatRequest;
import dev.muster.chat.ChatResponse;
import dev.muster.chat.ContentPart;
import dev.muster.chat.Message;
import dev.muster.chat.ResponseFormat;
import dev.muster.error.StructuredOutputException;
import dev.muster.java.Agent;
import dev.muster.java.Call;
import dev.muster.java.CallStream;
import dev.muster.java.Calls;
import dev.muster.java.Conversation;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.java.OutputTypes;
import dev.muster.java.TypeRef;
import dev.muster.java.TypedAgent;
import dev.muster.java.TypedConversation;
import dev.muster.java.TypedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What docs/structured-output.md shows. */
final class StructuredOutput {
  private static final Logger log = LoggerFactory.getLogger(StructuredOutput.class);

  private StructuredOutput() {}

  @Description("A recipe for one evening")
  record Recipe(
      String name,
      @Description("From start to table, in minutes") int minutes,
      List<Step> steps,
      Difficulty difficulty,
      Optional<String> note) {}

  record Step(String text) {}

  enum Difficulty {
    EASY,
    HARD
  }

  static void recipe(Agent agent) {
    Recipe recipe = agent.returning(Recipe.class).ask("A soup for tonight").execute();
    log.info("{} takes {} minutes", recipe.name(), recipe.minutes());
  }

  sealed interface Reply permits Order, Question {}

  record Order(String dish, int count) implements Reply {}

  record Question(String text) implements Reply {}

  static Call<String> serve(Model model, String guest) {
    return model
        .returning(Reply.class)
        .ask(guest)
        .map(reply -> reply instanceof Order order
            ? order.count() + " x " + order.dish()
            : "The guest asks something");
  }

  static Call<List<Recipe>> many(Agent agent, List<String> dishes) {
    TypedAgent<Recipe> cook = agent.returning(Recipe.class);
    return Calls.gather(dishes, dish -> cook.ask("A recipe for " + dish));
  }

  static List<Recipe> viewOfModel(Model model, List<String> dishes) {
    TypedModel<Recipe> cook = model.returning(Recipe.class);
    List<Recipe> menu = Calls.gather(dishes, cook::ask).execute();
    return menu;
  }

  static void viewOfAgent(Agent agent) {
    TypedAgent<Recipe> cook = agent.returning(Recipe.class);
    System.out.println(cook.ask("A soup for tonight").execute().name());
  }

  static void viewOfConversation(Conversation conversation) {
    TypedConversation<Recipe> recipes = conversation.returning(Recipe.class);
    conversation.ask("I have rice, lemons and an onion.").execute();
    System.out.println(recipes.ask("What can I cook?").execute().name());
    System.out.println(recipes.ask("And without the onion?").execute().name());
  }

  static Call<Recipe> fromPhoto(Model model, Path photo) throws IOException {
    TypedModel<Recipe> cook = model.returning(Recipe.class);
    ContentPart picture = ContentPart.Image.of(Files.readAllBytes(photo), "image/png");
    Message shown = Message.user(new ContentPart.Text("What could I cook of this?"), picture);
    return cook.ask(shown)
        .then(first -> cook.ask(ChatRequest.builder()
            .user("Something quicker than " + first.name())
            .maxTokens(500)
            .build()));
  }

  static final OutputType<List<Recipe>> RECIPES = OutputTypes.of(new TypeRef<List<Recipe>>() {});

  static Call<List<Recipe>> menu(Agent agent) {
    return agent.returning(RECIPES).ask("Three soups for this week");
  }

  static void week(Model model) {
    OutputType<Map<String, Recipe>> week = OutputTypes.of(new TypeRef<Map<String, Recipe>>() {});
    Map<String, Recipe> soups =
        model.returning(week).ask("A soup for each weekday").execute();
    log.info("{} on Monday", soups.get("Monday"));
  }

  static Optional<Recipe> failure(Agent agent) {
    try {
      StructuredResponse<Recipe> answer =
          agent.returning(Recipe.class).chat("A soup for tonight").execute();
      log.info("{} tries, {}", answer.tries(), answer.usage());
      return Optional.of(answer.value());
    } catch (StructuredOutputException e) {
      log.warn("{} after {} tries, which used {}", e.getMessage(), e.tries(), e.partialUsage());
      return Optional.empty();
    }
  }

  static Call<Recipe> afterTools(Muster muster, AgentTool larder) {
    Agent cook = muster.agent("openai::gpt-4o-mini").tool(larder).build();
    return cook.returning(Recipe.class).ask("A soup of what there is");
  }

  static void streamed(Agent agent) {
    try (CallStream<AgentEvent> events =
        agent.returning(Recipe.class).stream("A soup for tonight").open()) {
      for (AgentEvent event : events) {
        if (event instanceof AgentEvent.Finished done && done.structured() != null) {
          log.info("done: {}", done.structured().value());
        }
      }
    }
  }

  static OutputType<List<String>> ownType() {
    Map<String, Object> pattern =
        Map.of("type", "string", "description", "FROM-TO, each three letters");
    return OutputType.of("route", pattern, json -> {
      List<String> ends = List.of(json.replace("\"", "").split("-"));
      if (ends.size() != 2) throw new IllegalArgumentException("the route has no two ends");
      return ends;
    });
  }

  static Call<ChatResponse> responseFormat(Model model, Map<String, Object> schema) {
    return model.chat(ChatRequest.builder()
        .user("A soup for tonight")
        .responseFormat(new ResponseFormat("recipe", schema))
        .build());
  }
}
