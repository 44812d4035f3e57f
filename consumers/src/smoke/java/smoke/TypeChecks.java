package smoke;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.AgentTool;
import dev.muster.agent.Description;
import dev.muster.agent.OutputType;
import dev.muster.error.StructuredOutputException;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeServer;
import dev.muster.java.Agent;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.java.OutputTypes;
import dev.muster.java.Param;
import dev.muster.java.Tool;
import dev.muster.java.Tools;
import dev.muster.java.TypeRef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Checks Java classes as answers and as arguments of tools. */
final class TypeChecks {
  private static final List<String> MODELS =
      List.of("openai::m", "anthropic::m", "gemini::m", "ollama::m");

  private final FakeServer server;
  private final Muster muster;
  private final Model model;
  private final List<String> heard = new ArrayList<>();

  TypeChecks(FakeServer server, Muster muster) {
    this.server = server;
    this.muster = muster;
    model = muster.model("openai::m");
  }

  void run(Checks checks) {
    checks.check("record", this::record);
    checks.check("POJO", this::pojo);
    checks.check("sealed", this::sealed);
    checks.check("sealed within", this::sealedWithin);
    checks.check("list", this::list);
    checks.check("what does not fit", this::misfit);
    checks.check("stream with a type", this::stream);
    checks.check("tool with a record", this::recordTool);
    checks.check("tool with a sealed type", this::sealedTool);
    checks.check("@Tool method", this::methodTool);
  }

  enum Level {
    EASY,
    HARD
  }

  record Step(String text) {}

  record Recipe(
      @Description("Its name") String name,
      int minutes,
      List<Step> steps,
      Level level,
      Optional<String> note,
      OptionalInt stars,
      LocalDate day) {}

  private static final String SOUP =
      "{\"name\":\"Soup\",\"minutes\":20,\"steps\":[{\"text\":\"Boil\"}],\"level\":\"EASY\","
          + "\"note\":null,\"stars\":3,\"day\":\"2026-11-28\"}";
  private static final Recipe RECIPE = new Recipe(
      "Soup",
      20,
      List.of(new Step("Boil")),
      Level.EASY,
      Optional.empty(),
      OptionalInt.of(3),
      LocalDate.of(2026, 11, 28));

  private void record() {
    server.onPrompt("soup").reply(FakeReply.text(SOUP));
    Checks.same(RECIPE, model.returning(Recipe.class).ask("soup").execute());
    Checks.same(
        RECIPE,
        muster.agent("ollama::m").build().returning(Recipe.class).ask("soup").execute());
  }

  /** A class as it was written before records. */
  public static final class Book {
    private String title;
    private int pages;
    private Map<String, Integer> chapters;

    public String getTitle() {
      return title;
    }

    public void setTitle(String title) {
      this.title = title;
    }

    public int getPages() {
      return pages;
    }

    public void setPages(int pages) {
      this.pages = pages;
    }

    public Map<String, Integer> getChapters() {
      return chapters;
    }

    public void setChapters(Map<String, Integer> chapters) {
      this.chapters = chapters;
    }
  }

  private void pojo() {
    server
        .onPrompt("book")
        .reply(FakeReply.text("{\"title\":\"Emma\",\"pages\":474,\"chapters\":{\"one\":1}}"));
    Book book = model.returning(Book.class).ask("book").execute();
    Checks.same("Emma 474 {one=1}", book.title + " " + book.pages + " " + book.chapters);
  }

  sealed interface Reply permits Order, Question, Other {}

  record Order(String dish, int count) implements Reply {}

  record Question(String text) implements Reply {}

  sealed interface Other extends Reply permits Bye {}

  record Bye(Optional<String> word) implements Other {}

  private void sealed() {
    server
        .onPrompt("guest")
        .replies(
            FakeReply.text("{\"type\":\"Order\",\"dish\":\"Soup\",\"count\":2}"),
            FakeReply.text("{\"type\":\"Bye\",\"word\":\"Ciao\"}"));
    Checks.same(new Order("Soup", 2), model.returning(Reply.class).ask("guest").execute());
    Checks.same(
        new Bye(Optional.of("Ciao")), model.returning(Reply.class).ask("guest").execute());
  }

  record Talk(List<Reply> replies, Map<String, Reply> byName, Optional<Reply> last) {}

  private void sealedWithin() {
    server
        .onPrompt("talk")
        .reply(FakeReply.text("{\"replies\":[{\"type\":\"Question\",\"text\":\"Why?\"}],"
            + "\"byName\":{},\"last\":{\"type\":\"Bye\",\"word\":null}}"));
    Checks.same(
        new Talk(List.of(new Question("Why?")), Map.of(), Optional.of(new Bye(Optional.empty()))),
        model.returning(Talk.class).ask("talk").execute());
  }

  private void list() {
    OutputType<List<Recipe>> recipes = OutputTypes.of(new TypeRef<List<Recipe>>() {});
    OutputType<List<Reply>> replies = OutputTypes.of(new TypeRef<List<Reply>>() {});
    server.onPrompt("menu").reply(FakeReply.text("{\"value\":[" + SOUP + "]}"));
    server
        .onPrompt("guests")
        .reply(FakeReply.text("{\"value\":[{\"type\":\"Question\",\"text\":\"Why?\"}]}"));
    Checks.same(List.of(RECIPE), model.returning(recipes).ask("menu").execute());
    Checks.same(
        List.of(new Question("Why?")), model.returning(replies).ask("guests").execute());
  }

  private void misfit() {
    int before = server.requestCount();
    server.onPrompt("wrong").reply(FakeReply.text("{\"type\":\"Order\",\"dish\":\"Soup\"}"));
    try {
      Reply reply = muster
          .agent("openai::m")
          .structuredRetries(1)
          .build()
          .returning(Reply.class)
          .ask("wrong")
          .execute();
      throw new AssertionError("answered: " + reply);
    } catch (StructuredOutputException e) {
      Checks.same(before + 2, server.requestCount());
    }
  }

  private void stream() {
    Agent agent = muster.agent("openai::m").build();
    List<AgentEvent> events =
        agent.returning(Recipe.class).stream("soup").toList().execute();
    AgentEvent.Finished last = (AgentEvent.Finished) events.get(events.size() - 1);
    Checks.same(RECIPE, last.structured().value());
  }

  private void recordTool() {
    for (String id : MODELS) {
      called(
          id,
          "take",
          "{\"name\":\"Soup\",\"minutes\":20,\"steps\":[{\"text\":\"Boil\"}],\"level\":\"EASY\","
              + "\"stars\":3,\"day\":\"2026-11-28\"}",
          List.of(Tools.of("take", "Takes a recipe", Recipe.class, it -> {
            heard.add(it.toString());
            return it;
          })));
      Checks.same(List.of(RECIPE.toString()), heard);
    }
  }

  record Heard(Reply reply) {}

  private void sealedTool() {
    called(
        "openai::m",
        "hear",
        "{\"reply\":{\"type\":\"Order\",\"dish\":\"Soup\",\"count\":2}}",
        List.of(Tools.of("hear", "Hears a reply", Heard.class, it -> {
          heard.add(it.reply().toString());
          return it.reply();
        })));
    Checks.same(List.of(new Order("Soup", 2).toString()), heard);
  }

  final class Kitchen {
    @Tool("Cooks")
    String cook(
        @Param(name = "order", value = "What to cook") Reply order,
        @Param(name = "day") Optional<LocalDate> day,
        @Param(name = "times") OptionalInt times) {
      heard.add(order + " " + day + " " + times);
      return "Done";
    }
  }

  private void methodTool() {
    called(
        "openai::m",
        "cook",
        "{\"order\":{\"type\":\"Question\",\"text\":\"Why?\"},\"day\":\"2026-11-28\"}",
        Tools.from(new Kitchen()));
    Checks.same(List.of(new Question("Why?") + " Optional[2026-11-28] OptionalInt.empty"), heard);
  }

  /** Makes the fake model call the tool {@code name} once. */
  private void called(String id, String name, String arguments, List<AgentTool> tools) {
    heard.clear();
    String prompt = name + " for " + id;
    server
        .onPrompt(prompt)
        .replies(FakeReply.toolCall("call_1", name, arguments), FakeReply.text("Thanks."));
    Checks.same("Thanks.", muster.agent(id).tools(tools).build().ask(prompt).execute());
  }
}
